"""A frame of a visit's room landed in COS: who is in it, and is it time for an alert?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.monitor_hook import raise_alerts
from shared import messages, room_commands
from shared.clients import storage, trtc_keys
from shared.database import in_transaction
from shared.ids import new_id
from shared.models.faces import FaceTemplate
from shared.models.rooms import Frame
from shared.models.visits import Visit, VisitStatus

MAX_FRAME_BYTES = 4_000_000


@dataclass(frozen=True)
class Watched:
    visit_id: str
    templates: Sequence[bytes]


def watch_frame(key: str) -> bool:
    """False for a frame that is none of ours, of a visit that is over, seen before, or no picture."""
    frame = trtc_keys.parse_frame_key(key)
    if frame is None or len(frame.prefix) != 2 or frame.prefix[0] != room_commands.FRAMES:
        return False
    watched = _watched(visit_id=frame.prefix[1], key=key)
    if watched is None:
        return False
    faces = _faces(storage.read(key, limit=MAX_FRAME_BYTES), watched.templates)
    if faces is None:
        return False
    if _store(visit_id=watched.visit_id, key=key, taken_at=frame.taken_at, faces=faces):
        messages.deliver()  # at once: an officer should know within 2 s, not at the next timer
    return True


@in_transaction
def _watched(session: Session, *, visit_id: str, key: str) -> Watched | None:
    visit = session.get(Visit, visit_id)
    seen = session.scalar(select(Frame.id).where(Frame.cos_key == key))
    if visit is None or visit.status is not VisitStatus.IN_PROGRESS or seen is not None:
        return None
    approved = [one.relative_id for one in visit.participants]
    vectors = session.scalars(
        select(FaceTemplate.vector).where(FaceTemplate.relative_id.in_(approved))
    )
    return Watched(visit.id, list(vectors))


def _faces(picture: bytes, templates: Sequence[bytes]) -> list[dict[str, Any]] | None:
    # dlib and OpenCV load here, in the first frame, and not when a callback wakes this function.
    from functions.monitor_hook.look_at_frame import look_at_frame

    return look_at_frame(picture, templates)


@in_transaction
def _store(
    session: Session, *, visit_id: str, key: str, taken_at: datetime, faces: list[dict[str, Any]]
) -> bool:
    # The visit's row first: two frames of one visit are judged one after the other.
    visit = session.get_one(Visit, visit_id, with_for_update=True)
    frame = {
        "id": new_id(),
        "visit_id": visit_id,
        "cos_key": key,
        "taken_at": taken_at,
        "people": len(faces),
        "faces": faces,
    }
    try:
        with session.begin_nested():
            session.execute(insert(Frame).values(**frame))
    except IntegrityError:  # the same event again
        return False
    return raise_alerts.raise_alerts(session, visit)
