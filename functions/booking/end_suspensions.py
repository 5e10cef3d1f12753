"""Timer: suspensions whose end has come are lifted; relationships whose time is over end, and their visits are flagged.

Both hold by their time stamps already (`shared.rules.relationships.stands`): this only tidies and tells.
"""

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import SYSTEM
from shared.batches import all_of, each
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.flags import FlagKind
from shared.models.people import Relationship, RelationshipStatus, Resident
from shared.phone_reviews import review_later
from shared.relationships import CONFIRMED
from shared.tie_flags import flag_uncovered, of_tie
from shared.visit_flags import raise_flags

BATCH = 200
EXPIRED = "关系有效期已满，请重新提交证明"


def end_suspensions() -> int:
    """How many relationships were changed."""
    return all_of(
        lambda: each(_found(which=_expired()), _expire), lambda: each(_found(which=_over()), _lift)
    )


def _over() -> ColumnElement[bool]:
    suspended = Relationship.status == RelationshipStatus.SUSPENDED
    return and_(suspended, Relationship.suspended_until <= now())


def _expired() -> ColumnElement[bool]:
    return and_(Relationship.status.in_(CONFIRMED), Relationship.expires_at <= now())


@in_transaction
def _found(session: Session, *, which: ColumnElement[bool]) -> list[str]:
    return list(session.scalars(select(Relationship.id).where(which).limit(BATCH)))


@in_transaction
def _lift(session: Session, tie_id: str) -> None:
    tie = _change(
        session, tie_id, _over(), status=RelationshipStatus.APPROVED, suspended_until=None
    )
    audit.record(
        session, SYSTEM, "relationship.lifted", "relationship", tie.id, site_id=tie.site_id
    )
    flag_uncovered(session, SYSTEM, tie)
    _tell(session, tie, "lifted", ("暂停已结束", "会见资格已恢复，可以重新预约"))


@in_transaction
def _expire(session: Session, tie_id: str) -> None:
    _lock_resident(session, tie_id)
    tie = _change(session, tie_id, _expired(), status=RelationshipStatus.REJECTED, reason=EXPIRED)
    audit.record(
        session, SYSTEM, "relationship.expired", "relationship", tie.id, site_id=tie.site_id
    )
    raise_flags(session, SYSTEM, of_tie(tie), kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)
    review_later(session, relative_id=tie.relative_id)
    _tell(session, tie, "expired", ("关系已到期", "请重新提交证明，审核后可继续会见"))


def _lock_resident(session: Session, tie_id: str) -> None:
    # The lock that bookings take: one that is not committed yet would escape the flag.
    whose = select(Relationship.resident_id).where(Relationship.id == tie_id).scalar_subquery()
    session.execute(select(Resident.id).where(Resident.id == whose).with_for_update())


def _change(
    session: Session, tie_id: str, still: ColumnElement[bool], **values: object
) -> Relationship:
    """Raises Conflict when another instance was first."""
    if not compare_and_set(
        session, update(Relationship).where(Relationship.id == tie_id, still).values(**values)
    ):
        raise Conflict.of("changed_meanwhile")
    return session.get_one(Relationship, tie_id)


def _tell(session: Session, tie: Relationship, what: str, told: tuple[str, str]) -> None:
    messages.tell_family(
        session,
        [tie.relative_id],
        *told,
        page="pages/relationships/index",
        dedupe_key=f"relationship:{tie.id}:{what}:{now():%Y%m%d%H%M%S}",
    )
