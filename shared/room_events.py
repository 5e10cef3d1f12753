"""What we know of a room ourselves, stored beside TRTC's events: its callbacks can be lost, all of their retries too."""

import hashlib
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.ids import new_id
from shared.models.rooms import RoomEvent
from shared.models.visits import Visit
from shared.rules.room_state import OURS, PRESENT


def note_present(session: Session, visit: Visit, user_id: str) -> None:
    """A page says that it has entered the room. Once a visit and person; the visit's row is locked."""
    said = f"present:{visit.id}:{user_id}"
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    known = select(RoomEvent.id).where(RoomEvent.fingerprint == fingerprint)
    if session.scalar(known) is not None:
        return
    event: dict[str, Any] = {
        "id": new_id(),
        "visit_id": visit.id,
        "fingerprint": fingerprint,
        "event_group": OURS,
        "event_type": PRESENT,
        "room_id": visit.room_id,
        "happened_ms": int(now().timestamp() * 1000),
        "info": {"UserId": user_id},
    }
    session.execute(insert(RoomEvent).values(**event))
