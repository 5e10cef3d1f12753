"""A TRTC callback is stored and answered; what it means is worked out afterwards (work_events)."""

import hashlib
import json
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import core, in_transaction, unless_there
from shared.ids import ID_LENGTH, new_id
from shared.models.rooms import RoomEvent
from shared.models.visits import ROOM_PREFIX, Visit

LAST_MS = 2**62  # what the column holds, and more than any moment

# Three statements a callback, the COMMIT with them.
_VISIT = select(Visit.id).where(Visit.id == bindparam("id"))
_ADD = unless_there(insert(RoomEvent))


@in_transaction
def receive_event(session: Session, *, group: int, event_type: int, info: dict[str, Any]) -> bool:
    """False when this very event was here before. One of an unknown room is recorded, and nothing follows."""
    visit_id = _visit_of(session, info)
    event = {
        "id": new_id(),
        "visit_id": visit_id,
        "fingerprint": _fingerprint(group, event_type, info),
        "event_group": group,
        "event_type": event_type,
        "room_id": str(info.get("RoomId", ""))[:128],
        "happened_ms": _happened_ms(info),
        "info": info,
        "worked_at": None if visit_id else now(),
    }
    return bool(core(session).execute(_ADD, event).rowcount)


def _visit_of(session: Session, info: dict[str, Any]) -> str | None:
    """No lock: whoever works with the visit must not keep a callback waiting."""
    room_id = str(info.get("RoomId", ""))
    visit_id = room_id.removeprefix(ROOM_PREFIX)
    if not room_id.startswith(ROOM_PREFIX) or len(visit_id) != ID_LENGTH:
        return None
    found: str | None = core(session).scalar(_VISIT, {"id": visit_id})
    return found


def _fingerprint(group: int, event_type: int, info: dict[str, Any]) -> str:
    """The event without what may differ between two deliveries of it (CallbackTs stands outside `info`)."""
    said = json.dumps([group, event_type, info], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _happened_ms(info: dict[str, Any]) -> int:
    """EventMsTs where it is given; EventTs (seconds) may be a number or a string."""
    try:
        said = int(info.get("EventMsTs") or int(info.get("EventTs") or 0) * 1000)
    except (TypeError, ValueError, OverflowError):
        return 0
    return said if 0 <= said <= LAST_MS else 0
