"""An officer sets the day on which a relationship ends by itself, or takes it away again."""

from datetime import datetime

from sqlalchemy import and_, update
from sqlalchemy.orm import Session

from shared import audit, messages, scope
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import compare_and_set, in_transaction
from shared.errors import BadInput, Conflict
from shared.models.flags import FlagKind
from shared.models.people import Relationship, RelationshipStatus, Resident
from shared.models.visits import Visit, VisitParticipant
from shared.visit_flags import lift_flags, raise_flags

STANDING = (RelationshipStatus.APPROVED, RelationshipStatus.SUSPENDED)


@in_transaction
def set_expiry(
    session: Session,
    *,
    actor: Actor,
    relationship_id: str,
    expires_at: datetime | None,
    reason: str,
) -> Relationship:
    """Visits from then on are flagged. Raises BadInput for a day that is not ahead, Conflict unless it stands."""
    if expires_at is not None and expires_at <= now():
        raise BadInput.of("expiry_past", "expires_at")
    tie = scope.one(session, actor, Relationship, relationship_id)
    # The lock that bookings take: one that is not committed yet would escape the flag.
    session.get_one(Resident, tie.resident_id, with_for_update=True)
    stands = update(Relationship).where(
        Relationship.id == tie.id, Relationship.status.in_(STANDING)
    )
    if not compare_and_set(session, stands.values(expires_at=expires_at)):
        raise Conflict.of("changed_meanwhile")
    session.refresh(tie)
    audit.record(
        session, actor, "relationship.expiry_set", "relationship", tie.id, reason=reason,
        expires_at=expires_at and expires_at.isoformat(),
    )  # fmt: skip
    _flag(session, actor, tie)
    _tell(session, tie)
    return tie


def _flag(session: Session, actor: Actor, tie: Relationship) -> None:
    """Those that the new day leaves out; the others, which an earlier day had hit, stand again."""
    if tie.status is RelationshipStatus.APPROVED:
        lift_flags(session, actor, kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)
    if tie.expires_at is not None:
        hit = and_(
            VisitParticipant.relative_id == tie.relative_id,
            Visit.resident_id == tie.resident_id,
            Visit.starts_at >= tie.expires_at,
        )
        raise_flags(session, actor, hit, kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)


def _tell(session: Session, tie: Relationship) -> None:
    thing = "亲属关系长期有效"
    if tie.expires_at is not None:
        day = in_shanghai(tie.expires_at)
        thing = f"有效期至{day.year}年{day.month}月{day.day}日"
    messages.tell_family(
        session,
        [tie.relative_id],
        "关系有效期",
        thing,
        page="pages/relationships/index",
        dedupe_key=f"relationship:{tie.id}:expiry:{now():%Y%m%d%H%M%S%f}",
    )
