"""Timer: family phones that no officer decided are refused, and the family may ask again."""

from sqlalchemy.orm import Session

from shared import phone_states
from shared.actors import SYSTEM
from shared.batches import each
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.undecided import REASON, overdue

REJECTED = FamilyPhoneStatus.REJECTED


def refuse_undecided() -> int:
    """How many were refused. Those whose check still goes on are none of an officer's."""
    return each(_late(), _refuse)


@in_transaction
def _late(session: Session) -> list[str]:
    pending = FamilyPhone.status == FamilyPhoneStatus.PENDING
    waiting = pending & FamilyPhone.check_result.is_not(None)
    return overdue(session, FamilyPhone.id, FamilyPhone.site_id, FamilyPhone.changed_at, waiting)


@in_transaction
def _refuse(session: Session, phone_id: str) -> None:
    phone = session.get_one(FamilyPhone, phone_id, with_for_update=True)
    if phone.status is not FamilyPhoneStatus.PENDING:
        raise Conflict.of("changed_meanwhile")
    phone_states.end(session, SYSTEM, phone, REJECTED, reason=REASON, code="undecided")
