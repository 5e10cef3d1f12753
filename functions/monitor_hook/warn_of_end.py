"""Timer: who is in a room is told 5 and 1 minutes before it closes, through Tencent IM where it is subscribed."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import outbox, room_commands, visits
from shared.clock import now
from shared.database import in_transaction
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY, RESIDENT
from shared.rules.room_warnings import WARN_MINUTES, warnings_due
from shared.settings import settings


@in_transaction
def warn_of_end(session: Session) -> int:
    """How many visits are near their end, all of them: they end together, and each is near for minutes. An extended
    one is warned of its new end too."""
    if not settings().im_base_url:
        return 0
    closes_at = func.coalesce(Visit.extended_to, Visit.ends_at)
    soon = select(Visit).where(
        visits.at_any_site(),
        Visit.status == VisitStatus.IN_PROGRESS,
        closes_at > now(),
        closes_at <= now() + timedelta(minutes=max(WARN_MINUTES)),
    )
    near = session.scalars(soon).all()
    for visit in near:
        _put(session, visit)
    return len(near)


def _put(session: Session, visit: Visit) -> None:
    """The latest of those due: whoever starts late must not be told of five minutes and of one at once."""
    minutes, _, text = warnings_due(visit.closes_at, now())[-1]
    room_commands.warn(session, visit, minutes=minutes, text=text)


def send(body: dict[str, Any]) -> outbox.Finish | None:
    """For the outbox: nothing for a room that is closed, or whose end has moved."""
    from shared.clients import im

    people = _people(visit_id=body["visit_id"], closes_at=body["closes_at"])
    if people:
        im.tell_room(people, kind="end_soon", text=body["text"])
    return None


@in_transaction
def _people(session: Session, *, visit_id: str, closes_at: str) -> list[str]:
    visit = session.get_one(Visit, visit_id)
    running = visit.status is VisitStatus.IN_PROGRESS
    if not running or visit.closes_at.isoformat() != closes_at or now() >= visit.closes_at:
        return []
    family = [f"{FAMILY}{one.relative_id}" for one in visit.participants]
    return [*family, f"{RESIDENT}{visit.resident_id}"]
