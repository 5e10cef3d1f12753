"""Timer: a visit without a place has one again when another in its slot was cancelled; its flag is lifted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import capacity
from shared.actors import SYSTEM
from shared.batches import each
from shared.database import in_transaction
from shared.models.flags import FlagKind, VisitFlag
from shared.models.places import Site
from shared.models.visits import Visit
from shared.visit_flags import OPEN


def seat_flagged() -> int:
    """How many sites were looked at: those where somebody is without a place."""
    return each(_sites(), _refresh)


@in_transaction
def _sites(session: Session) -> list[str]:
    query = select(VisitFlag.site_id).join(Visit, Visit.id == VisitFlag.visit_id)
    without = query.where(VisitFlag.kind == FlagKind.TERMINAL_BROKEN, OPEN)
    return list(session.scalars(without.distinct()))


@in_transaction
def _refresh(session: Session, site_id: str) -> None:
    site = session.get_one(Site, site_id, with_for_update=True)
    capacity.refresh(session, SYSTEM, site.id, cause_id=site.id)
