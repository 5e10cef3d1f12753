"""A relative waits no longer, or turns an offer down."""

from typing import Any

from sqlalchemy.orm import Session

from functions.booking.waiting.serve_list import end_entry
from functions.booking.waiting.show_entries import shown
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.models.timetable import Slot
from shared.models.waiting import WaitingEntry, WaitingStatus


@in_transaction
def leave_list(session: Session, *, actor: Actor, entry_id: str) -> dict[str, Any]:
    """Raises NotFound, also for somebody else's; Conflict when it is over already."""
    found = session.get(WaitingEntry, entry_id)
    if found is None or found.relative_id != actor.id:
        raise NotFound.of("not_found")
    slot = session.get_one(Slot, found.slot_id, with_for_update=True)
    entry = session.get_one(WaitingEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry.status not in (WaitingStatus.WAITING, WaitingStatus.OFFERED):
        raise Conflict.of("waiting_over")
    end_entry(slot, entry, WaitingStatus.LEFT)
    session.flush()
    audit.record(session, actor, "waiting.left", "waiting_entry", entry.id, site_id=slot.site_id)
    return shown(session, entry)
