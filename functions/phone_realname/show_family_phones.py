"""Family phones as officers see them: the newest first, with what a decision needs."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, phone_feed, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.people import Relative, Resident
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.reasons import REASONS

PAGE = 50


@in_transaction
def show_family_phones(
    session: Session,
    *,
    actor: Actor,
    status: FamilyPhoneStatus | None,
    resident_id: str | None,
    before: str | None,
) -> dict[str, Any]:
    """One page; `next`: what to give as `before` for the page after it, None when this is the last."""
    query = (
        select(FamilyPhone, Resident, Relative)
        .join(Resident, Resident.id == FamilyPhone.resident_id)
        .outerjoin(Relative, Relative.id == FamilyPhone.relative_id)
        .order_by(FamilyPhone.id.desc())
        .limit(PAGE + 1)
    )
    wanted = [FamilyPhone.status == status] if status else []
    wanted += [FamilyPhone.resident_id == resident_id] if resident_id else []
    wanted += [FamilyPhone.id < before] if before else []
    found = session.execute(scope.of_residents(actor, query).where(*wanted)).all()
    page = found[:PAGE]
    audit.record(
        session, actor, "family_phones.read", "resident" if resident_id else "site",
        resident_id or actor.site_id or "", count=len(page),
    )  # fmt: skip
    items = [_item(phone, resident, relative) for phone, resident, relative in page]
    return {"phones": items, "next": page[-1][0].id if len(found) > PAGE else None}


def _item(phone: FamilyPhone, resident: Resident, relative: Relative | None) -> dict[str, Any]:
    return {
        "id": phone.id,
        "resident_id": resident.id,
        "resident_name": resident.name,
        "resident_number": resident.number,
        "asked_by": relative.name if relative else None,
        "owner_name": phone.owner_name or (relative.name if relative else None),
        "own": phone.owner_consented_at is None,
        "number": phone.number if phone_feed.is_number(phone) else None,
        "kinship": phone.kinship,
        "status": phone.status,
        "check": phone.check_result,
        "check_reason": REASONS.get(phone.check_reason or ""),
        "checked_at": phone.checked_at,
        "reason": phone.reason,
        "created_at": phone.created_at,
        "changed_at": phone.changed_at,
    }
