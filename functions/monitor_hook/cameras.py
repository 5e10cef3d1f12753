"""Whose picture a frame is, what may be seen in it, and what was seen of that camera before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared import room_commands
from shared.clients import trtc_keys
from shared.database import in_transaction
from shared.models.faces import FaceTemplate
from shared.models.rooms import Frame, Side
from shared.models.visits import ROOM_PREFIX, Visit, VisitStatus
from shared.room_passes import FAMILY, RESIDENT
from shared.rules.frames import LOOKS_A_MINUTE, Limits
from shared.settings import settings
from shared.site_rules import rules_of
from shared.stored_faces import enrolled

MINUTE = timedelta(minutes=1)
# The resident sits in the officers' sight: every second picture is enough there, at half the cost.
APART = {Side.FAMILY: timedelta(0), Side.TERMINAL: timedelta(seconds=8)}


@dataclass(frozen=True)
class Shot:
    """One picture in COS. `user` as it stands in the key."""

    key: str
    visit_id: str
    user: str
    taken_at: datetime

    @classmethod
    def of(cls, key: str) -> "Shot | None":
        """None for a key that slicing does not make, and for a picture of another room than the folder's."""
        frame = trtc_keys.parse_frame_key(key)
        if frame is None or len(frame.prefix) != 2 or frame.prefix[0] != room_commands.FRAMES:
            return None
        # Plain or encoded, as with the user below.
        room_id = f"{ROOM_PREFIX}{frame.prefix[1]}"
        named = frame.room_id in (room_id, trtc_keys.encoded(room_id))
        if not named or frame.sdk_app_id != settings().trtc_sdk_app_id:
            return None
        return cls(key, frame.prefix[1], frame.user, frame.taken_at)

    @property
    def user_id(self) -> str:
        """Whether TRTC encodes it here, as in recordings, is not documented: both are read."""
        plain = self.user.startswith((FAMILY, RESIDENT))
        return self.user if plain else trtc_keys.decoded(self.user) or ""


@dataclass(frozen=True)
class Camera:
    """`user` as it stands in keys. `newest`: when the newest picture that was looked at was taken, of the last minute."""

    visit_id: str
    site_id: str
    user: str
    user_id: str
    side: Side
    limits: Limits
    relative_ids: Sequence[str]
    unknown_over: float
    newest: datetime | None


@in_transaction
def camera_of(session: Session, *, shot: Shot) -> Camera | None:
    """None when nobody is to look at it: not of a running visit or of nobody in it, seen before, or one of a flood."""
    visit = session.get(Visit, shot.visit_id)
    if visit is None or visit.status is not VisitStatus.IN_PROGRESS:
        return None
    family = [one.relative_id for one in visit.participants]
    if shot.user_id not in {f"{RESIDENT}{visit.resident_id}", *(FAMILY + one for one in family)}:
        return None
    seen = session.execute(_seen_around(shot)).all()
    if len(seen) >= LOOKS_A_MINUTE or any(one.cos_key == shot.key for one in seen):
        return None
    side = Side.FAMILY if shot.user_id.startswith(FAMILY) else Side.TERMINAL
    gap = APART[side]
    if any(abs(one.taken_at - shot.taken_at) < gap for one in seen):
        return None
    rules = rules_of(session, visit.site_id)
    return Camera(
        visit_id=visit.id,
        site_id=visit.site_id,
        user=shot.user,
        user_id=shot.user_id,
        side=side,
        limits=Limits.of(
            rules, planned=len(family) if side is Side.FAMILY else rules.people_at_terminal
        ),
        # Nobody's face is compared at the terminal: the resident has no template.
        relative_ids=family if side is Side.FAMILY else [],
        unknown_over=rules.stranger_distance / 100,
        newest=max((one.taken_at for one in seen), default=None),
    )


@in_transaction
def templates_of(session: Session, *, camera: Camera) -> Sequence[bytes]:
    """None at all where one of them has none (an officer checked by hand): their face would be a stranger's."""
    if not set(camera.relative_ids) <= enrolled(session, camera.relative_ids):
        return []
    approved = select(FaceTemplate.vector).where(FaceTemplate.relative_id.in_(camera.relative_ids))
    return list(session.scalars(approved))


def frames_of(visit_id: str, user: str) -> Select[tuple[Frame]]:
    """Of one camera, newest first."""
    return (
        select(Frame)
        .where(
            Frame.visit_id == visit_id, Frame.cos_key.contains(f"/{user}/images/", autoescape=True)
        )
        .order_by(Frame.taken_at.desc(), Frame.id.desc())
    )


def _seen_around(shot: Shot) -> Select[tuple[str, datetime]]:
    around = Frame.taken_at > shot.taken_at - MINUTE
    found = frames_of(shot.visit_id, shot.user).where(around).limit(LOOKS_A_MINUTE)
    return found.with_only_columns(Frame.cos_key, Frame.taken_at)
