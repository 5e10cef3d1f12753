"""When what a frame shows becomes an alert (face.md, People in a frame).

Slicing sends a frame every 5 s at the fastest, where "3 of 5" would be 25 s: two bad frames running decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from shared.models.rooms import AlertKind

DECISIVE_FRAMES = 2
FRAMES_REMEMBERED = 20
"""What `alerts` needs to see: a minute and more at one frame per 5 s."""
STALE_AFTER = timedelta(seconds=30)
ABSENT_AFTER = timedelta(seconds=60)
ABSENT_FRAMES_MIN = 6
"""So many at least in ABSENT_AFTER: where frames are lost, nobody can say that a room is empty."""


def is_stale(taken_at: datetime, moment: datetime) -> bool:
    """Too old to warn of anybody: newer frames of the same room are waiting behind it."""
    return moment - taken_at > STALE_AFTER


@dataclass(frozen=True)
class Look:
    """One frame, newest first in a sequence: faces as stored in Frame.faces."""

    people: int
    faces: Sequence[Mapping[str, Any]]
    taken_at: datetime

    @property
    def strangers(self) -> int:
        return sum(face["verdict"] == "unknown" for face in self.faces)


def alerts(looks: Sequence[Look], *, planned: int) -> set[AlertKind]:
    """What the newest frames prove. An uncertain face is never an alert by itself."""
    newest = looks[:DECISIVE_FRAMES]
    if len(newest) < DECISIVE_FRAMES:
        return set()
    found = set()
    if all(look.people > planned for look in newest):
        found.add(AlertKind.EXTRA_PERSON)
    if all(look.strangers for look in newest):
        found.add(AlertKind.UNKNOWN_PERSON)
    if _empty_long_enough(looks):
        found.add(AlertKind.ABSENT)
    return found


def _empty_long_enough(looks: Sequence[Look]) -> bool:
    """Nobody in any frame for ABSENT_AFTER: a hint, since somebody may only sit beside the camera."""
    since = looks[0].taken_at - ABSENT_AFTER
    empty = list(takewhile(lambda look: not look.people, looks))
    return len(empty) >= ABSENT_FRAMES_MIN and empty[-1].taken_at <= since
