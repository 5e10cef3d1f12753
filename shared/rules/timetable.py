"""Cutting opening hours into slots."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from shared.clock import SHANGHAI


@dataclass(frozen=True)
class Opening:
    weekday: int  # 0 = Monday
    opens_at: time  # local time
    closes_at: time
    valid_from: date
    valid_to: date | None  # inclusive


def slots_of(
    opening: Opening, *, first: date, last: date, length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Start and end, UTC, of every whole slot on the days `first` to `last`, both included."""
    first = max(first, opening.valid_from)
    last = min(last, opening.valid_to) if opening.valid_to else last
    day = first + timedelta(days=(opening.weekday - first.weekday()) % 7)
    while day <= last:
        yield from _slots_of_day(day, opening, length)
        day += timedelta(days=7)


def _slots_of_day(
    day: date, opening: Opening, length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    start = datetime.combine(day, opening.opens_at, SHANGHAI)
    closes = datetime.combine(day, opening.closes_at, SHANGHAI)
    while start + length <= closes:
        yield start.astimezone(timezone.utc), (start + length).astimezone(timezone.utc)
        start += length
