"""Visits ahead that cannot take place any more: cancelled with the reason, and everyone told."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared import audit, messages, room_commands, visits
from shared.actors import Actor
from shared.clock import now
from shared.models.visits import Visit, VisitParticipant, VisitStatus

OPEN = (VisitStatus.REQUESTED, VisitStatus.APPROVED)


def cancel_ahead(session: Session, actor: Actor, which: ColumnElement[bool], *, reason: str) -> int:
    """How many of the visits that `which` picks (Visit joined with its participants) were cancelled."""
    query = select(Visit).join(VisitParticipant).where(which, Visit.status.in_(OPEN)).distinct()
    # In the order of slots: cancellations that run at once then wait for each other, and never in a circle.
    found = sorted(session.scalars(query), key=lambda visit: (visit.slot_id, visit.id))
    for visit in found:
        _cancel(session, actor, visit, reason)
    return len(found)


def _cancel(session: Session, actor: Actor, visit: Visit, reason: str) -> None:
    visits.move(
        session,
        actor,
        visit,
        only_from=OPEN,
        to=VisitStatus.CANCELLED,
        reason=reason,
        ended_at=now(),
        ended_by=actor.id,
    )
    room_commands.close_if_opened(session, visit)
    audit.record(
        session,
        actor,
        "visit.cancelled",
        "visit",
        visit.id,
        site_id=visit.site_id,
        reason=reason,
    )
    messages.tell_visitors(
        session,
        visit,
        "会见已取消",
        "请点击查看取消原因",
        dedupe_key=f"visit:{visit.id}:cancelled",
        or_sms=True,
    )
