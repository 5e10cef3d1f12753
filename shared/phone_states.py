"""Changes of a family phone's state, as compare-and-set. What leaves or joins the allowed ones is fed to the phone system."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit, messages, phone_feed
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set
from shared.errors import Conflict
from shared.models.officers import Role
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.reasons import REASONS

APPROVED, PENDING = FamilyPhoneStatus.APPROVED, FamilyPhoneStatus.PENDING
RESULT = {
    FamilyPhoneStatus.APPROVED: ("审核通过", "亲情电话已审核通过，可以接听来电"),
    FamilyPhoneStatus.REJECTED: ("未通过", "亲情电话未通过，请点击查看原因"),
    FamilyPhoneStatus.BLOCKED: ("已停用", "亲情电话已停用，请点击查看原因"),
}
OFFICERS = (Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR)


def move(
    session: Session,
    phone: FamilyPhone,
    *,
    only_from: FamilyPhoneStatus,
    to: FamilyPhoneStatus,
    **values: Any,
) -> None:
    """Raises Conflict when the phone is no longer `only_from`: somebody was first."""
    still = update(FamilyPhone).where(FamilyPhone.id == phone.id, FamilyPhone.status == only_from)
    session.flush()
    if not compare_and_set(session, still.values(status=to, changed_at=now(), **values)):
        raise Conflict.of("changed_meanwhile")
    session.refresh(phone)
    # The phone system knows of what was allowed once, and of what came from its own list.
    if APPROVED in (only_from, to) or phone.relative_id is None:
        phone_feed.publish(session, phone)


def end(
    session: Session,
    actor: Actor,
    phone: FamilyPhone,
    to: FamilyPhoneStatus,
    *,
    reason: str | None,
    code: str | None = None,
) -> None:
    """Reject, block or remove, from whatever state it is in; the family is told."""
    move(session, phone, only_from=phone.status, to=to, reason=reason)
    forget_owner(phone)
    audit.record(
        session,
        actor,
        f"family_phone.{to.value}",
        "family_phone",
        phone.id,
        site_id=phone.site_id,
        reason=reason,
        **({"code": code} if code else {}),
    )
    if to in RESULT:
        tell_family(session, phone)


def block(session: Session, actor: Actor, phone: FamilyPhone, *, code: str) -> None:
    """By the system: family, officers and phone system are all told."""
    end(session, actor, phone, FamilyPhoneStatus.BLOCKED, reason=REASONS[code], code=code)
    messages.tell_staff(
        session,
        site_id=phone.site_id,
        roles=OFFICERS,
        text=f"【亲情电话已停用】{REASONS[code]}\n编号：{phone.id}\n已通知家属和亲情电话系统。",
        dedupe_key=f"family_phone:{phone.id}:{phone.feed_seq}:staff",
    )


def forget_owner(phone: FamilyPhone) -> None:
    """Who owns a number is not kept longer than the number is in use or asked for."""
    phone.owner_name, phone.owner_id_number = None, None


def erase(phone: FamilyPhone) -> None:
    """Nothing of the number stays but a placeholder: the phone system knows it by the phone's id."""
    forget_owner(phone)
    phone.number = f"erased-{phone.id}"


def tell_family(session: Session, phone: FamilyPhone) -> None:
    if phone.relative_id is None:
        return
    phrase, thing = RESULT[phone.status]
    messages.tell_family(
        session,
        [phone.relative_id],
        phrase,
        thing,
        page="pages/phones/index",
        dedupe_key=f"family_phone:{phone.id}:{int(phone.changed_at.timestamp() * 1000)}",
    )
