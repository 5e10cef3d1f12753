"""Timer: suspensions whose end has come are lifted; relationships whose time is over end."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import SYSTEM
from shared.clock import now
from shared.database import in_transaction
from shared.models.people import Relationship, RelationshipStatus
from shared.phone_reviews import review_later

BATCH = 200


@in_transaction
def end_suspensions(session: Session) -> int:
    over = select(Relationship).where(
        Relationship.status == RelationshipStatus.SUSPENDED, Relationship.suspended_until <= now()
    )
    found = session.scalars(over.limit(BATCH).with_for_update(skip_locked=True)).all()
    for tie in found:
        tie.status, tie.suspended_until = RelationshipStatus.APPROVED, None
        audit.record(
            session, SYSTEM, "relationship.lifted", "relationship", tie.id, site_id=tie.site_id
        )
    return len(found) + _expire(session)


def _expire(session: Session) -> int:
    over = select(Relationship).where(
        Relationship.status == RelationshipStatus.APPROVED, Relationship.expires_at <= now()
    )
    found = session.scalars(over.limit(BATCH).with_for_update(skip_locked=True)).all()
    for tie in found:
        tie.status, tie.reason = RelationshipStatus.REJECTED, "关系有效期已满，请重新提交证明"
        audit.record(
            session, SYSTEM, "relationship.expired", "relationship", tie.id, site_id=tie.site_id
        )
        review_later(session, relative_id=tie.relative_id)
    return len(found)
