"""What people in a visit's room must know while it runs: an officer's words, and whose microphone is off.

TRTC's server API can neither mute somebody nor speak to a room, so pages ask every few seconds and obey; a pass given
while somebody is muted cannot send sound at all.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.clock import now, seconds_until
from shared.models.rooms import RoomMessage, RoomMute
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import LISTEN_ONLY, TALK, room_pass
from shared.rules.room_warnings import warnings_due


def state_for(session: Session, visit: Visit, user_id: str) -> dict[str, Any]:
    messages = select(RoomMessage).where(RoomMessage.visit_id == visit.id)
    return {
        "id": visit.id,
        "status": visit.status,
        "ends_at": visit.closes_at,
        "seconds_left": max(0, seconds_until(visit.closes_at)),
        "muted": is_muted(session, visit, user_id),
        "messages": [*session.scalars(messages.order_by(RoomMessage.sent_at)), *_warnings(visit)],
    }


def _warnings(visit: Visit) -> list[dict[str, Any]]:
    """That the end is near: also sent by IM, but whoever asks must not depend on that."""
    if visit.status is not VisitStatus.IN_PROGRESS:
        return []
    return [
        {"id": f"{visit.id}-{minutes}", "text": text, "sent_at": at}
        for minutes, at, text in warnings_due(visit.closes_at, now())
    ]


def talking_pass(session: Session, visit: Visit, user_id: str) -> dict[str, Any]:
    privileges = LISTEN_ONLY if is_muted(session, visit, user_id) else TALK
    return room_pass(visit, user_id=user_id, privileges=privileges)


def is_muted(session: Session, visit: Visit, user_id: str) -> bool:
    mute = session.get(RoomMute, (visit.id, user_id))
    return mute is not None and mute.lifted_at is None
