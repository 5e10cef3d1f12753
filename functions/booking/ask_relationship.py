"""A relative asks for a relationship with a resident."""

import hmac
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import Conflict, Refused
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.sealing import blind_index

MAX_OPEN = 5


@in_transaction
def ask_relationship(
    session: Session, *, actor: Actor, resident_number: str, resident_name: str, kinship: str
) -> Relationship:
    """Number and name must belong together; a wrong one is not told from one that does not exist."""
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    if relative.id_number is None:
        raise Refused.of("identity_missing")
    _require_few_open(session, actor.id)
    resident = _find(session, resident_number, resident_name)
    asked = Relationship(
        site_id=resident.site_id,
        relative_id=actor.id,
        resident_id=resident.id,
        kinship=kinship,
        status=RelationshipStatus.PENDING,
    )
    _require_new(session, asked)
    session.add(asked)
    session.flush()
    audit.record(
        session, actor, "relationship.asked", "relationship", asked.id, site_id=asked.site_id
    )
    return asked


@in_transaction
def list_relationships(session: Session, *, relative_id: str) -> Sequence[Relationship]:
    mine = select(Relationship).where(Relationship.relative_id == relative_id)
    return session.scalars(mine.order_by(Relationship.asked_at)).all()


def _require_few_open(session: Session, relative_id: str) -> None:
    open_now = session.scalar(
        select(func.count())
        .select_from(Relationship)
        .where(
            Relationship.relative_id == relative_id,
            Relationship.status == RelationshipStatus.PENDING,
        )
    )
    if (open_now or 0) >= MAX_OPEN:
        raise Refused.of("too_many_requests_open", count=open_now)


def _find(session: Session, number: str, name: str) -> Resident:
    index = blind_index(number, context="resident_number")
    for resident in session.scalars(select(Resident).where(Resident.number_index == index)):
        if hmac.compare_digest(resident.name.encode(), name.encode()):
            return resident
    raise Refused.of("relationship_not_found")


def _require_new(session: Session, asked: Relationship) -> None:
    same = select(Relationship.id).where(
        Relationship.relative_id == asked.relative_id,
        Relationship.resident_id == asked.resident_id,
    )
    if session.scalar(same) is not None:
        raise Conflict.of("relationship_exists")
