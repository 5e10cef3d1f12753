"""A relative takes the place that was offered: the booking and the end of the offer are one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from functions.booking.booking_facts import lock_people, place_of, read_facts
from functions.booking.companions import find_companions
from functions.booking.request_visit import book_place, ways_out
from functions.booking.schemas import VisitAnswer
from functions.booking.waiting.serve_list import end_entry
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, NotFound, Refused
from shared.models.timetable import Slot
from shared.models.visits import Visit
from shared.models.waiting import WaitingEntry, WaitingStatus


@in_transaction
def accept_offer(
    session: Session, *, actor: Actor, entry_id: str, companion_codes: Sequence[str] = ()
) -> dict[str, Any]:
    """The visit, `requested`; the same one when asked twice. Raises NotFound, Conflict (no offer, or beyond its
    time), Refused with what speaks against it: then the offer stands until its time."""
    found = session.get(WaitingEntry, entry_id)
    if found is None or found.relative_id != actor.id:
        raise NotFound.of("not_found")
    whose = {"relative_id": actor.id, "relationship_id": found.relationship_id}
    lock_people(session, **whose, companion_codes=companion_codes)
    facts = read_facts(session, **whose)
    slot = session.get_one(Slot, found.slot_id, with_for_update=True)
    entry = session.get_one(WaitingEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry.visit_id is not None:
        return VisitAnswer.of(session.get_one(Visit, entry.visit_id))
    if entry.offer_until is None or not _stands(entry):
        raise Conflict.of("waiting_offer_over")
    companions = find_companions(
        session,
        companion_codes,
        lead_id=actor.id,
        resident_id=facts.row.resident_id,
        place=place_of(slot),
    )
    # The offer's own place is free for it, whoever else waits.
    own = replace(place_of(slot), taken=slot.taken - 1, waiting=0)
    against = facts.refusals(own, [one.person for one in companions])
    if against:
        raise Refused(against, ways_out(session, facts, slot.starts_at))
    end_entry(slot, entry, WaitingStatus.ACCEPTED)
    session.flush()
    answer = book_place(session, actor, facts, slot, companions)
    entry.visit_id = answer["id"]
    audit.record(
        session, actor, "waiting.accepted", "waiting_entry", entry.id, site_id=slot.site_id
    )
    return answer


def _stands(entry: WaitingEntry) -> bool:
    offered = entry.status is WaitingStatus.OFFERED
    return offered and entry.offer_until is not None and entry.offer_until > now()
