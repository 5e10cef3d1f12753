"""A tie that nobody confirmed opens nothing, and tells nothing: a guesser would learn who is a resident.

One that waits, one that was rejected and one that fits nobody are answered alike wherever its id can be given.
"""

from sqlalchemy.orm import Session

from shared.errors import NotFound, Refused, UseCaseError
from shared.models.people import Relationship, RelationshipStatus, UnmatchedRequest

CONFIRMED = (RelationshipStatus.APPROVED, RelationshipStatus.SUSPENDED)


def confirmed_tie(session: Session, *, relative_id: str, relationship_id: str) -> Relationship:
    """That once was approved; it may be suspended or over. Raises as `not_confirmed` gives."""
    tie = session.get(Relationship, relationship_id)
    if tie is None or tie.relative_id != relative_id or tie.status not in CONFIRMED:
        raise not_confirmed(session, relative_id=relative_id, relationship_id=relationship_id)
    return tie


def not_confirmed(session: Session, *, relative_id: str, relationship_id: str) -> UseCaseError:
    """Refused for what this relative asked for, NotFound for everything else."""
    asked = session.get(Relationship, relationship_id) or session.get(
        UnmatchedRequest, relationship_id
    )
    if asked is None or asked.relative_id != relative_id:
        return NotFound.of("not_found")
    return Refused.of("relationship_not_approved", "relationship_id")
