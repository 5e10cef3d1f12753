"""An officer lets a running visit go on for some minutes: goodbyes take their time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from functions.approve.desk.show_desk import shown
from shared import audit, scope, visits
from shared.actors import Actor
from shared.clock import chinese
from shared.database import in_transaction
from shared.errors import Conflict, Refused
from shared.idempotency import once
from shared.models.rooms import Recording, RecordingStatus
from shared.models.visits import Visit, VisitStatus
from shared.site_rules import rules_of_visit


@in_transaction
def extend_visit(
    session: Session,
    *,
    actor: Actor,
    visit_id: str,
    minutes: int,
    reason: str,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Raises Conflict unless it runs, Refused beyond the site's limit or into the next visit at that place."""
    visit = scope.one(session, actor, Visit, visit_id)
    once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"extend": visit_id, "minutes": minutes},
        effect=lambda: _extend(session, actor, visit, minutes, reason),
    )
    return shown(session, actor, [visit])[0]


def _extend(
    session: Session, actor: Actor, visit: Visit, minutes: int, reason: str
) -> dict[str, Any]:
    session.refresh(visit, with_for_update=True)
    if visit.status is not VisitStatus.IN_PROGRESS:
        raise Conflict.of("visit_not_running")
    until = visit.closes_at + timedelta(minutes=minutes)
    rules = rules_of_visit(session, visit)
    most = rules.extend_minutes_max
    if until > visit.ends_at + timedelta(minutes=most):
        raise Refused.of("extend_too_long", "minutes", minutes=most)
    next_at = _next_start(session, visit)
    if next_at is not None and until > next_at:
        raise Refused.of("extend_meets_next", "minutes", starts=chinese(next_at))
    visit.extended_to = until
    _expect_film(session, visit, until + timedelta(minutes=rules.recording_late_minutes))
    audit.record(
        session, actor, "visit.extended", "visit", visit.id, reason=reason, minutes=minutes
    )
    session.flush()
    return {}


def _expect_film(session: Session, visit: Visit, due_at: datetime) -> None:
    """Whoever looks for it earlier would stop the robot that works on."""
    film = update(Recording).where(
        Recording.visit_id == visit.id, Recording.status == RecordingStatus.EXPECTED
    )
    session.execute(film.values(due_at=due_at))


def _next_start(session: Session, visit: Visit) -> datetime | None:
    """Of whoever comes to the same place after this one."""
    return session.scalar(
        select(func.min(Visit.starts_at)).where(
            Visit.site_id == visit.site_id,
            Visit.place == visit.place,
            Visit.starts_at >= visit.ends_at,
            Visit.status.in_(visits.HOLDING),
        )
    )
