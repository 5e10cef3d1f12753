from datetime import datetime, timedelta, timezone

import pytest

from shared.models.rooms import AlertKind
from shared.rules.frames import Limits, Look, alerts
from shared.rules.site_rules import SiteRules

KNOWN, UNSURE, STRANGER = ({"verdict": one} for one in ("known", "uncertain", "unknown"))
NOON = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)
EXTRA, UNKNOWN = AlertKind.EXTRA_PERSON, AlertKind.UNKNOWN_PERSON


def look(*faces: dict[str, str]) -> Look:
    return Look(people=len(faces), faces=faces, taken_at=NOON)


@pytest.mark.parametrize(
    ("newest_first", "expected"),
    [
        ([], set()),
        ([look(KNOWN, STRANGER)], set()),  # one bad frame is none
        ([look(KNOWN), look(KNOWN)], set()),
        ([look(), look()], set()),
        ([look(STRANGER), look(STRANGER)], {UNKNOWN}),
        ([look(KNOWN, STRANGER), look(KNOWN, STRANGER)], {EXTRA, UNKNOWN}),
        ([look(KNOWN, UNSURE), look(KNOWN, UNSURE)], {EXTRA}),
        ([look(UNSURE), look(UNSURE)], set()),  # an uncertain face is never a stranger
        ([look(KNOWN), look(KNOWN, STRANGER), look(KNOWN, STRANGER)], set()),  # it is over
        ([look(KNOWN, STRANGER), look(KNOWN), look(KNOWN, STRANGER)], set()),
        ([look(STRANGER), look(KNOWN, KNOWN)], set()),  # two different troubles, each once
    ],
)
def test_two_frames_running_decide(newest_first: list[Look], expected: set[AlertKind]) -> None:
    assert alerts(newest_first, Limits(1)) == expected


def test_as_many_people_as_approved_are_not_too_many() -> None:
    frames = [look(KNOWN, KNOWN)] * 2
    assert alerts(frames, Limits(2)) == set()
    assert alerts(frames, Limits(1)) == {EXTRA}


def empty(*seconds_ago: int) -> list[Look]:
    return [Look(0, [], NOON - timedelta(seconds=one)) for one in seconds_ago]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        (empty(*range(0, 61, 5)), {AlertKind.ABSENT}),
        (empty(*range(0, 60, 5)), set()),  # 55 s
        (empty(0, 30, 60), set()),  # too many frames are missing
        (empty(*range(0, 31, 5)) + [look(KNOWN)] + empty(*range(40, 81, 5)), set()),
    ],
)
def test_nobody_for_a_minute_is_a_hint(looks: list[Look], expected: set[AlertKind]) -> None:
    assert alerts(looks, Limits(1)) == expected


def test_what_decides_is_the_site_s() -> None:
    rules = SiteRules(alert_frames=3, alert_absent_seconds=30, people_at_terminal=2)
    limits = Limits.of(rules, planned=rules.people_at_terminal)
    three = [look(KNOWN, KNOWN, UNSURE)] * 3
    assert (alerts(three[:2], limits), alerts(three, limits)) == (set(), {EXTRA})
    assert alerts(empty(*range(0, 31, 5)), limits) == {AlertKind.ABSENT}
    assert limits.remembered * 5 >= rules.alert_absent_seconds
