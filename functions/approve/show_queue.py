"""What waits for an officer's decision, the most urgent first."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.people import (
    ManualCheck,
    ManualCheckStatus,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.visits import Visit, VisitParticipant, VisitStatus

SHOWN = 200


@in_transaction
def show_queue(session: Session, *, actor: Actor) -> list[dict[str, Any]]:
    """Visits by their start, then relationships by how long they have waited."""
    items = [
        *_visits(session, actor),
        *_manual_checks(session, actor),
        *_relationships(session, actor),
    ]
    audit.record(session, actor, "queue.read", "site", actor.site_id or "", count=len(items))
    return items


def _visits(session: Session, actor: Actor) -> list[dict[str, Any]]:
    query = (
        select(Visit, VisitParticipant, Relative, Resident)
        .join(VisitParticipant, VisitParticipant.visit_id == Visit.id)
        .join(Relative, Relative.id == VisitParticipant.relative_id)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Visit.status == VisitStatus.REQUESTED, VisitParticipant.lead)
        .order_by(Visit.starts_at)
        .limit(SHOWN)
    )
    return [
        {
            "kind": "visit",
            "id": visit.id,
            "asked_at": visit.requested_at,
            "starts_at": visit.starts_at,
            **_people(part.kinship, relative, resident),
        }
        for visit, part, relative, resident in session.execute(scope.of_residents(actor, query))
    ]


def _relationships(session: Session, actor: Actor) -> list[dict[str, Any]]:
    query = (
        select(Relationship, Relative, Resident)
        .join(Relative, Relative.id == Relationship.relative_id)
        .join(Resident, Resident.id == Relationship.resident_id)
        .where(Relationship.status == RelationshipStatus.PENDING)
        .order_by(Relationship.asked_at)
        .limit(SHOWN)
    )
    return [
        {
            "kind": "relationship",
            "id": asked.id,
            "asked_at": asked.asked_at,
            **_people(asked.kinship, relative, resident),
        }
        for asked, relative, resident in session.execute(scope.of_residents(actor, query))
    ]


def _manual_checks(session: Session, actor: Actor) -> list[dict[str, Any]]:
    query = (
        select(ManualCheck, Relative, Resident)
        .join(Relative, Relative.id == ManualCheck.relative_id)
        .join(Resident, Resident.id == ManualCheck.resident_id)
        .where(ManualCheck.status == ManualCheckStatus.PENDING)
        .order_by(ManualCheck.asked_at)
        .limit(SHOWN)
    )
    return [
        {
            "kind": "manual_check",
            "id": check.id,
            "asked_at": check.asked_at,
            **_people(check.purpose.value, relative, resident),
        }
        for check, relative, resident in session.execute(scope.of_residents(actor, query))
    ]


def _people(kinship: str, relative: Relative, resident: Resident) -> dict[str, str]:
    return {
        "kinship": kinship,
        "relative_name": relative.name or "",
        "resident_name": resident.name,
        "resident_number": resident.number,
    }
