"""Visits ahead that a tie covers no more, because of its last day: flagged, and the others free again."""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.models.flags import FlagKind
from shared.models.people import Relationship, RelationshipStatus
from shared.models.visits import Visit, VisitParticipant
from shared.visit_flags import lift_flags, raise_flags


def of_tie(tie: Relationship) -> ColumnElement[bool]:
    """Of Visit joined with its participants: the visits that this relative pays this resident."""
    return and_(
        VisitParticipant.relative_id == tie.relative_id, Visit.resident_id == tie.resident_id
    )


def flag_uncovered(session: Session, actor: Actor, tie: Relationship) -> None:
    """After a tie was approved anew, or given another last day. A suspension flags by itself, and goes on to."""
    if tie.status is RelationshipStatus.APPROVED:
        lift_flags(session, actor, kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)
    if tie.expires_at is not None:
        hit = and_(of_tie(tie), Visit.starts_at >= tie.expires_at)
        raise_flags(session, actor, hit, kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)
