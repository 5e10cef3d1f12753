"""A relative books: one transaction that locks the resident, then the slot, and only then counts."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.booking_facts import Facts, read_facts
from functions.booking.list_slots import other_slots
from functions.booking.schemas import VisitAnswer
from shared import audit, messages
from shared.actors import Actor
from shared.clock import chinese
from shared.database import in_transaction
from shared.errors import NotFound, Refused
from shared.idempotency import once
from shared.models.officers import Role
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus


@in_transaction
def request_visit(
    session: Session,
    *,
    actor: Actor,
    relationship_id: str,
    slot_id: str,
    idempotency_key: str | None,
) -> dict[str, Any]:
    """The visit, `requested`, holding its place. Raises Refused with all reasons and other slots."""
    return once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"relationship_id": relationship_id, "slot_id": slot_id},
        effect=lambda: _request(session, actor, relationship_id, slot_id),
    )


def _request(session: Session, actor: Actor, relationship_id: str, slot_id: str) -> dict[str, Any]:
    facts = read_facts(session, relative_id=actor.id, relationship_id=relationship_id, lock=True)
    slot = session.get(Slot, slot_id, with_for_update=True)
    if slot is None or slot.site_id != facts.relationship.site_id:
        raise NotFound.of("not_found")
    against = facts.refusals(slot)
    if against:
        raise Refused(against, {"other_slots": other_slots(session, facts)})
    visit = _book(session, actor, facts, slot)
    return VisitAnswer.of(visit)


def _book(session: Session, actor: Actor, facts: Facts, slot: Slot) -> Visit:
    # Written, not only locked: on a Galera cluster the other nodes see nothing of a lock.
    slot.taken += 1
    visit = Visit(
        site_id=slot.site_id,
        slot_id=slot.id,
        resident_id=facts.relationship.resident_id,
        status=VisitStatus.REQUESTED,
        place=_free_place(session, slot),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        requested_by=actor.id,
        participants=[
            VisitParticipant(relative_id=actor.id, kinship=facts.relationship.kinship, lead=True)
        ],
    )
    session.add(visit)
    session.flush()
    _tell_and_record(session, actor, visit)
    return visit


def _free_place(session: Session, slot: Slot) -> int:
    held = set(session.scalars(select(Visit.place).where(Visit.held_slot_id == slot.id)))
    return next(place for place in range(1, slot.capacity + 1) if place not in held)


def _tell_and_record(session: Session, actor: Actor, visit: Visit) -> None:
    audit.record(session, actor, "visit.requested", "visit", visit.id, site_id=visit.site_id)
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER],
        text=f"【待审核】新的会见申请，时间：{chinese(visit.starts_at)}。请在审核页处理。",
        dedupe_key=f"visit:{visit.id}:requested",
    )
