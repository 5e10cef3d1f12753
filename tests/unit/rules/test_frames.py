import pytest

from shared.models.rooms import AlertKind
from shared.rules.frames import Look, alerts

KNOWN, UNSURE, STRANGER = ({"verdict": one} for one in ("known", "uncertain", "unknown"))
EXTRA, UNKNOWN = AlertKind.EXTRA_PERSON, AlertKind.UNKNOWN_PERSON


def look(*faces: dict[str, str]) -> Look:
    return Look(people=len(faces), faces=faces)


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
