"""Timer: whoever has no tie to anybody here any more needs no face stored here either.

A tie ends when the relationship is rejected or the resident has left. Registration comes before the tie, so whoever
was checked lately is left alone.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from shared import audit, erasure
from shared.actors import SYSTEM
from shared.batches import each, in_time
from shared.clock import now
from shared.database import in_transaction
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import (
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
    ResidentStatus,
)

BATCH, SECONDS = 5_000, 40.0  # an hour's run, within the function's minute
WITHOUT_TIE = timedelta(days=30)
STANDING = (
    RelationshipStatus.PENDING,
    RelationshipStatus.APPROVED,
    RelationshipStatus.SUSPENDED,
)
HERE = (ResidentStatus.ACTIVE, ResidentStatus.RESTRICTED)


def end_purposes() -> int:
    """How many people's face data was deleted; the rest of a large pile is next run's."""
    return each(in_time(_without_purpose(), seconds=SECONDS), _erase)


@in_transaction
def _without_purpose(session: Session) -> list[str]:
    since = now() - WITHOUT_TIE
    enrolled = exists().where(FaceTemplate.relative_id == Relative.id)
    lately = exists().where(FaceCheck.relative_id == Relative.id, FaceCheck.created_at >= since)
    people = select(Relative.id).where(
        or_(Relative.id_photo_key.is_not(None), enrolled),
        Relative.created_at < since,
        ~lately,
        ~_tied(Relative.id),
    )
    return list(session.scalars(people.order_by(Relative.id).limit(BATCH)))


def _tied(relative_id: object) -> ColumnElement[bool]:
    return exists().where(
        Relationship.relative_id == relative_id,
        Relationship.status.in_(STANDING),
        Resident.id == Relationship.resident_id,
        Resident.status.in_(HERE),
    )


@in_transaction
def _erase(session: Session, relative_id: str) -> None:
    relative = session.get_one(Relative, relative_id, with_for_update=True)
    if session.scalar(select(_tied(relative_id))):
        return  # asked for a new tie at this very moment
    erasure.erase_face_data(session, relative)
    audit.record(session, SYSTEM, "face_data.erased", "relative", relative_id, why="no_tie")
