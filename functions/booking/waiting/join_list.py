"""A relative waits for a place in a full slot."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.booking.booking_facts import lock_people, place_of, read_facts
from functions.booking.request_visit import ways_out
from functions.booking.waiting.show_entries import shown
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, NotFound, Refused
from shared.models.timetable import Slot
from shared.models.waiting import WaitingEntry, WaitingStatus

OPEN = (WaitingStatus.WAITING, WaitingStatus.OFFERED)


def join_list(*, actor: Actor, relationship_id: str, slot_id: str) -> dict[str, Any]:
    """Raises Refused: a place is free, too many entries, or what speaks against a booking; Conflict: waits already."""
    try:
        return _join(actor=actor, relationship_id=relationship_id, slot_id=slot_id)
    except IntegrityError as error:
        raise Conflict.of("waiting_already") from error


@in_transaction
def _join(session: Session, *, actor: Actor, relationship_id: str, slot_id: str) -> dict[str, Any]:
    whose = {"relative_id": actor.id, "relationship_id": relationship_id}
    lock_people(session, **whose)
    facts = read_facts(session, **whose)
    slot = session.get(Slot, slot_id, with_for_update=True)
    if slot is None or slot.site_id != facts.row.site_id:
        raise NotFound.of("not_found")
    # What else speaks against a booking would still do so when the offer comes.
    against = [one for one in facts.refusals(place_of(slot)) if one.code != "slot_full"]
    if against:
        raise Refused(against, ways_out(session, facts, slot.starts_at))
    if not place_of(slot).full:
        raise Refused.of("waiting_not_needed", "slot_id")
    _require_few(session, actor.id, facts.rules.waiting_entries_max)
    entry = WaitingEntry(
        site_id=slot.site_id,
        slot_id=slot.id,
        relationship_id=relationship_id,
        relative_id=actor.id,
        status=WaitingStatus.WAITING,
        joined_at=now(),
    )
    session.add(entry)
    slot.waiting += 1
    session.flush()
    audit.record(session, actor, "waiting.joined", "waiting_entry", entry.id, site_id=slot.site_id)
    return shown(session, entry)


def _require_few(session: Session, relative_id: str, most: int) -> None:
    mine = select(func.count()).select_from(WaitingEntry)
    mine = mine.where(WaitingEntry.relative_id == relative_id, WaitingEntry.status.in_(OPEN))
    if (session.scalar(mine) or 0) >= most:
        raise Refused.of("waiting_too_many", count=most)
