"""Requests for a visit, in the queue."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.decide_visit import decide_visit
from functions.approve.queue.card import Card, visit_card
from functions.approve.queue.items import SHOWN, Item, item, names, people_of, rules_of
from shared import scope
from shared.actors import Actor
from shared.models.people import Resident
from shared.models.places import Ward
from shared.models.visits import Visit, VisitStatus

KIND = "visit"


def waiting(session: Session, actor: Actor) -> list[Item]:
    query = (
        select(Visit, Resident, Ward)
        .join(Resident, Resident.id == Visit.resident_id)
        .join(Ward, Ward.id == Resident.ward_id)
        .where(Visit.status == VisitStatus.REQUESTED)
        .order_by(Visit.starts_at)
        .limit(SHOWN)
    )
    rows = session.execute(scope.of_residents(actor, query)).all()
    named = names(session, (one.relative_id for row in rows for one in row.Visit.participants))
    rules = rules_of(session, actor)
    return [
        item(
            KIND,
            visit.id,
            rules=rules,
            asked_at=visit.requested_at,
            resident=resident,
            ward=ward,
            people=people_of(visit, named),
            starts_at=visit.starts_at,
            latest=visit.held_until,
            first_approved_by=visit.first_approved_by,
        )
        for visit, resident, ward in rows
    ]


def card(session: Session, actor: Actor, row_id: str) -> Card:
    return visit_card(session, scope.one(session, actor, Visit, row_id))


def decide(*, actor: Actor, row_id: str, approve: bool, reason: str | None) -> str:
    status = VisitStatus.APPROVED if approve else VisitStatus.REJECTED
    return decide_visit(actor=actor, visit_id=row_id, status=status, reason=reason).status.value
