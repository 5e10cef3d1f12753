"""Numbers that families ask a resident to be allowed to call, in the queue, once their check is over."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.queue.card import Card, person_card
from functions.approve.queue.items import SHOWN, Item, item, rules_of
from shared import audit, phone_decisions, phone_feed, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput, NotFound
from shared.models.people import Relative, Resident
from shared.models.phones import FamilyPhone, FamilyPhoneStatus, PhoneCheckResult
from shared.models.places import Ward
from shared.reasons import REASONS

KIND = "family_phone"


def waiting(session: Session, actor: Actor) -> list[Item]:
    query = (
        select(FamilyPhone, Relative, Resident, Ward)
        .join(Relative, Relative.id == FamilyPhone.relative_id)
        .join(Resident, Resident.id == FamilyPhone.resident_id)
        .join(Ward, Ward.id == Resident.ward_id)
        .where(FamilyPhone.status == FamilyPhoneStatus.PENDING)
        .where(FamilyPhone.check_result.is_not(None))
        .order_by(FamilyPhone.changed_at)
        .limit(SHOWN)
    )
    rules = rules_of(session, actor)
    return [
        item(
            KIND,
            phone.id,
            rules=rules,
            asked_at=phone.changed_at,
            resident=resident,
            ward=ward,
            people=[{"id": relative.id, "name": relative.name or "", "kinship": phone.kinship}],
            needs_basis=phone.check_result is not PhoneCheckResult.MATCH,
        )
        for phone, relative, resident, ward in session.execute(scope.of_residents(actor, query))
    ]


def card(session: Session, actor: Actor, row_id: str) -> Card:
    """With the number: whoever reads it is on record."""
    phone = scope.one(session, actor, FamilyPhone, row_id)
    if phone.relative_id is None:  # from the phone system's own list: nobody decides those
        raise NotFound.of("not_found")
    audit.record(session, actor, "family_phones.read", "family_phone", phone.id, count=1)
    made = person_card(session, phone.resident_id, phone.relative_id, phone.kinship)
    made.phone = _phone(phone)
    return made


def _phone(phone: FamilyPhone) -> dict[str, Any]:
    return {
        "number": phone.number if phone_feed.is_number(phone) else None,
        "own": phone.owner_consented_at is None,
        "owner_name": phone.owner_name,
        "check": phone.check_result,
        "check_reason": REASONS.get(phone.check_reason or ""),
    }


@in_transaction
def decide(
    session: Session, *, actor: Actor, row_id: str, approve: bool, reason: str | None
) -> str:
    if approve:
        return phone_decisions.approve(
            session, actor=actor, phone_id=row_id, basis=reason
        ).status.value
    if not reason:
        raise BadInput.of("reason_required", "reason")
    refused = FamilyPhoneStatus.REJECTED
    return phone_decisions.end(
        session, actor=actor, phone_id=row_id, to=refused, reason=reason
    ).status.value
