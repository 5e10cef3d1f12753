"""What a room event does to its visit. Events come in any order, so each effect asks the visit's state first."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy.orm import Session

from shared import audit, room_commands
from shared.actors import SYSTEM
from shared.clock import now
from shared.errors import Conflict
from shared.models.places import Site
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY, OBSERVER, RESIDENT
from shared.rules.site_rules import SiteRules
from shared.visits import move

Effect = Callable[[Session, Visit, dict[str, Any]], None]

ROOM, RECORDING_GROUP = 1, 3
CREATED, ENTERED = 101, 103
MP4_STOP = 310


def apply(
    session: Session, visit: Visit, group: int, event_type: int, info: dict[str, Any]
) -> None:
    effect = EFFECTS.get((group, event_type))
    if effect is not None:
        effect(session, visit, info)


def _room_opened(session: Session, visit: Visit, info: dict[str, Any]) -> None:
    """The family's first sign of life opens the visit: 101 and 103 may come in either order.

    The resident at the terminal may wait for a family that never comes, and an officer only looks in.
    """
    user_id = str(info.get("UserId", ""))
    if user_id.startswith((RESIDENT, OBSERVER)):
        return
    for one in visit.participants:
        if user_id == f"{FAMILY}{one.relative_id}" and one.joined_at is None:
            one.joined_at = _moment(info)
    try:
        move(
            session,
            SYSTEM,
            visit,
            only_from={VisitStatus.APPROVED},
            to=VisitStatus.IN_PROGRESS,
            started_at=_moment(info),
        )
    except Conflict:
        return  # it runs already, or is over
    room_commands.open_room(session, visit)
    session.add(_expected_recording(session, visit))
    audit.record(session, SYSTEM, "visit.started", "visit", visit.id, site_id=visit.site_id)


def _expected_recording(session: Session, visit: Visit) -> Recording:
    """Stands before the file does: what never comes is then known to be missing."""
    rules = SiteRules.of(session.get_one(Site, visit.site_id).rules)
    return Recording(
        site_id=visit.site_id,
        kind=RecordingKind.VISIT,
        visit_id=visit.id,
        resident_id=visit.resident_id,
        status=RecordingStatus.EXPECTED,
        starts_at=visit.started_at or now(),
        due_at=visit.ends_at + timedelta(minutes=rules.recording_late_minutes),
    )


def _files_ready(session: Session, visit: Visit, info: dict[str, Any]) -> None:
    payload = info.get("Payload")
    files = payload.get("FileMessage") if isinstance(payload, dict) else None
    for one in files if isinstance(files, list) else []:
        if not isinstance(one, dict):
            continue
        room_commands.verify_recording(
            session,
            visit_id=visit.id,
            file_name=str(one.get("FileName", "")),
            task_id=str(info.get("TaskId", "")),
        )


def _moment(info: dict[str, Any]) -> datetime:
    """The event's own time, never later than now: it may have waited for its delivery."""
    try:
        said = datetime.fromtimestamp(int(info["EventMsTs"]) / 1000, timezone.utc)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now()
    return min(said, now())


EFFECTS: dict[tuple[int, int], Effect] = {
    (ROOM, CREATED): _room_opened,
    (ROOM, ENTERED): _room_opened,
    (RECORDING_GROUP, MP4_STOP): _files_ready,
}
