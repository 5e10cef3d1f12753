"""An officer approves or rejects a relationship."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from functions.approve.first_approval import is_first_approval
from shared import audit, messages, scope
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.flags import FlagKind
from shared.models.people import Relationship, RelationshipStatus
from shared.models.places import Site
from shared.rules.site_rules import SiteRules
from shared.visit_flags import lift_flags

RESULT = {
    RelationshipStatus.APPROVED: ("审核通过", "亲属关系已确认，现在可以预约会见"),
    RelationshipStatus.REJECTED: ("未通过", "亲属关系未通过审核，请点击查看原因"),
}


@in_transaction
def decide_relationship(
    session: Session,
    *,
    actor: Actor,
    relationship_id: str,
    status: RelationshipStatus,
    reason: str | None,
) -> Relationship:
    """Still `pending` after the first of two approvals. Raises as decide_visit does."""
    asked = scope.one(session, actor, Relationship, relationship_id)
    rules = SiteRules.of(session.get_one(Site, asked.site_id).rules)
    two_stages = status is RelationshipStatus.APPROVED and rules.approvals_per_relationship > 1
    if two_stages and is_first_approval(session, actor, asked):
        return asked
    decided = (
        update(Relationship)
        .where(Relationship.id == asked.id, Relationship.status == RelationshipStatus.PENDING)
        .values(status=status, reason=reason, decided_at=now(), decided_by=actor.id)
    )
    if not compare_and_set(session, decided):
        raise Conflict.of("changed_meanwhile")
    session.refresh(asked)
    audit.record(
        session, actor, f"relationship.{status.value}", "relationship", asked.id, reason=reason
    )
    if status is RelationshipStatus.APPROVED:
        lift_flags(session, actor, kind=FlagKind.RELATIONSHIP_ENDED, source_id=asked.id)
    _tell(session, asked)
    return asked


def _tell(session: Session, asked: Relationship) -> None:
    phrase, thing = RESULT[asked.status]
    messages.tell_family(
        session,
        [asked.relative_id],
        phrase,
        thing,
        page="pages/relationships/index",
        # With the time of asking: it may be asked for again after a rejection.
        dedupe_key=f"relationship:{asked.id}:{asked.status.value}:{asked.asked_at:%Y%m%d%H%M%S}",
    )
