"""People an officer is to check by hand, in the queue."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.decide_manual_check import decide_manual_check
from functions.approve.queue.card import Card, person_card
from functions.approve.queue.items import SHOWN, Item, item, rules_of
from shared import scope
from shared.actors import Actor
from shared.errors import BadInput
from shared.models.people import (
    ManualCheck,
    ManualCheckPurpose,
    ManualCheckStatus,
    Relative,
    Resident,
)
from shared.models.places import Ward
from shared.models.visits import Visit

KIND = "manual_check"
WHAT = {
    ManualCheckPurpose.FACE: "人工核验人脸",
    ManualCheckPurpose.PHONE: "人工核验手机号",
    ManualCheckPurpose.VISIT: "本次会见人工核验",
}


def waiting(session: Session, actor: Actor) -> list[Item]:
    query = (
        select(ManualCheck, Relative, Resident, Ward, Visit.starts_at)
        .join(Relative, Relative.id == ManualCheck.relative_id)
        .join(Resident, Resident.id == ManualCheck.resident_id)
        .join(Ward, Ward.id == Resident.ward_id)
        .outerjoin(Visit, Visit.id == ManualCheck.visit_id)
        .where(ManualCheck.status == ManualCheckStatus.PENDING)
        .order_by(ManualCheck.asked_at)
        .limit(SHOWN)
    )
    rules = rules_of(session, actor)
    return [
        item(
            KIND,
            check.id,
            rules=rules,
            asked_at=check.asked_at,
            resident=resident,
            ward=ward,
            people=[
                {"id": relative.id, "name": relative.name or "", "kinship": WHAT[check.purpose]}
            ],
            starts_at=starts_at,
            latest=starts_at,
        )
        for check, relative, resident, ward, starts_at in session.execute(
            scope.of_residents(actor, query)
        )
    ]


def card(session: Session, actor: Actor, row_id: str) -> Card:
    check = scope.one(session, actor, ManualCheck, row_id)
    return person_card(session, check.resident_id, check.relative_id, WHAT[check.purpose])


def decide(*, actor: Actor, row_id: str, approve: bool, reason: str | None) -> str:
    if not reason:
        raise BadInput.of("check_how", "reason")
    status = ManualCheckStatus.APPROVED if approve else ManualCheckStatus.REJECTED
    decided = decide_manual_check(actor=actor, check_id=row_id, status=status, reason=reason)
    return decided.status.value
