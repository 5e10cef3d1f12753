"""How many places a slot has. Pure; everybody asks here, so that no two answers differ."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Closure:
    """From `starts_at` until before `ends_at`. `terminal_id` None: nobody visits then."""

    starts_at: datetime
    ends_at: datetime
    terminal_id: str | None


def places(
    starts_at: datetime, ends_at: datetime, terminals: Collection[str], closures: Iterable[Closure]
) -> int:
    """One for each working terminal that is not closed during any part of the slot."""
    closed = {one.terminal_id for one in closures if overlaps(one, starts_at, ends_at)}
    return len(set(terminals) - closed)


def is_blocked(starts_at: datetime, ends_at: datetime, closures: Iterable[Closure]) -> bool:
    return any(one.terminal_id is None and overlaps(one, starts_at, ends_at) for one in closures)


def overlaps(closure: Closure, starts_at: datetime, ends_at: datetime) -> bool:
    """Half-open: a closure that ends when a slot begins leaves it alone."""
    return closure.starts_at < ends_at and starts_at < closure.ends_at
