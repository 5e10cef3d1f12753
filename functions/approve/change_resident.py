"""An officer changes a resident's state; nobody visits who is restricted, transferred or released.

Restricted: the visits ahead are cancelled at once. Transferred and released: they are flagged, so that an entry made
by mistake can be taken back before a family loses its visit.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.cancellations import cancel_ahead
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.models.flags import FlagKind
from shared.models.people import Resident, ResidentStatus
from shared.models.visits import Visit
from shared.phone_reviews import review_later
from shared.visit_flags import lift_flags, raise_flags

# A family reads this: it names no measure and no place.
RESTRICTED = "该人员近期暂不能会见，恢复后可重新预约"
FLAGS = {
    ResidentStatus.TRANSFERRED: FlagKind.RESIDENT_TRANSFERRED,
    ResidentStatus.RELEASED: FlagKind.RESIDENT_RELEASED,
}


@in_transaction
def change_resident(
    session: Session, *, actor: Actor, resident_id: str, status: ResidentStatus, reason: str
) -> Resident:
    """Families with visits ahead are told. Raises Conflict when the state is that already."""
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
    _follow(session, actor, resident, before)
    review_later(session, resident_id=resident.id)
    return resident


def _follow(session: Session, actor: Actor, resident: Resident, before: ResidentStatus) -> None:
    theirs = Visit.resident_id == resident.id
    if resident.status in FLAGS:
        raise_flags(session, actor, theirs, kind=FLAGS[resident.status], source_id=resident.id)
    # After the new one: a family is told that all is well only when nothing else is open.
    if before in FLAGS:
        lift_flags(session, actor, kind=FLAGS[before], source_id=resident.id)
    if resident.status is ResidentStatus.RESTRICTED:
        cancel_ahead(session, actor, theirs, reason=RESTRICTED)
