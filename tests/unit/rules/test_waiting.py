"""Offers last so many waking minutes, and never beyond the time for booking."""

from datetime import datetime, timedelta

import pytest

from shared.clock import SHANGHAI
from shared.rules.site_rules import SiteRules
from shared.rules.waiting import bookable_until, offer_until

RULES = SiteRules()
FAR = datetime(2026, 12, 20, 14, tzinfo=SHANGHAI)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("made", "until"),
    [
        (at(1, 9), at(1, 11)),
        (at(1, 20), at(1, 22)),
        (at(1, 21), at(2, 9)),  # one hour in the evening, one in the morning
        (at(1, 22), at(2, 10)),
        (at(1, 3, 30), at(1, 10)),
    ],
)
def test_nights_do_not_count(made: datetime, until: datetime) -> None:
    assert offer_until(made, FAR, RULES) == until


def test_a_long_offer_runs_over_several_days() -> None:
    rules = SiteRules(waiting_offer_minutes=16 * 60)
    assert offer_until(at(1, 20), FAR, rules) == at(2, 22)
    assert offer_until(at(1, 21), FAR, rules) == at(3, 9)


def test_no_offer_outlives_the_time_for_booking() -> None:
    starts_at = at(2, 14)
    assert bookable_until(starts_at, RULES) == at(2, 0)
    assert offer_until(at(1, 21), starts_at, RULES) == at(2, 0)
    same_day = SiteRules(book_days_ahead_min=0)
    assert bookable_until(starts_at, same_day) == starts_at
    assert bookable_until(starts_at, SiteRules(book_days_ahead_min=3)) == at(2, 0) - timedelta(2)
