"""Timer: requests that fit no resident are rejected, in the words and at the pace of an officer."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from functions.booking.ask_relationship import Asked
from shared import audit, messages
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.people import RelationshipStatus, UnmatchedRequest

BATCH = 100
# Of what fits nobody and of what nobody decided: two texts would tell the two apart.
REASON = (
    "很抱歉，您的申请没有核对通过，或未能及时审核，已经关闭。"
    "请核对编号、姓名和关系后重新提交；如确认无误或着急办理，请联系本所。"
)


def reject_unmatched() -> int:
    """How many were rejected."""
    return each(_due(), _reject)


@in_transaction
def _due(session: Session) -> list[str]:
    due = select(UnmatchedRequest.id).where(_over()).order_by(UnmatchedRequest.reject_at)
    return list(session.scalars(due.limit(BATCH)))


def _over() -> ColumnElement[bool]:
    pending = UnmatchedRequest.status == RelationshipStatus.PENDING
    return and_(pending, UnmatchedRequest.reject_at <= now())


@in_transaction
def _reject(session: Session, asked_id: str) -> None:
    mine = select(UnmatchedRequest).where(UnmatchedRequest.id == asked_id, _over())
    asked = session.scalar(mine.with_for_update())
    if asked is None:
        raise Conflict.of("changed_meanwhile")
    asked.status, asked.reason = RelationshipStatus.REJECTED, REASON
    audit.record(session, SYSTEM, "relationship.unmatched", "relationship", asked.id)
    tell_rejected(session, asked)


def tell_rejected(session: Session, asked: Asked) -> None:
    messages.tell_family(
        session,
        [asked.relative_id],
        "未通过",
        "亲属关系未通过审核，请点击查看原因",
        page="pages/relationships/index",
        dedupe_key=f"relationship:{asked.id}:rejected:{asked.asked_at:%Y%m%d%H%M%S}",
    )
