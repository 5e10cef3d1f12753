"""An officer suspends a relationship until a day, or lifts it.

The visits ahead that this relative booked are cancelled and all told; those of others, in which this relative would take
part, are flagged: why somebody else may not come is no business of theirs.
"""

from datetime import datetime

from sqlalchemy import and_, update
from sqlalchemy.orm import Session

from shared import audit, messages, scope
from shared.actors import Actor
from shared.cancellations import cancel_ahead
from shared.clock import chinese, now
from shared.database import compare_and_set, in_transaction
from shared.errors import BadInput, Conflict
from shared.models.flags import FlagKind
from shared.models.people import Relationship, RelationshipStatus, Resident
from shared.models.visits import VisitParticipant
from shared.phone_reviews import review_later
from shared.tie_flags import flag_uncovered, of_tie
from shared.visit_flags import raise_flags


@in_transaction
def suspend_relationship(
    session: Session, *, actor: Actor, relationship_id: str, until: datetime, reason: str
) -> Relationship:
    """Raises BadInput for an end that is not ahead, Conflict unless it is approved."""
    if until <= now():
        raise BadInput.of("suspension_end", "until")
    tie = scope.one(session, actor, Relationship, relationship_id)
    # The lock that bookings take: one that is not committed yet would escape.
    session.get_one(Resident, tie.resident_id, with_for_update=True)
    _change(session, tie, RelationshipStatus.APPROVED, RelationshipStatus.SUSPENDED, until, reason)
    hit = of_tie(tie)
    cancel_ahead(session, actor, and_(hit, VisitParticipant.lead), reason=reason)
    raise_flags(session, actor, hit, kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)
    review_later(session, relative_id=tie.relative_id)
    audit.record(
        session, actor, "relationship.suspended", "relationship", tie.id, reason=reason,
        until=until.isoformat(),
    )  # fmt: skip
    _tell(session, tie, "关系已暂停", f"会见资格暂停至{chinese(until)}")
    return tie


@in_transaction
def lift_suspension(
    session: Session, *, actor: Actor, relationship_id: str, reason: str
) -> Relationship:
    """Raises Conflict unless it is suspended."""
    tie = scope.one(session, actor, Relationship, relationship_id)
    _change(session, tie, RelationshipStatus.SUSPENDED, RelationshipStatus.APPROVED, None, reason)
    audit.record(session, actor, "relationship.lifted", "relationship", tie.id, reason=reason)
    flag_uncovered(session, actor, tie)
    _tell(session, tie, "暂停已解除", "可以重新预约会见")
    return tie


def _change(
    session: Session,
    tie: Relationship,
    only_from: RelationshipStatus,
    to: RelationshipStatus,
    until: datetime | None,
    reason: str,
) -> None:
    changed = (
        update(Relationship)
        .where(Relationship.id == tie.id, Relationship.status == only_from)
        .values(status=to, suspended_until=until, reason=reason)
    )
    if not compare_and_set(session, changed):
        raise Conflict.of("changed_meanwhile")
    session.refresh(tie)


def _tell(session: Session, tie: Relationship, phrase: str, thing: str) -> None:
    messages.tell_family(
        session,
        [tie.relative_id],
        phrase,
        thing,
        page="pages/relationships/index",
        dedupe_key=f"relationship:{tie.id}:{phrase}:{now():%Y%m%d%H%M%S}",
    )
