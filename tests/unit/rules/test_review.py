"""When a request that fits nobody is refused: it must not be told from one that officers decide."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import in_shanghai
from shared.rules.review import SOONEST, plausible_refusal

ASKED = datetime(2026, 11, 30, 1, 0, tzinfo=timezone.utc)


@given(st.timedeltas(timedelta(0), timedelta(days=7)), st.floats(0, 1), st.integers(48, 720))
def test_it_is_refused_in_office_hours_or_when_nobody_decided(
    later: timedelta, chance: float, hours: int
) -> None:
    asked_at, longest = ASKED + later, timedelta(hours=hours)
    at = plausible_refusal(asked_at, longest, chance)
    assert asked_at + SOONEST <= at <= asked_at + longest
    assert at == asked_at + longest or 9 <= in_shanghai(at).hour < 18


def test_some_are_left_until_nobody_decided() -> None:
    week = timedelta(days=7)
    waits = [plausible_refusal(ASKED, week, chance / 1000) - ASKED for chance in range(1001)]
    assert 0.08 < waits.count(week) / 1001 < 0.2
    assert sum(wait < timedelta(days=2) for wait in waits) / 1001 > 0.5
