"""Which face checks an officer may see: those of people tied to a resident in the officer's scope.

A check before a visit belongs to that visit's resident alone. For a recovery the tie is that of the person whose
registration is claimed. Elsewhere a check does not exist.
"""

from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from shared import scope
from shared.actors import Actor
from shared.errors import NotFound
from shared.models.faces import FaceCheck
from shared.models.people import Relationship, RelationshipStatus, Resident
from shared.models.visits import Visit

DECIDING = (RelationshipStatus.PENDING, RelationshipStatus.APPROVED)


def with_ties(query: Select[Any]) -> Select[Any]:
    """`query` selects from FaceCheck; a row for each tie that makes it somebody's to see."""
    own = Relationship.relative_id == FaceCheck.subject_id
    concerned = or_(Visit.id.is_(None), Relationship.resident_id == Visit.resident_id)
    return (
        query.outerjoin(Visit, Visit.id == FaceCheck.visit_id)
        .join(Relationship, and_(own, concerned))
        .join(Resident, Resident.id == Relationship.resident_id)
    )


def one_in_scope(
    session: Session, actor: Actor, check_id: str, *, to_decide: bool = False
) -> tuple[FaceCheck, Relationship]:
    """With the tie. Raises NotFound. `to_decide`: a tie that was rejected or suspended does not do."""
    query = with_ties(select(FaceCheck, Relationship).select_from(FaceCheck))
    query = query.where(FaceCheck.id == check_id).order_by(Relationship.id).limit(1)
    if to_decide:
        query = query.where(Relationship.status.in_(DECIDING))
    found = session.execute(scope.of_residents(actor, query)).first()
    if found is None:
        raise NotFound.of("not_found")
    check, tie = found
    return check, tie
