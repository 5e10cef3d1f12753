"""Timers that change many rows: one after the other, or so many at a time, in transactions of their own."""

from collections.abc import Callable, Iterable

from shared.errors import Conflict


def each(ids: Iterable[str], change: Callable[[str], object]) -> int:
    """How many were changed. One where somebody else was first (Conflict) stops no other."""
    return sum(_changed(one, change) for one in ids)


def in_batches(batch: Callable[[], int], *, size: int, rounds: int) -> int:
    """How many in all: `batch` is called until it finds fewer than `size` rows, `rounds` times at most."""
    done = 0
    for _ in range(rounds):
        count = batch()
        done += count
        if count < size:
            break
    return done


def _changed(one: str, change: Callable[[str], object]) -> bool:
    try:
        change(one)
    except Conflict:
        return False
    return True
