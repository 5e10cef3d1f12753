"""What a relative does with the numbers asked for: look at them, take one back."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import phone_states
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.models.phones import FamilyPhone, FamilyPhoneStatus, PhoneCheckResult
from shared.phone_grounds import STANDING
from shared.reasons import REASONS

SHOWN = 50


@in_transaction
def list_family_phones(session: Session, *, relative_id: str) -> list[dict[str, Any]]:
    mine = select(FamilyPhone).where(FamilyPhone.relative_id == relative_id)
    newest = mine.order_by(FamilyPhone.created_at.desc()).limit(SHOWN)
    return [shown(one) for one in session.scalars(newest)]


@in_transaction
def remove_family_phone(session: Session, *, actor: Actor, phone_id: str) -> dict[str, Any]:
    """Raises NotFound, Conflict when it is over already. The phone system is told."""
    phone = session.get(FamilyPhone, phone_id, with_for_update=True)
    if phone is None or phone.relative_id != actor.id:
        raise NotFound.of("not_found")
    if phone.status not in STANDING:
        raise Conflict.of("changed_meanwhile")
    phone_states.end(session, actor, phone, FamilyPhoneStatus.REMOVED, reason=None)
    return shown(phone)


def shown(phone: FamilyPhone) -> dict[str, Any]:
    """To the relative who asked: of the number only its end, of its owner nothing."""
    return {
        "id": phone.id,
        "relationship_id": phone.relationship_id,
        "number_tail": phone.number[-4:] if phone.number.isdigit() else "",
        "own": phone.owner_consented_at is None,
        "kinship": phone.kinship,
        "status": phone.status,
        "check": phone.check_result,
        "reason": phone.reason or REASONS.get(phone.check_reason or ""),
        "hint": _hint(phone),
        "created_at": phone.created_at,
        "changed_at": phone.changed_at,
    }


def _hint(phone: FamilyPhone) -> str:
    """What happens next."""
    if phone.status is not FamilyPhoneStatus.PENDING:
        return HINTS[phone.status]
    return CHECK_HINTS[phone.check_result]


HINTS = {
    FamilyPhoneStatus.APPROVED: "可以接听该人员的来电。",
    FamilyPhoneStatus.REJECTED: "请按原因核对后重新提交，或联系本所民警。",
    FamilyPhoneStatus.BLOCKED: "号码已停用。情况恢复后可重新提交。",
    FamilyPhoneStatus.REMOVED: "您已停用这个号码，需要时可重新提交。",
}
CHECK_HINTS = {
    None: "正在核验，核验服务恢复后会自动继续，您不用重新提交。",
    PhoneCheckResult.MATCH: "核验通过，等待民警审核。",
    PhoneCheckResult.NOT_CHECKED: "未能自动核验，民警会人工核对。",
    PhoneCheckResult.MISMATCH: "核验未通过。",
}
