"""Three elements of a relative's own phone: name, ID number and number belong together [T24]."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clients import faceid, wechat
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Refused, Unavailable
from shared.models.people import Consent, ConsentPurpose, Relative
from shared.models.phones import PhoneCheck, PhoneCheckResult
from shared.rules.consents import NAMES
from shared.rules.phone_results import Meaning, meaning


@dataclass(frozen=True)
class Elements:
    openid: str
    name: str
    id_number: str


def check_phone(*, actor: Actor, phone_code: str) -> dict[str, Any]:
    """Raises Refused with what does not match, Unavailable when it could not be checked now."""
    elements = _elements(relative_id=actor.id)
    phone = _phone_number(phone_code)
    try:
        answer = faceid.verify_phone(name=elements.name, id_number=elements.id_number, phone=phone)
    except (ProviderUnavailable, ProviderRefused) as error:
        raise Unavailable.of("phone_check_later") from error
    means = meaning(answer.result_code)
    _store(actor=actor, phone=phone, answer=answer, means=means)
    if means.try_again_later:
        raise Unavailable.of(means.reason or "phone_check_later")
    if means.reason:
        raise Refused.of(means.reason)
    return {"result": means.result.value, "phone_tail": phone[-4:]}


@in_transaction
def _elements(session: Session, *, relative_id: str) -> Elements:
    relative = session.get_one(Relative, relative_id)
    consented = select(Consent.id).where(
        Consent.relative_id == relative_id,
        Consent.purpose == ConsentPurpose.PHONE,
        Consent.withdrawn_at.is_(None),
    )
    if session.scalar(consented) is None:
        raise Refused.of("consent_missing", purpose=NAMES[ConsentPurpose.PHONE])
    if relative.name is None or relative.id_number is None:
        raise Refused.of("identity_missing")
    return Elements(relative.openid, relative.name, relative.id_number)


def _phone_number(code: str) -> str:
    try:
        return wechat.phone_number(code)
    except ProviderRefused as error:
        raise BadInput.of("phone_code_false", "phone_code") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error


@in_transaction
def _store(
    session: Session,
    *,
    actor: Actor,
    phone: str,
    answer: faceid.PhoneVerification,
    means: Meaning,
) -> None:
    """Every asked check is on record, with its cost, whatever it said."""
    checked = PhoneCheck(
        relative_id=actor.id,
        result=means.result,
        provider_code=answer.result_code,
        detail=answer.detail or None,
        billed=means.billed,
        request_id=answer.request_id,
    )
    session.add(checked)
    session.flush()
    if means.result is PhoneCheckResult.MATCH:
        relative = session.get_one(Relative, actor.id, with_for_update=True)
        relative.phone, relative.phone_checked_at = phone, now()
    audit.record(
        session, actor, "phone.checked", "phone_check", checked.id, result=means.result.value
    )
