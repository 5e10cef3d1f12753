"""The live desk: today's visits, what was seen in them, and the officer's hand on the end button."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import audit, messages, room_commands, scope, visits
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.models.people import Resident
from shared.models.rooms import Alert, Frame, Recording
from shared.models.visits import Visit, VisitStatus

AROUND_NOW = timedelta(hours=12)


@in_transaction
def show_live_desk(session: Session, *, actor: Actor) -> list[dict[str, Any]]:
    """Visits that run, come soon or just ended; alerts with each."""
    query = (
        select(Visit)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Visit.starts_at.between(now() - AROUND_NOW, now() + AROUND_NOW))
        .where(Visit.status.in_((VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)))
        .order_by(Visit.starts_at)
    )
    return [_shown(session, one) for one in session.scalars(scope.of_residents(actor, query))]


@in_transaction
def show_visit(session: Session, *, actor: Actor, visit_id: str) -> dict[str, Any]:
    return _shown(session, scope.one(session, actor, Visit, visit_id))


@in_transaction
def end_visit(session: Session, *, actor: Actor, visit_id: str, reason: str) -> dict[str, Any]:
    """Raises Conflict when the visit is not running. The room is closed after the commit."""
    visit = scope.one(session, actor, Visit, visit_id)
    visits.move(
        session,
        actor,
        visit,
        only_from={VisitStatus.IN_PROGRESS},
        to=VisitStatus.TERMINATED,
        code="visit_not_running",
        reason=reason,
        ended_at=now(),
        ended_by=actor.id,
    )
    room_commands.close_room(session, visit)
    audit.record(session, actor, "visit.terminated", "visit", visit.id, reason=reason)
    messages.tell_family(
        session,
        [one.relative_id for one in visit.participants],
        data={
            "phrase1": "会见已结束",
            "time2": chinese(now()),
            "thing3": "本次会见由民警结束，请点击查看原因",
        },
        page=f"pages/visit/index?id={visit.id}",
        dedupe_key=f"visit:{visit.id}:terminated",
    )
    return _shown(session, visit)


def _shown(session: Session, visit: Visit) -> dict[str, Any]:
    alerts = session.scalars(
        select(Alert).where(Alert.visit_id == visit.id).order_by(Alert.first_at)
    )
    frames = select(func.count()).select_from(Frame).where(Frame.visit_id == visit.id)
    recording = session.scalar(select(Recording.status).where(Recording.visit_id == visit.id))
    names = ("id", "status", "starts_at", "ends_at", "started_at", "ended_at", "place")
    return {
        **{name: getattr(visit, name) for name in names},
        "recording": recording,
        "slicing": visit.slicing_task_id is not None,
        "frames": session.scalar(frames) or 0,
        "alerts": list(alerts),
    }
