from datetime import datetime, timedelta, timezone

import pytest

from shared.models.rooms import AlertKind
from shared.rules.frames import Look, alerts

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
    assert alerts(newest_first, planned=1) == expected


def test_as_many_people_as_approved_are_not_too_many() -> None:
    frames = [look(KNOWN, KNOWN)] * 2
    assert alerts(frames, planned=2) == set()
    assert alerts(frames, planned=1) == {EXTRA}


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
    assert alerts(looks, planned=1) == expected
