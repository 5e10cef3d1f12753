"""When what a frame shows becomes an alert (face.md, People in a frame).

Slicing sends a frame every 5 s at the fastest, where "3 of 5" would be 25 s: two bad frames running decide. Frames are
those of one camera: two relatives at two places are two pictures, each judged by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from shared.models.rooms import AlertKind
from shared.rules.site_rules import SiteRules

FRAMES_REMEMBERED = 20
"""What `alerts` needs to see at least: a minute and more at one frame per 5 s."""
LATE_AFTER = timedelta(seconds=10)
"""Two frames' time: whoever reaches a frame so late looks at the newest one instead."""
EARLY_AT_MOST = timedelta(seconds=60)
"""So far the vendor's clock may be ahead of ours."""
STALE_AFTER = timedelta(seconds=30)
ABSENT_FRAMES_MIN = 6
"""So many at least in the time after which a room counts as empty: where frames are lost, nobody can say so."""
LOOKS_A_MINUTE = 30
"""So many frames of one camera are looked at: slicing sends 12, and no flood costs more than this."""


@dataclass(frozen=True)
class Limits:
    """`planned`: how many people may be in this picture."""

    planned: int
    decisive: int = SiteRules.alert_frames
    absent_after: timedelta = timedelta(seconds=SiteRules.alert_absent_seconds)

    @classmethod
    def of(cls, rules: SiteRules, *, planned: int) -> "Limits":
        return cls(planned, rules.alert_frames, timedelta(seconds=rules.alert_absent_seconds))

    @property
    def remembered(self) -> int:
        """Frames that must be known, newest first, for `alerts` to decide."""
        return max(FRAMES_REMEMBERED, int(self.absent_after.total_seconds()) // 2)


def is_of_the_future(taken_at: datetime, moment: datetime) -> bool:
    """It would stay the newest of its camera, and hide what comes."""
    return taken_at - moment > EARLY_AT_MOST


def is_late(taken_at: datetime, moment: datetime) -> bool:
    """Newer frames of the same camera may be waiting behind it."""
    return moment - taken_at > LATE_AFTER


def is_stale(taken_at: datetime, moment: datetime) -> bool:
    """So late that somebody has to be told."""
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


def alerts(looks: Sequence[Look], limits: Limits) -> set[AlertKind]:
    """What the newest frames prove. An uncertain face is never an alert by itself."""
    newest = looks[: limits.decisive]
    if len(newest) < limits.decisive:
        return set()
    found = set()
    if all(look.people > limits.planned for look in newest):
        found.add(AlertKind.EXTRA_PERSON)
    if all(look.strangers for look in newest):
        found.add(AlertKind.UNKNOWN_PERSON)
    if _empty_long_enough(looks, limits.absent_after):
        found.add(AlertKind.ABSENT)
    return found


def was_over(looks: Sequence[Look], last_at: datetime, limits: Limits) -> bool:
    """For looks that prove something now: as many before them as decide did not, since it was seen at `last_at`."""
    return sum(look.taken_at > last_at for look in looks) >= 2 * limits.decisive


def _empty_long_enough(looks: Sequence[Look], absent_after: timedelta) -> bool:
    """Nobody in any frame for so long: a hint, since somebody may only sit beside the camera."""
    since = looks[0].taken_at - absent_after
    empty = list(takewhile(lambda look: not look.people, looks))
    return len(empty) >= ABSENT_FRAMES_MIN and empty[-1].taken_at <= since
