"""Timer: relationships and checks by hand that nobody decided are refused, and the family may ask again.

Officers were reminded of them, supervisors every day after the review time (approve's remind-reviews). A check for a
visit is over with that visit.
"""

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from functions.booking.reject_unmatched import REASON as NOT_CONFIRMED
from functions.booking.reject_unmatched import tell_rejected
from shared import audit, messages
from shared.actors import SYSTEM
from shared.batches import all_of, each
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.people import ManualCheck, ManualCheckStatus, Relationship, RelationshipStatus
from shared.models.visits import Visit
from shared.undecided import BATCH, REASON, overdue
from shared.visits import HOLDING

VISIT_OVER = "这次会见已经结束或取消，人工核验申请随之关闭。"
PENDING = ManualCheck.status == ManualCheckStatus.PENDING
ASKED = Relationship.status == RelationshipStatus.PENDING


def refuse_undecided() -> int:
    """How many were refused."""
    return all_of(
        lambda: each(_ties(), _refuse_tie),
        lambda: each(_of_past_visits(), _close),
        lambda: each(_checks(), _refuse),
    )


@in_transaction
def _ties(session: Session) -> list[str]:
    return overdue(session, Relationship.id, Relationship.site_id, Relationship.asked_at, ASKED)


@in_transaction
def _checks(session: Session) -> list[str]:
    return overdue(session, ManualCheck.id, ManualCheck.site_id, ManualCheck.asked_at, PENDING)


@in_transaction
def _of_past_visits(session: Session) -> list[str]:
    query = select(ManualCheck.id).join(Visit, Visit.id == ManualCheck.visit_id)
    return list(session.scalars(query.where(PENDING, _over()).limit(BATCH)))


def _over() -> ColumnElement[bool]:
    return or_(Visit.status.not_in(HOLDING), Visit.ends_at <= now())


@in_transaction
def _refuse_tie(session: Session, tie_id: str) -> None:
    tie = session.get_one(Relationship, tie_id)
    # With the time of asking: asked for again meanwhile, it waits anew.
    still = and_(Relationship.id == tie.id, ASKED, Relationship.asked_at == tie.asked_at)
    refused = update(Relationship).where(still)
    values = {"status": RelationshipStatus.REJECTED, "reason": NOT_CONFIRMED, "decided_at": now()}
    if not compare_and_set(session, refused.values(**values)):
        raise Conflict.of("changed_meanwhile")
    audit.record(
        session, SYSTEM, "relationship.undecided", "relationship", tie.id, site_id=tie.site_id
    )
    tell_rejected(session, tie)


@in_transaction
def _close(session: Session, check_id: str) -> None:
    """Of the visit that is over the family has heard already."""
    _end(session, check_id, VISIT_OVER)


@in_transaction
def _refuse(session: Session, check_id: str) -> None:
    check = _end(session, check_id, REASON)
    messages.tell_family(
        session,
        [check.relative_id],
        "未及审核",
        "人工核验未及处理，请重新申请",
        page="pages/registration/index",
        dedupe_key=f"manual_check:{check.id}",
    )


def _end(session: Session, check_id: str, reason: str) -> ManualCheck:
    """Raises Conflict when an officer was first."""
    refused = update(ManualCheck).where(ManualCheck.id == check_id, PENDING)
    values = {"status": ManualCheckStatus.REJECTED, "reason": reason, "decided_at": now()}
    if not compare_and_set(session, refused.values(**values)):
        raise Conflict.of("changed_meanwhile")
    check = session.get_one(ManualCheck, check_id)
    audit.record(
        session, SYSTEM, "manual_check.undecided", "manual_check", check.id, site_id=check.site_id
    )
    return check
