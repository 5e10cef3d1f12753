"""HTTP routes of `approve`: what officers do."""

from typing import Any

from functions.approve import schemas
from functions.approve.adjust_quota import adjust_quota
from functions.approve.audit_trail import Filters, show_audit_trail
from functions.approve.change_resident import change_resident
from functions.approve.decide_manual_check import decide_manual_check
from functions.approve.decide_relationship import decide_relationship
from functions.approve.decide_visit import decide_visit
from functions.approve.excuse_no_show import excuse_no_show
from functions.approve.mark_resident_told import mark_resident_told
from functions.approve.set_expiry import set_expiry
from functions.approve.show_proofs import show_proofs
from functions.approve.show_resident import show_resident
from functions.approve.site_rules import change_site_rules, show_site_rules
from functions.approve.suspend_relationship import lift_suspension, suspend_relationship
from functions.approve.verify_audit import verify_audit
from functions.approve.who import (
    audit_administrators,
    auditors,
    deciders,
    desk,
    keepers_of_rules,
    supervisors,
)
from shared.http.access import actor
from shared.http.blueprint import Blueprint
from shared.http.fields import IdempotencyHeader
from shared.models.people import ManualCheckStatus, RelationshipStatus
from shared.models.visits import VisitStatus

api = Blueprint("approve", __name__, url_prefix="/approve/v1")


@api.post("/relationships/<relationship_id>/approve", responses={200: schemas.Decided})
@deciders
def post_relationship_approve(path: schemas.RelationshipPath) -> Any:
    return _decide_relationship(path.relationship_id, RelationshipStatus.APPROVED, None)


@api.post("/relationships/<relationship_id>/reject", responses={200: schemas.Decided})
@deciders
def post_relationship_reject(path: schemas.RelationshipPath, body: schemas.Because) -> Any:
    return _decide_relationship(path.relationship_id, RelationshipStatus.REJECTED, body.reason)


def _decide_relationship(
    relationship_id: str, status: RelationshipStatus, reason: str | None
) -> Any:
    decided = decide_relationship(
        actor=actor(), relationship_id=relationship_id, status=status, reason=reason
    )
    return schemas.Decided.of(decided)


@api.get("/relationships/<relationship_id>/proofs", responses={200: schemas.Proofs})
@deciders
def get_proofs(path: schemas.RelationshipPath) -> Any:
    proofs = show_proofs(actor=actor(), relationship_id=path.relationship_id)
    return schemas.Proofs.of({"pictures": proofs})


@api.post("/relationships/<relationship_id>/suspend", responses={200: schemas.Decided})
@deciders
def post_relationship_suspend(path: schemas.RelationshipPath, body: schemas.Suspend) -> Any:
    return schemas.Decided.of(
        suspend_relationship(
            actor=actor(), relationship_id=path.relationship_id, **body.model_dump()
        )
    )


@api.post("/relationships/<relationship_id>/lift", responses={200: schemas.Decided})
@deciders
def post_relationship_lift(path: schemas.RelationshipPath, body: schemas.Because) -> Any:
    return schemas.Decided.of(
        lift_suspension(actor=actor(), relationship_id=path.relationship_id, reason=body.reason)
    )


@api.post("/relationships/<relationship_id>/expiry", responses={200: schemas.RelationshipExpiry})
@deciders
def post_relationship_expiry(path: schemas.RelationshipPath, body: schemas.SetExpiry) -> Any:
    changed = set_expiry(actor=actor(), relationship_id=path.relationship_id, **body.model_dump())
    return schemas.RelationshipExpiry.of(changed)


@api.post("/manual-checks/<check_id>/approve", responses={200: schemas.Decided})
@deciders
def post_manual_check_approve(path: schemas.ManualCheckPath, body: schemas.Because) -> Any:
    return _decide_manual_check(path.check_id, ManualCheckStatus.APPROVED, body.reason)


@api.post("/manual-checks/<check_id>/reject", responses={200: schemas.Decided})
@deciders
def post_manual_check_reject(path: schemas.ManualCheckPath, body: schemas.Because) -> Any:
    return _decide_manual_check(path.check_id, ManualCheckStatus.REJECTED, body.reason)


def _decide_manual_check(check_id: str, status: ManualCheckStatus, reason: str) -> Any:
    return schemas.Decided.of(
        decide_manual_check(actor=actor(), check_id=check_id, status=status, reason=reason)
    )


@api.get("/residents/<resident_id>", responses={200: schemas.ResidentRecord})
@deciders
def get_resident(path: schemas.ResidentPath) -> Any:
    shown = show_resident(actor=actor(), resident_id=path.resident_id)
    return schemas.ResidentRecord.of(shown)


@api.post("/residents/<resident_id>/status", responses={200: schemas.ResidentState})
@deciders
def post_resident_status(path: schemas.ResidentPath, body: schemas.ChangeResident) -> Any:
    changed = change_resident(actor=actor(), resident_id=path.resident_id, **body.model_dump())
    return schemas.ResidentState.of(changed)


@api.post("/residents/<resident_id>/quota", responses={201: schemas.QuotaAdjusted})
@supervisors
def post_quota(
    path: schemas.ResidentPath, body: schemas.AdjustQuota, header: IdempotencyHeader
) -> Any:
    key = header.idempotency_key
    wanted = {"resident_id": path.resident_id, **body.model_dump()}
    return adjust_quota(actor=actor(), **wanted, idempotency_key=key), 201


@api.post("/visits/<visit_id>/approve", responses={200: schemas.Decided})
@deciders
def post_visit_approve(path: schemas.VisitPath) -> Any:
    return _decide_visit(path.visit_id, VisitStatus.APPROVED, None)


@api.post("/visits/<visit_id>/reject", responses={200: schemas.Decided})
@deciders
def post_visit_reject(path: schemas.VisitPath, body: schemas.Because) -> Any:
    return _decide_visit(path.visit_id, VisitStatus.REJECTED, body.reason)


def _decide_visit(visit_id: str, status: VisitStatus, reason: str | None) -> Any:
    decided = decide_visit(actor=actor(), visit_id=visit_id, status=status, reason=reason)
    return schemas.Decided.of(decided)


@api.get("/site-rules", responses={200: schemas.SiteRulesAnswer})
@keepers_of_rules
def get_site_rules() -> Any:
    return schemas.SiteRulesAnswer.of(show_site_rules(actor=actor()))


@api.post("/site-rules", responses={200: schemas.SiteRulesAnswer})
@keepers_of_rules
def post_site_rules(body: schemas.ChangeSiteRules) -> Any:
    given = body.model_dump(mode="json")
    quota = {} if given["quota"] is None else {"quota": given["quota"]}
    changed = change_site_rules(
        actor=actor(),
        version=body.version,
        rules={**given["rules"], **quota},
        reason=body.reason,
    )
    return schemas.SiteRulesAnswer.of(changed)


@api.post("/visits/<visit_id>/resident-told", responses={200: schemas.ResidentTold})
@deciders
def post_resident_told(path: schemas.VisitPath) -> Any:
    return schemas.ResidentTold.of(mark_resident_told(actor=actor(), visit_id=path.visit_id))


@api.post("/visits/<visit_id>/excuse", responses={200: schemas.Decided})
@desk
def post_excuse(path: schemas.VisitPath, body: schemas.Because) -> Any:
    visit = excuse_no_show(actor=actor(), visit_id=path.visit_id, reason=body.reason)
    return schemas.Decided.of(visit)


@api.get("/audit", responses={200: schemas.AuditTrail})
@auditors
def get_audit(query: schemas.AuditFilters) -> Any:
    filters = Filters(**query.model_dump(exclude={"before"}))
    found = show_audit_trail(actor=actor(), filters=filters, before=query.before)
    return schemas.AuditTrail.of(found)


@api.post("/audit/verify", responses={200: schemas.AuditVerdict})
@audit_administrators
def post_audit_verify() -> Any:
    return verify_audit(actor=actor())
