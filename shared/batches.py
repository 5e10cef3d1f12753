"""Timers that change many rows, each in a transaction of its own."""

from collections.abc import Callable, Iterable

from shared.errors import Conflict


def each(ids: Iterable[str], change: Callable[[str], object]) -> int:
    """How many were changed. One where somebody else was first (Conflict) stops no other."""
    return sum(_changed(one, change) for one in ids)


def _changed(one: str, change: Callable[[str], object]) -> bool:
    try:
        change(one)
    except Conflict:
        return False
    return True
