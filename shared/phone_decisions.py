"""An officer allows a family's number, refuses it, or blocks one that was allowed: within the caller's transaction."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import audit, phone_grounds, phone_states, scope
from shared.actors import Actor
from shared.clock import now
from shared.errors import Conflict, Reason, raise_if_any, reason
from shared.models.people import Resident
from shared.models.phones import FamilyPhone, FamilyPhoneStatus, PhoneCheckResult
from shared.models.places import Site
from shared.rules.site_rules import SiteRules
from shared.sealing import blind_index

APPROVED, PENDING = FamilyPhoneStatus.APPROVED, FamilyPhoneStatus.PENDING
ENDS_FROM = {FamilyPhoneStatus.REJECTED: PENDING, FamilyPhoneStatus.BLOCKED: APPROVED}


def approve(session: Session, *, actor: Actor, phone_id: str, basis: str | None) -> FamilyPhone:
    """`basis`: how the officer checked the three elements by hand, for a number no machine could check.

    Raises NotFound, Conflict when somebody was first, Refused with every reason against it.
    """
    phone = _locked(session, actor, phone_id)
    if phone.status is not PENDING:
        raise Conflict.of("changed_meanwhile")
    raise_if_any(_against(session, phone, basis))
    if phone.check_result is not PhoneCheckResult.MATCH:
        phone.checked_at = now()  # by the officer's own eyes
    decided = {"decided_at": now(), "decided_by": actor.id, "reason": None}
    phone_states.move(session, phone, only_from=PENDING, to=APPROVED, **decided)
    audit.record(
        session, actor, "family_phone.approved", "family_phone", phone.id, reason=basis,
        check=phone.check_result.value if phone.check_result else None,
    )  # fmt: skip
    phone_states.tell_family(session, phone)
    return phone


def end(
    session: Session, *, actor: Actor, phone_id: str, to: FamilyPhoneStatus, reason: str
) -> FamilyPhone:
    """Refuse a pending one, block an allowed one. Raises NotFound, Conflict when somebody was first."""
    phone = _locked(session, actor, phone_id)
    if phone.status is not ENDS_FROM[to]:
        raise Conflict.of("changed_meanwhile")
    phone.decided_at, phone.decided_by = now(), actor.id
    phone_states.end(session, actor, phone, to, reason=reason)
    return phone


def _locked(session: Session, actor: Actor, phone_id: str) -> FamilyPhone:
    """Resident first, then the phone: as asking does. What is counted afterwards holds until the commit."""
    found = scope.one(session, actor, FamilyPhone, phone_id)
    session.get_one(Resident, found.resident_id, with_for_update=True)
    session.refresh(found, with_for_update=True)
    return found


def _against(session: Session, phone: FamilyPhone, basis: str | None) -> list[Reason]:
    found = []
    if phone.check_result is PhoneCheckResult.MISMATCH:
        found.append(reason("family_phone_mismatch"))
    elif phone.check_result is not PhoneCheckResult.MATCH and basis is None:
        found.append(reason("family_phone_not_checked", "basis"))
    if phone.number_index != blind_index(phone.number, context="phone"):
        found.append(reason("family_phone_taken"))
    gone = phone_grounds.why_over(session, phone)
    if gone is not None:
        found.append(reason(gone))
    allowed = select(func.count()).where(
        FamilyPhone.resident_id == phone.resident_id, FamilyPhone.status == APPROVED
    )
    most = SiteRules.of(session.get_one(Site, phone.site_id).rules).family_phones_per_resident
    if (session.scalar(allowed) or 0) >= most:
        found.append(reason("family_phones_full", count=most))
    return found
