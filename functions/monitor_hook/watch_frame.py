"""A frame of a visit's room landed in COS: who is in it, and is it time for an alert?"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.monitor_hook import raise_alerts
from shared import messages, room_commands, tickets
from shared.clients import storage, trtc_keys
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.ids import new_id
from shared.models.faces import FaceTemplate
from shared.models.rooms import Frame
from shared.models.tickets import Severity
from shared.models.visits import Visit, VisitStatus
from shared.rules.frames import STALE_AFTER, is_stale

log = logging.getLogger("visits.frames")

MAX_FRAME_BYTES = 4_000_000


@dataclass(frozen=True)
class Watched:
    visit_id: str
    templates: Sequence[bytes]


def watch_frame(key: str) -> bool:
    """False for a frame that is none of ours, of a visit that is over, seen before, too old, or no picture.

    When frames back up, those that are too old to warn of are passed over without a look, which takes a hundredth of
    the time: so the newest of each visit are reached soon, and the work stays bounded.
    """
    frame = trtc_keys.parse_frame_key(key)
    if frame is None or len(frame.prefix) != 2 or frame.prefix[0] != room_commands.FRAMES:
        return False
    watched = _watched(visit_id=frame.prefix[1], key=key)
    if watched is None:
        return False
    if is_stale(frame.taken_at, now()):
        _report_backlog(visit_id=watched.visit_id, taken_at=frame.taken_at)
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


@in_transaction
def _report_backlog(session: Session, *, visit_id: str, taken_at: datetime) -> None:
    """One incident a site and hour: strangers would be noticed late."""
    site_id = session.get_one(Visit, visit_id).site_id
    lag_s = int((now() - taken_at).total_seconds())
    hour = in_shanghai(now()).strftime("%Y%m%d%H")
    log.warning("frame_stale", extra={"visit_id": visit_id, "lag_s": lag_s})
    tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.II,
        source_key=f"frames_late:{site_id}:{hour}",
        title="会见画面分析积压",
        text=f"画面到达分析时已过 {lag_s} 秒（上限 {int(STALE_AFTER.total_seconds())} 秒），已跳过过时画面、先看最新画面。"
        "积压期间预警会延迟，请民警加强值守，并检查函数并发与数据库负载。",
    )


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
