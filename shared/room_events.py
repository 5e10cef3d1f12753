"""What we know of a room ourselves, stored beside TRTC's events: its callbacks can be lost, all of their retries too."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import core, unless_there
from shared.ids import new_id
from shared.models.rooms import RoomEvent
from shared.models.visits import Visit
from shared.rules.room_state import OURS, PRESENT, ROBOT_GONE

_ADD = unless_there(insert(RoomEvent))


def note_present(session: Session, visit: Visit, user_id: str) -> None:
    """A page says that it has entered the room. Once a visit and person."""
    _note(session, visit, PRESENT, f"present:{visit.id}:{user_id}", {"UserId": user_id})


def note_robot_gone(session: Session, visit: Visit, *, kind: str, task_id: str) -> None:
    """Once a robot, whoever found it out and however often. `kind`: record or slice."""
    info = {"TaskId": task_id, "Kind": kind}
    _note(session, visit, ROBOT_GONE, f"gone:{visit.id}:{task_id}", info)


def _note(
    session: Session, visit: Visit, event_type: int, said: str, info: Mapping[str, str]
) -> None:
    event = {
        "id": new_id(),
        "visit_id": visit.id,
        "fingerprint": hashlib.sha256(said.encode()).hexdigest(),
        "event_group": OURS,
        "event_type": event_type,
        "room_id": visit.room_id,
        "happened_ms": int(now().timestamp() * 1000),
        "info": dict(info),
    }
    core(session).execute(_ADD, event)
