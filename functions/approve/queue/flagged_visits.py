"""Visits that something changed after they were booked: let go ahead all the same, or cancelled with the reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.queue.card import Card, visit_card
from functions.approve.queue.items import SHOWN, Item, item, names, people_of, rules_of
from shared import audit, scope, visit_flags
from shared.actors import Actor
from shared.cancellations import cancel_ahead
from shared.database import in_transaction
from shared.errors import BadInput, Conflict
from shared.models.flags import VisitFlag
from shared.models.people import Resident
from shared.models.places import Ward
from shared.models.visits import Visit

KIND = "flagged_visit"


def waiting(session: Session, actor: Actor) -> list[Item]:
    query = (
        select(Visit, Resident, Ward, VisitFlag)
        .join(Resident, Resident.id == Visit.resident_id)
        .join(Ward, Ward.id == Resident.ward_id)
        .join(VisitFlag, VisitFlag.visit_id == Visit.id)
        .where(visit_flags.OPEN)
        .order_by(Visit.starts_at, VisitFlag.raised_at)
        .limit(SHOWN)
    )
    # One item a visit, however many flags it has.
    rows = {row.Visit.id: row for row in session.execute(scope.of_residents(actor, query))}
    named = names(session, (p.relative_id for row in rows.values() for p in row.Visit.participants))
    rules = rules_of(session, actor)
    return [
        item(
            KIND,
            row.Visit.id,
            rules=rules,
            asked_at=row.VisitFlag.raised_at,
            resident=row.Resident,
            ward=row.Ward,
            people=people_of(row.Visit, named),
            starts_at=row.Visit.starts_at,
            flags=[one.kind for one in visit_flags.open_flags(session, row.Visit.id)],
        )
        for row in rows.values()
    ]


def card(session: Session, actor: Actor, row_id: str) -> Card:
    return visit_card(session, scope.one(session, actor, Visit, row_id))


def decide(*, actor: Actor, row_id: str, approve: bool, reason: str | None) -> str:
    if not reason:
        raise BadInput.of("reason_required", "reason")
    return decide_flagged(actor=actor, visit_id=row_id, go_ahead=approve, reason=reason)


@in_transaction
def decide_flagged(
    session: Session, *, actor: Actor, visit_id: str, go_ahead: bool, reason: str
) -> str:
    """Raises Conflict when no flag is open any more: lifted with its cause, or decided by somebody else."""
    visit = scope.one(session, actor, Visit, visit_id)
    flags = visit_flags.open_flags(session, visit.id)
    if not flags:
        raise Conflict.of("changed_meanwhile")
    if go_ahead:
        for flag in flags:
            visit_flags.settle_flag(session, actor, flag, reason=reason)
    else:
        cancel_ahead(session, actor, Visit.id == visit.id, reason=reason)
    audit.record(
        session, actor, "visit.flags_decided", "visit", visit.id, reason=reason, go_ahead=go_ahead
    )
    return visit.status.value
