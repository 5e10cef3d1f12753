"""A relative books: one transaction that locks the people, then the slot, and only then counts."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from functions.booking.booking_facts import Facts, lock_people, place_of, read_facts
from functions.booking.companions import Companion, find_companions
from functions.booking.expire_requests import release_overdue
from functions.booking.list_slots import other_slots
from functions.booking.waiting.serve_list import end_late_offers
from shared import audit, messages, quota
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import core, in_transaction
from shared.errors import NotFound, Reason, Refused
from shared.idempotency import once
from shared.ids import new_id
from shared.models.officers import Role
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.booking_rules import held_until
from shared.rules.quota import Channel

_LOCK_SLOT = (
    select(
        Slot.id,
        Slot.site_id,
        Slot.starts_at,
        Slot.ends_at,
        Slot.capacity,
        Slot.taken,
        Slot.blocked,
        Slot.waiting,
    )
    .where(Slot.id == bindparam("slot_id"))
    .with_for_update()
)
_TAKE = update(Slot).where(Slot.id == bindparam("slot_id")).values(taken=Slot.taken + 1)
_HELD_PLACES = select(Visit.place).where(Visit.held_slot_id == bindparam("slot_id"))
_ADD_VISIT, _ADD_PARTICIPANT = insert(Visit), insert(VisitParticipant)


@in_transaction
def request_visit(
    session: Session,
    *,
    actor: Actor,
    relationship_id: str,
    slot_id: str,
    companion_codes: Sequence[str] = (),
    idempotency_key: str | None,
) -> dict[str, Any]:
    """The visit, `requested`, holding its place. Raises Refused with all reasons and other slots."""
    return once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={
            "relationship_id": relationship_id,
            "slot_id": slot_id,
            "companion_codes": list(companion_codes),
        },
        effect=lambda: _request(session, actor, relationship_id, slot_id, companion_codes),
    )


def _request(
    session: Session,
    actor: Actor,
    relationship_id: str,
    slot_id: str,
    companion_codes: Sequence[str],
) -> dict[str, Any]:
    look = partial(_look, session, actor, relationship_id, slot_id, companion_codes)
    facts, slot, companions, against = look()
    # What holds a place beyond its time holds it no more, whether or not the timer has been by.
    if against and _tidy(session, slot.id, facts.row.resident_id):
        facts, slot, companions, against = look()
    if against:
        # The locks go first: others wait behind them, and looking for other slots takes longer than a booking.
        session.rollback()
        raise Refused(against, ways_out(session, facts, slot.starts_at))
    return book_place(session, actor, facts, slot, companions)


def _tidy(session: Session, slot_id: str, resident_id: str) -> bool:
    requests = release_overdue(session, slot_id=slot_id, resident_id=resident_id)
    offers = end_late_offers(session, session.get_one(Slot, slot_id))
    return requests + offers > 0


def _look(
    session: Session,
    actor: Actor,
    relationship_id: str,
    slot_id: str,
    companion_codes: Sequence[str],
) -> tuple[Facts, Row[Any], list[Companion], list[Reason]]:
    """Locks, then reads: what is known, and everything that speaks against it."""
    whose = {"relative_id": actor.id, "relationship_id": relationship_id}
    lock_people(session, **whose, companion_codes=companion_codes)
    facts = read_facts(session, **whose)
    slot = core(session).execute(_LOCK_SLOT, {"slot_id": slot_id}).one_or_none()
    if slot is None or slot.site_id != facts.row.site_id:
        raise NotFound.of("not_found")
    companions = find_companions(
        session,
        companion_codes,
        lead_id=actor.id,
        resident_id=facts.row.resident_id,
        place=place_of(slot),
    )
    return (
        facts,
        slot,
        companions,
        facts.refusals(place_of(slot), [one.person for one in companions]),
    )


def ways_out(session: Session, facts: Facts, wanted: datetime) -> dict[str, Any]:
    """What a refused family can do: other slots, and when the allowance renews."""
    again = facts.book_again_at(wanted)
    return {
        "other_slots": other_slots(session, facts),
        "book_again_at": again.isoformat() if again > wanted else None,
    }


def book_place(
    session: Session,
    actor: Actor,
    facts: Facts,
    slot: Slot | Row[Any],
    companions: Sequence[Companion],
) -> dict[str, Any]:
    """Under the locks of resident and slot, and with nothing against it: visit, quota, audit and message."""
    # Written, not only locked: on a Galera cluster the other nodes see nothing of a lock.
    connection = core(session)
    connection.execute(_TAKE, {"slot_id": slot.id})
    held = set(connection.scalars(_HELD_PLACES, {"slot_id": slot.id}))
    visit = {
        "id": new_id(),
        "site_id": slot.site_id,
        "slot_id": slot.id,
        "resident_id": facts.row.resident_id,
        "status": VisitStatus.REQUESTED,
        "place": next(place for place in range(1, slot.capacity + 1) if place not in held),
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "requested_by": actor.id,
        "requested_at": now(),
        "held_until": held_until(slot.starts_at, now(), facts.rules),
        "rules_version": facts.row.rules_version,
    }
    people = [
        (actor.id, facts.row.kinship),
        *((one.relative_id, one.kinship) for one in companions),
    ]
    connection.execute(_ADD_VISIT, visit)
    connection.execute(
        _ADD_PARTICIPANT,
        [
            {
                "visit_id": visit["id"],
                "relative_id": relative_id,
                "kinship": kinship,
                "lead": relative_id == actor.id,
            }
            for relative_id, kinship in people
        ],
    )
    _count_and_tell(session, actor, visit)
    return _answer(visit)


def _count_and_tell(session: Session, actor: Actor, visit: dict[str, Any]) -> None:
    quota.use(
        session,
        actor,
        quota.Contact(
            site_id=visit["site_id"],
            resident_id=visit["resident_id"],
            channel=Channel.REMOTE,
            at=visit["starts_at"],
            source_id=visit["id"],
        ),
    )
    audit.record(session, actor, "visit.requested", "visit", visit["id"], site_id=visit["site_id"])
    messages.tell_staff(
        session,
        site_id=visit["site_id"],
        roles=[Role.VISIT_OFFICER],
        text=f"【待审核】新的会见申请，时间：{chinese(visit['starts_at'])}。请在审核页处理。",
        dedupe_key=f"visit:{visit['id']}:requested",
    )


def _answer(visit: dict[str, Any]) -> dict[str, Any]:
    """As schemas.VisitAnswer has it."""
    starts_at: datetime = visit["starts_at"]
    ends_at: datetime = visit["ends_at"]
    return {
        "id": visit["id"],
        "status": visit["status"].value,
        "starts_at": starts_at.isoformat().replace("+00:00", "Z"),
        "ends_at": ends_at.isoformat().replace("+00:00", "Z"),
        "reason": None,
    }
