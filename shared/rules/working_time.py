"""Calendars that clocks run on: always (7×24), or the customer's working time (5×8 with Chinese public holidays).

Working hours are 09:00–12:00 and 13:30–17:30 in Shanghai, half-open. A day that no imported year covers counts as
worked: a deadline there comes early, never late, and is marked provisional.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from itertools import accumulate
from typing import Protocol

SHIFTS = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))  # minutes of the local day
BEYOND = timedelta(days=800)  # how far past the covered days deadlines can be reckoned

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICRO = timedelta(microseconds=1)
_EIGHT_HOURS = 8 * 3600 * 1_000_000
_MINUTE = 60 * 1_000_000


class Calendar(Protocol):
    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        """Counted time between two moments; zero when `until` is not later."""

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """The first moment by which `span` has been counted since `moment`."""

    def knows(self, moment: datetime) -> bool:
        """Whether the days up to `moment` are imported, not assumed."""


class Always:
    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        return max(until - since, timedelta(0))

    def add(self, moment: datetime, span: timedelta) -> datetime:
        return moment + span

    def knows(self, moment: datetime) -> bool:
        return True


class WorkingTime:
    """`days` says of each covered local date whether it is worked; they are consecutive.

    Prefix sums over the shifts make both questions one bisection each.
    """

    def __init__(self, days: Mapping[date, bool]) -> None:
        if not days:
            raise ValueError("a calendar without days")
        first, last = min(days), max(days)
        self._covered_until = _midnight(last + timedelta(days=1))
        worked = (
            first + timedelta(days=number) for number in range((last - first + BEYOND).days + 1)
        )
        shifts = [
            (_midnight(day) + start * _MINUTE, _midnight(day) + end * _MINUTE)
            for day in worked
            if days.get(day, True)
            for start, end in SHIFTS
        ]
        self._starts = [start for start, _ in shifts]
        self._ends = [end for _, end in shifts]
        # What is counted when a shift ends.
        self._sums = list(accumulate(end - start for start, end in shifts))

    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        return timedelta(microseconds=max(self._counted(until) - self._counted(since), 0))

    def add(self, moment: datetime, span: timedelta) -> datetime:
        if span <= timedelta(0):
            return moment
        wanted = self._counted(moment) + span // _MICRO
        shift = bisect_left(self._sums, wanted)
        return _EPOCH + timedelta(microseconds=self._ends[shift] - (self._sums[shift] - wanted))

    def knows(self, moment: datetime) -> bool:
        return (moment - _EPOCH) // _MICRO <= self._covered_until

    def _counted(self, moment: datetime) -> int:
        """Microseconds worked since the first day."""
        at = (moment - _EPOCH) // _MICRO
        shift = bisect_right(self._starts, at) - 1
        if shift < 0:
            return 0
        return self._sums[shift] - max(self._ends[shift] - at, 0)


def _midnight(day: date) -> int:
    """Microseconds from the epoch to the local day's start. Shanghai has kept UTC+8 since 1991."""
    return (day - _EPOCH.date()).days * 86_400_000_000 - _EIGHT_HOURS
