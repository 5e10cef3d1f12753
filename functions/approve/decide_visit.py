"""An officer approves or rejects a visit: compare-and-set, so of two officers one wins."""

from sqlalchemy.orm import Session

from functions.approve.first_approval import is_first_approval
from shared import audit, messages, scope, visits
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.visits import Visit, VisitStatus
from shared.rules.site_rules import SiteRules

RESULT = {
    VisitStatus.APPROVED: ("审核通过", "请提前15分钟进入并完成人脸核验"),
    VisitStatus.REJECTED: ("未通过", "会见申请未通过审核，请点击查看原因"),
}


@in_transaction
def decide_visit(
    session: Session, *, actor: Actor, visit_id: str, status: VisitStatus, reason: str | None
) -> Visit:
    """Still `requested` after the first of two approvals.

    Raises NotFound outside the officer's scope, Conflict when it was decided meanwhile, Refused for the second
    approval by the first person.
    """
    visit = scope.one(session, actor, Visit, visit_id)
    rules = SiteRules.of(session.get_one(Site, visit.site_id).rules)
    two_stages = status is VisitStatus.APPROVED and rules.approvals_per_visit > 1
    if two_stages and is_first_approval(session, actor, visit):
        return visit
    visits.move(
        session,
        actor,
        visit,
        only_from={VisitStatus.REQUESTED},
        to=status,
        reason=reason,
        decided_at=now(),
        decided_by=actor.id,
    )
    audit.record(session, actor, f"visit.{status.value}", "visit", visit.id, reason=reason)
    _tell(session, visit)
    return visit


def _tell(session: Session, visit: Visit) -> None:
    phrase, thing = RESULT[visit.status]
    messages.tell_visitors(
        session, visit, phrase, thing, dedupe_key=f"visit:{visit.id}:{visit.status.value}"
    )
