from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from shared.clock import SHANGHAI
from shared.rules.booking_rules import Person, Place, refusals, suspended_until
from shared.rules.quota import Channel, Entry
from shared.rules.site_rules import SiteRules

# A Tuesday at nine in the morning.
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI).astimezone(timezone.utc)
START = datetime(2026, 12, 8, 14, 0, tzinfo=SHANGHAI).astimezone(timezone.utc)
FIT = Person(
    relationship_approved=True, phone_checked=True, face_checked=True, minor=False, busy=False
)
FREE = Place(
    starts_at=START, ends_at=START + timedelta(minutes=30), blocked=False, capacity=1, taken=0
)
RULES = SiteRules()


def codes(**changed: Any) -> list[str]:
    given: dict[str, Any] = {
        "people": [FIT],
        "resident_active": True,
        "resident_busy": False,
        "ledger": [],
        "level": 1,
        "place": FREE,
        "rules": RULES,
        "now": NOW,
    }
    return [one.code for one in refusals(**{**given, **changed})]


def visits(*moments: datetime) -> list[Entry]:
    return [Entry(Channel.REMOTE, at, 1) for at in moments]


def local(day: int, hour: int = 0, minute: int = 0, *, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(timezone.utc)


def test_nothing_speaks_against_a_fit_person_and_a_free_place() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"place": replace(FREE, starts_at=local(1, 14))}, "slot_too_soon"),
        ({"place": replace(FREE, starts_at=local(16, 14))}, "slot_too_far"),
        ({"place": replace(FREE, blocked=True)}, "slot_blocked"),
        ({"place": replace(FREE, taken=1)}, "slot_full"),
        ({"resident_active": False}, "resident_not_open"),
        ({"resident_busy": True}, "resident_busy"),
        ({"ledger": visits(local(11, 14))}, "week_used_up"),
        ({"people": [FIT] * 4}, "too_many_relatives"),
        ({"people": [replace(FIT, relationship_approved=False)]}, "relationship_not_approved"),
        ({"people": [replace(FIT, consented=False)]}, "consents_missing"),
        ({"people": [replace(FIT, phone_checked=False)]}, "phone_not_checked"),
        ({"people": [replace(FIT, face_checked=False)]}, "face_not_checked"),
        ({"people": [replace(FIT, minor=True)]}, "minor_needs_adult"),
        ({"people": [replace(FIT, busy=True)]}, "relative_busy"),
        ({"people": [replace(FIT, no_shows=[NOW, NOW, NOW])]}, "suspended"),
    ],
)
def test_each_reason_alone(changed: dict[str, Any], code: str) -> None:
    assert codes(**changed) == [code]


def test_all_reasons_come_at_once() -> None:
    person = Person(
        relationship_approved=False,
        phone_checked=False,
        face_checked=False,
        minor=True,
        busy=True,
        no_shows=[NOW] * 3,
        consented=False,
    )
    full = Place(starts_at=local(30, 14), ends_at=local(30, 15), blocked=True, capacity=1, taken=1)
    found = codes(
        people=[person],
        resident_active=False,
        resident_busy=True,
        ledger=visits(*[local(30, 15)] * 4),
        place=full,
    )
    assert found == [
        "slot_too_far", "slot_blocked", "slot_full", "resident_not_open", "resident_busy",
        "week_used_up", "month_used_up", "relationship_not_approved", "consents_missing",
        "phone_not_checked", "face_not_checked", "minor_needs_adult", "relative_busy", "suspended",
    ]  # fmt: skip


def test_a_minor_may_come_with_an_adult() -> None:
    assert codes(people=[FIT, replace(FIT, minor=True)]) == []


def test_one_of_several_people_is_enough_to_refuse() -> None:
    assert codes(people=[FIT, replace(FIT, phone_checked=False)]) == ["phone_not_checked"]


def test_three_relatives_are_the_most() -> None:
    assert codes(people=[FIT] * 3) == []


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (local(1, 23, 59), ["slot_too_soon"]),  # today
        (local(2, 0, 0), []),  # tomorrow, 16:00 UTC of today
        (local(15, 23, 59), []),  # the fourteenth day
        (local(16, 0, 0), ["slot_too_far"]),  # the fifteenth, 16:00 UTC of the fourteenth
    ],
)
def test_days_ahead_are_counted_in_local_days(start: datetime, expected: list[str]) -> None:
    assert codes(place=replace(FREE, starts_at=start)) == expected


@pytest.mark.parametrize("now", [local(1, 0, 0), local(1, 7, 59), local(1, 8, 0), local(1, 23, 59)])
def test_the_hour_of_booking_does_not_matter(now: datetime) -> None:
    """From 00:00 to 08:00 here it is still yesterday in UTC."""
    assert codes(place=replace(FREE, starts_at=local(2, 0, 30)), now=now) == []
    assert codes(place=replace(FREE, starts_at=local(1, 23, 30)), now=now) == ["slot_too_soon"]


def test_the_text_says_when_it_is_possible_again() -> None:
    reasons = refusals(
        people=[FIT],
        resident_active=True,
        resident_busy=False,
        ledger=visits(local(11, 14)),
        level=1,
        place=FREE,
        rules=RULES,
        now=NOW,
    )
    assert "12月14日（周一）00:00" in reasons[0].text


def test_a_site_may_set_other_numbers() -> None:
    twice = {"quota": [{"channels": ["remote"], "per": "week", "count": 2}], "unknown_rule": 5}
    assert codes(ledger=visits(local(11, 14)), rules=SiteRules.of(twice)) == []


def test_three_no_shows_in_ninety_days_suspend_for_thirty() -> None:
    first = local(1, month=6)
    within = [first, first + timedelta(days=40), first + timedelta(days=90)]
    assert suspended_until(within, RULES) == within[-1] + timedelta(days=30)
    apart = [first, first + timedelta(days=40), first + timedelta(days=90, seconds=1)]
    assert suspended_until(apart, RULES) is None
    assert suspended_until(within[:2], RULES) is None
    assert suspended_until([], RULES) is None


def test_a_later_no_show_suspends_again() -> None:
    times = [local(1, month=6) + timedelta(days=days) for days in (0, 1, 2, 50)]
    assert suspended_until(list(reversed(times)), RULES) == times[3] + timedelta(days=30)


def test_a_suspension_ends_at_its_moment() -> None:
    no_shows = [NOW - timedelta(days=days) for days in (32, 31, 30)]
    assert codes(people=[replace(FIT, no_shows=no_shows)]) == []
    a_second_later = [one + timedelta(seconds=1) for one in no_shows]
    assert codes(people=[replace(FIT, no_shows=a_second_later)]) == ["suspended"]
