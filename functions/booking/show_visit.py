"""All that a family may know of one visit: state, reason, what comes next, and what happened so far."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking import visit_texts
from functions.booking.list_visits import own_visit, participant
from shared.database import in_transaction
from shared.models.plumbing import AuditEvent
from shared.models.visits import Visit, VisitStatus
from shared.reasons import REASONS
from shared.site_rules import rules_of_visit
from shared.visit_flags import open_flags

CANCELLABLE = (VisitStatus.REQUESTED, VisitStatus.APPROVED)


@in_transaction
def show_visit(session: Session, *, relative_id: str, visit_id: str) -> dict[str, Any]:
    visit = own_visit(session, relative_id, visit_id)
    rules = rules_of_visit(session, visit)
    opens_at = visit.starts_at - timedelta(minutes=rules.check_in_minutes_before)
    can_cancel = visit.status in CANCELLABLE
    mine = participant(visit, relative_id)
    names = ("id", "status", "starts_at", "ends_at", "reason", "resident_told_at")
    return {
        **{name: getattr(visit, name) for name in names},
        "state": visit_texts.STATES[visit.status],
        "next_step": visit_texts.next_step(visit, opens_at=opens_at),
        "changes": [REASONS[f"flag_{one.kind.value}"] for one in open_flags(session, visit.id)],
        "check_in_opens_at": opens_at,
        "cancel_until": visit.starts_at - timedelta(hours=rules.cancel_hours_before)
        if can_cancel
        else None,
        "booked_by_you": mine.lead,
        "people": len(visit.participants),
        "device_test": mine.device_test,
        "device_tested_at": mine.device_tested_at,
        "history": history(session, visit, relative_id),
    }


def history(session: Session, visit: Visit, reader_id: str) -> list[dict[str, Any]]:
    query = select(AuditEvent).where(
        AuditEvent.subject_id == visit.id,
        AuditEvent.subject_kind == "visit",
        AuditEvent.action.in_(visit_texts.EVENTS),
    )
    return [
        {
            "at": one.happened_at,
            "by": visit_texts.actor_of(one.actor_kind, one.actor_id, reader_id),
            "text": visit_texts.EVENTS[one.action],
        }
        for one in session.scalars(query.order_by(AuditEvent.happened_at, AuditEvent.id))
    ]
