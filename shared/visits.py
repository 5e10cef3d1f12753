"""Changes of a visit's state, as compare-and-set, for whichever function asks.

Locks are taken in one order everywhere: resident, relatives by id, slots by id, visit.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from shared import quota
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set
from shared.errors import Conflict
from shared.models.places import Site
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.rules.quota import Channel

# These hand the place back; a visit that took place, or should have, keeps it.
RELEASING = {
    VisitStatus.REJECTED,
    VisitStatus.CANCELLED,
    VisitStatus.EXPIRED,
}
# A visit in one of these uses up quota and a place.
COUNTED = tuple(status for status in VisitStatus if status not in RELEASING)
# In one of these it still holds its terminal's place.
HOLDING = (VisitStatus.REQUESTED, VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)


def at_any_site() -> ColumnElement[bool]:
    """For timers: the index of visits by state begins with the site, and a scan of all visits would be slow."""
    return Visit.site_id.in_(select(Site.id))


def move(
    session: Session,
    actor: Actor,
    visit: Visit,
    *,
    only_from: Collection[VisitStatus],
    to: VisitStatus,
    code: str = "changed_meanwhile",
    **values: Any,
) -> None:
    """Raises Conflict(`code`) when the visit is in none of `only_from` any more: somebody was first."""
    if to in RELEASING:
        session.execute(update(Slot).where(Slot.id == visit.slot_id).values(taken=Slot.taken - 1))
    still = update(Visit).where(Visit.id == visit.id, Visit.status.in_(only_from))
    if to is VisitStatus.APPROVED:
        still = still.where(func.coalesce(Visit.held_until, Visit.starts_at) > now())
    if not compare_and_set(session, still.values(status=to, **values)):
        raise Conflict.of(code)
    if to in RELEASING:
        quota.refund(session, actor, contact_of(visit))
    session.refresh(visit)


def contact_of(visit: Visit) -> quota.Contact:
    """The visit as the quota ledger counts it."""
    return quota.Contact(
        site_id=visit.site_id,
        resident_id=visit.resident_id,
        channel=Channel.REMOTE,
        at=visit.starts_at,
        source_id=visit.id,
    )
