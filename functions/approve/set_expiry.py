"""An officer sets the day on which a relationship ends by itself, or takes it away again."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit, messages, scope
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import compare_and_set, in_transaction
from shared.errors import BadInput, Conflict
from shared.models.people import Relationship, Resident
from shared.relationships import CONFIRMED
from shared.tie_flags import flag_uncovered


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
        Relationship.id == tie.id, Relationship.status.in_(CONFIRMED)
    )
    if not compare_and_set(session, stands.values(expires_at=expires_at)):
        raise Conflict.of("changed_meanwhile")
    session.refresh(tie)
    audit.record(
        session, actor, "relationship.expiry_set", "relationship", tie.id, reason=reason,
        expires_at=expires_at and expires_at.isoformat(),
    )  # fmt: skip
    flag_uncovered(session, actor, tie)
    _tell(session, tie)
    return tie


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
