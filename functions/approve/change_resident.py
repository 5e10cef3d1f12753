"""An officer changes a resident's state; nobody visits who is restricted, transferred or released."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.cancellations import cancel_ahead
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.models.people import Resident, ResidentStatus
from shared.models.visits import Visit

# A family reads this: it names no measure and no place.
TOLD = {
    ResidentStatus.RESTRICTED: "该人员近期暂不能会见，恢复后可重新预约",
    ResidentStatus.TRANSFERRED: "该人员已不在本所，请联系本所了解",
    ResidentStatus.RELEASED: "该人员已不在本所，会见不再需要",
}


@in_transaction
def change_resident(
    session: Session, *, actor: Actor, resident_id: str, status: ResidentStatus, reason: str
) -> Resident:
    """Visits already booked are cancelled and everyone told. Raises Conflict when the state is that already."""
    query = scope.of_residents(actor, select(Resident)).where(Resident.id == resident_id)
    resident: Resident | None = session.scalar(query.with_for_update())
    if resident is None:
        raise NotFound.of("not_found")
    if resident.status is status:
        raise Conflict.of("changed_meanwhile")
    before, resident.status = resident.status, status
    audit.record(
        session, actor, f"resident.{status.value}", "resident", resident.id, reason=reason,
        before=before.value,
    )  # fmt: skip
    if status in TOLD:
        cancel_ahead(session, actor, Visit.resident_id == resident.id, reason=TOLD[status])
    return resident
