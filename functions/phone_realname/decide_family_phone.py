"""An officer allows a number, refuses it, or blocks one that was allowed."""

from sqlalchemy.orm import Session

from shared import phone_decisions
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.phones import FamilyPhone, FamilyPhoneStatus


@in_transaction
def approve_family_phone(
    session: Session, *, actor: Actor, phone_id: str, basis: str | None
) -> FamilyPhone:
    return phone_decisions.approve(session, actor=actor, phone_id=phone_id, basis=basis)


@in_transaction
def end_family_phone(
    session: Session, *, actor: Actor, phone_id: str, to: FamilyPhoneStatus, reason: str
) -> FamilyPhone:
    return phone_decisions.end(session, actor=actor, phone_id=phone_id, to=to, reason=reason)
