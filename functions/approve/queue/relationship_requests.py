"""Relationships that a relative asked for, in the queue."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.decide_relationship import decide_relationship
from functions.approve.queue.card import Card, Picture, person_card
from functions.approve.queue.items import SHOWN, Item, item, rules_of
from shared import scope
from shared.actors import Actor
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.models.places import Ward

KIND = "relationship"


def waiting(session: Session, actor: Actor) -> list[Item]:
    query = (
        select(Relationship, Relative, Resident, Ward)
        .join(Relative, Relative.id == Relationship.relative_id)
        .join(Resident, Resident.id == Relationship.resident_id)
        .join(Ward, Ward.id == Resident.ward_id)
        .where(Relationship.status == RelationshipStatus.PENDING)
        .order_by(Relationship.asked_at)
        .limit(SHOWN)
    )
    rules = rules_of(session, actor)
    return [
        item(
            KIND,
            tie.id,
            rules=rules,
            asked_at=tie.asked_at,
            resident=resident,
            ward=ward,
            people=[{"id": relative.id, "name": relative.name or "", "kinship": tie.kinship}],
            first_approved_by=tie.first_approved_by,
        )
        for tie, relative, resident, ward in session.execute(scope.of_residents(actor, query))
    ]


def card(session: Session, actor: Actor, row_id: str) -> Card:
    tie = scope.one(session, actor, Relationship, row_id)
    proofs = [Picture(f"关系证明 {number}", key) for number, key in enumerate(tie.proof_keys, 1)]
    return person_card(session, tie.resident_id, tie.relative_id, tie.kinship, pictures=proofs)


def decide(*, actor: Actor, row_id: str, approve: bool, reason: str | None) -> str:
    status = RelationshipStatus.APPROVED if approve else RelationshipStatus.REJECTED
    decided = decide_relationship(actor=actor, relationship_id=row_id, status=status, reason=reason)
    return decided.status.value
