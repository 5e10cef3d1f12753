"""Working time equals a minute-by-minute count, and the seeded calendar is the State Council's."""

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

import chinese_calendar
import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.rules.working_time import SHIFTS, WorkingTime

LOCAL = timezone(timedelta(hours=8))
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
DAYS = {
    day: chinese_calendar.is_workday(day)
    for day in (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
}
CALENDAR = WorkingTime(DAYS)
BEGIN = datetime(2025, 1, 1, tzinfo=LOCAL)
MINUTES = int((datetime(2026, 12, 1, tzinfo=LOCAL) - BEGIN).total_seconds() // 60)
moments = st.integers(0, MINUTES).map(lambda minute: BEGIN + timedelta(minutes=minute))


@lru_cache(maxsize=1)
def counted() -> list[int]:
    """How many worked minutes lie before each minute, by looking at each."""
    total, sums = 0, []
    for minute in range(MINUTES + 60 * 24 * 25):
        sums.append(total)
        day, of_day = divmod(minute, 1440)
        date_ = FIRST + timedelta(days=day)
        total += DAYS.get(date_, True) and any(low <= of_day < high for low, high in SHIFTS)
    return sums


def at(moment: datetime) -> int:
    return int((moment - BEGIN).total_seconds() // 60)


@settings(deadline=None)
@given(moments, moments)
def test_elapsed_is_the_count_of_minutes(since: datetime, until: datetime) -> None:
    expected = max(counted()[at(until)] - counted()[at(since)], 0)
    assert CALENDAR.elapsed(since, until) == timedelta(minutes=expected)


@settings(deadline=None)
@given(moments, st.integers(1, 60 * 40))
def test_add_ends_when_the_count_is_full(since: datetime, minutes: int) -> None:
    end = at(CALENDAR.add(since, timedelta(minutes=minutes)))
    assert counted()[end] - counted()[at(since)] == minutes
    assert counted()[end - 1] - counted()[at(since)] == minutes - 1  # and not a minute before


def test_over_the_spring_festival() -> None:
    friday = datetime(2026, 2, 13, 17, tzinfo=LOCAL)
    assert CALENDAR.add(friday, timedelta(hours=12)) == datetime(2026, 2, 24, 15, tzinfo=LOCAL)


def test_a_year_that_is_not_imported_counts_every_day_and_says_so() -> None:
    before, after = datetime(2026, 12, 31, 9, tzinfo=LOCAL), datetime(2027, 1, 2, 9, tzinfo=LOCAL)
    assert (CALENDAR.knows(before), CALENDAR.knows(after)) == (True, False)
    assert CALENDAR.elapsed(after, after + timedelta(days=1)) == timedelta(hours=7)  # a Saturday


def test_an_empty_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="without days"):
        WorkingTime({})


def test_two_independent_packages_agree() -> None:
    china = holidays.country_holidays("CN", years=(2025, 2026))
    assert all(china.is_working_day(day) == worked for day, worked in DAYS.items())
