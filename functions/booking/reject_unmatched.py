"""Timer: requests that fit no resident are rejected, in the words and at the pace of an officer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import SYSTEM
from shared.clock import now
from shared.database import in_transaction
from shared.models.people import RelationshipStatus, UnmatchedRequest

BATCH = 100
REASON = "提交的信息核对不符。请核对编号、姓名和关系后重新提交；如确认无误，请联系本所。"


@in_transaction
def reject_unmatched(session: Session) -> int:
    due = select(UnmatchedRequest).where(
        UnmatchedRequest.status == RelationshipStatus.PENDING, UnmatchedRequest.reject_at <= now()
    )
    found = session.scalars(due.limit(BATCH).with_for_update(skip_locked=True)).all()
    for asked in found:
        asked.status, asked.reason = RelationshipStatus.REJECTED, REASON
        audit.record(session, SYSTEM, "relationship.unmatched", "relationship", asked.id)
        messages.tell_family(
            session,
            [asked.relative_id],
            "未通过",
            "亲属关系未通过审核，请点击查看原因",
            page="pages/relationships/index",
            dedupe_key=f"relationship:{asked.id}:rejected:{asked.asked_at:%Y%m%d%H%M%S}",
        )
    return len(found)
