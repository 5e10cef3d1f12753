from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SHANGHAI
from shared.rules.quota import (
    DEFAULT_RULES,
    Channel,
    Entry,
    Period,
    QuotaRule,
    next_period,
    period_of,
    used,
    used_up,
)

REMOTE, ONSITE, PHONE = Channel.REMOTE, Channel.ONSITE, Channel.PHONE
WEEKLY, MONTHLY = DEFAULT_RULES


def local(
    day: int, hour: int = 0, minute: int = 0, *, month: int = 12, year: int = 2026
) -> datetime:
    """As the database gives it: in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(timezone.utc)


VISIT = local(8, 14)  # a Tuesday


def full(entries: list[Entry], *rules: QuotaRule, channel: Channel = REMOTE, level: int = 1) -> int:
    return len(used_up(entries, rules, channel=channel, level=level, at=VISIT))


def remote(*moments: datetime) -> list[Entry]:
    return [Entry(REMOTE, at, 1) for at in moments]


@pytest.mark.parametrize(
    ("other", "counts"),
    [
        (local(6, 23, 59), False),  # Sunday before
        (local(7, 0, 0), True),  # Monday, which is still Sunday in UTC
        (local(13, 23, 59), True),  # Sunday after
        (local(14, 0, 0), False),  # next Monday
    ],
)
def test_a_week_is_monday_to_sunday_here(other: datetime, counts: bool) -> None:
    assert full(remote(other), WEEKLY) == counts


@pytest.mark.parametrize(
    ("edge", "counts"),
    [
        (local(30, 23, 59, month=11), False),
        (local(1, 0, 0), True),  # still November in UTC
        (local(31, 23, 59), True),
        (local(1, 0, 0, month=1, year=2027), False),
    ],
)
def test_a_month_begins_at_midnight_here(edge: datetime, counts: bool) -> None:
    others = remote(local(16, 14), local(22, 14), local(29, 14), edge)
    assert full(others, MONTHLY) == counts


def test_the_year_of_a_week_is_the_weeks_own() -> None:
    """Thursday 31 December and Friday 1 January are of one week."""
    assert period_of(local(31), Period.WEEK) == period_of(local(1, month=1, year=2027), Period.WEEK)
    assert period_of(local(8), Period.WEEK) != period_of(local(9, year=2025), Period.WEEK)


def test_what_was_given_back_does_not_count() -> None:
    assert full([*remote(VISIT), Entry(REMOTE, VISIT, -1)], WEEKLY) == 0


def test_an_officer_may_allow_one_more_or_take_one_away() -> None:
    one_more, one_less = Entry(REMOTE, VISIT, -1), Entry(REMOTE, VISIT, 1)
    assert full([*remote(VISIT), one_more], WEEKLY) == 0
    assert full([*remote(VISIT, VISIT), one_more], WEEKLY) == 1
    assert full([one_less], WEEKLY) == 1


def test_one_rule_may_count_all_channels_together() -> None:
    """Guangdong: one of the three a month."""
    one_of_three = QuotaRule(frozenset(Channel), Period.MONTH, 1)
    for channel in Channel:
        assert full([Entry(PHONE, VISIT, 1)], one_of_three, channel=channel) == 1
    assert full([Entry(PHONE, VISIT, 1), Entry(ONSITE, VISIT, 1)], WEEKLY, MONTHLY) == 0


def test_a_rule_of_one_channel_leaves_the_others_alone() -> None:
    assert full(remote(VISIT), WEEKLY, channel=ONSITE) == 0


def test_a_rule_may_be_for_some_treatment_levels() -> None:
    strict = QuotaRule(frozenset({REMOTE}), Period.WEEK, 0, frozenset({3}))
    assert full([], strict, level=3) == 1
    assert full([], strict, level=1) == 0


def test_every_rule_that_is_used_up_is_told() -> None:
    assert full(remote(*[VISIT] * 4), WEEKLY, MONTHLY) == 2


moments = st.datetimes(
    datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(timezone.utc)
)


@given(moments, st.sampled_from(Period))
def test_the_next_period_is_the_first_moment_of_another(at: datetime, per: Period) -> None:
    begins = next_period(at, per)
    assert begins > at
    assert (begins.hour, begins.minute, begins.second) == (0, 0, 0)
    assert period_of(begins, per) != period_of(at, per)
    last = datetime.fromtimestamp(begins.timestamp() - 1, timezone.utc)
    assert period_of(last, per) == period_of(at, per)


@given(st.lists(moments, max_size=20), st.sampled_from(DEFAULT_RULES), moments)
def test_using_and_giving_back_is_nothing(
    booked: list[datetime], rule: QuotaRule, at: datetime
) -> None:
    both = [Entry(REMOTE, one, amount) for one in booked for amount in (1, -1)]
    assert used(both, rule, at) == 0


def test_a_rule_is_read_from_a_site_s_own() -> None:
    given = {"channels": ["remote", "phone"], "per": "month", "count": "2", "levels": [1, 2]}
    rule = QuotaRule.of(given)
    assert rule == QuotaRule(frozenset({REMOTE, PHONE}), Period.MONTH, 2, frozenset({1, 2}))
