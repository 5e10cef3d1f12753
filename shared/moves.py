"""A visit goes to another slot and stays what it is: same people, same history, one use of the quota.

The ledger never changes a line: two adjustments take the use from the old week and put it into the new one.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit, quota, visit_flags
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import compare_and_set
from shared.errors import Conflict, NotFound, Reason, raise_if_any, reason
from shared.ids import new_id
from shared.models.flags import FlagKind
from shared.models.people import Relative, Resident
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.booking_rules import held_until
from shared.rules.quota import Channel, Entry, used_up
from shared.site_rules import rules_of
from shared.visit_flags import AHEAD
from shared.visits import HOLDING, contact_of

# What the old slot was the cause of is over once the visit has left it.
OF_THE_SLOT = (FlagKind.TERMINAL_BROKEN, FlagKind.SLOT_BLOCKED, FlagKind.DATE_BLOCKED)


def move_visit(session: Session, actor: Actor, visit: Visit, slot_id: str, *, reason: str) -> None:
    """Raises NotFound (slot), Conflict (the visit is over or runs), Refused with every reason against the slot."""
    resident = session.get_one(Resident, visit.resident_id, with_for_update=True)
    relatives = [one.relative_id for one in visit.participants]
    theirs = select(Relative.id).where(Relative.id.in_(relatives)).order_by(Relative.id)
    session.execute(theirs.with_for_update()).all()
    slots = _locked(session, visit.slot_id, slot_id)
    old, new = slots[visit.slot_id], slots.get(slot_id)
    if new is None or new.site_id != visit.site_id or new.starts_at <= now():
        raise NotFound.of("not_found")
    raise_if_any(_against(session, visit, resident, new))
    before = contact_of(visit)
    old.taken -= 1
    new.taken += 1
    _place(session, visit, new)
    for contact, amount in ((before, -1), (contact_of(visit), 1)):
        line = quota.Contact(**{**vars(contact), "source_id": new_id()})
        quota.adjust(session, actor, line, amount=amount, reason=reason)
    audit.record(
        session, actor, "visit.moved", "visit", visit.id, site_id=visit.site_id, reason=reason,
        from_slot=old.id, to_slot=new.id,
    )  # fmt: skip
    session.flush()
    for kind in OF_THE_SLOT:
        visit_flags.lift_flags_of(session, actor, [visit.id], kind=kind)


def _locked(session: Session, *slot_ids: str) -> dict[str, Slot]:
    """In the order of ids, as everybody who locks several."""
    query = select(Slot).where(Slot.id.in_(slot_ids)).order_by(Slot.id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True))
    return {one.id: one for one in found}


def _against(session: Session, visit: Visit, resident: Resident, new: Slot) -> list[Reason]:
    found = []
    if new.blocked:
        found.append(reason("slot_blocked", "slot_id"))
    if new.taken + new.waiting >= new.capacity:
        found.append(reason("slot_full", "slot_id"))
    if _busy(session, visit, new, Visit.resident_id == visit.resident_id):
        found.append(reason("resident_busy", "slot_id"))
    relatives = [one.relative_id for one in visit.participants]
    if _busy(session, visit, new, VisitParticipant.relative_id.in_(relatives)):
        found.append(reason("relative_busy", "slot_id"))
    # As if this visit were not in the ledger: within its own week a move costs nothing.
    ledger = [
        *quota.recent(session, resident.id),
        Entry(Channel.REMOTE, visit.starts_at, -1),
    ]
    rules = rules_of(session, visit.site_id)
    gone = used_up(
        ledger,
        rules.quota,
        channel=Channel.REMOTE,
        level=resident.treatment_level,
        at=new.starts_at,
    )
    return found + [
        reason(f"{one.rule.per.value}_used_up", count=one.rule.count, again=chinese(one.again_at))
        for one in gone
    ]


def _busy(session: Session, visit: Visit, new: Slot, whose: object) -> bool:
    query = (
        select(Visit.id)
        .join(VisitParticipant, VisitParticipant.visit_id == Visit.id)
        .where(Visit.id != visit.id, Visit.status.in_(HOLDING), whose)  # type: ignore[arg-type]
        .where(Visit.starts_at < new.ends_at, Visit.ends_at > new.starts_at)
    )
    return session.scalar(query.limit(1)) is not None


def _place(session: Session, visit: Visit, new: Slot) -> None:
    held = set(session.scalars(select(Visit.place).where(Visit.held_slot_id == new.id)))
    free = next(place for place in range(1, new.capacity + 1) if place not in held)
    moved = (
        update(Visit)
        .where(Visit.id == visit.id, Visit.status.in_(AHEAD), Visit.slot_id == visit.slot_id)
        .values(
            slot_id=new.id,
            place=free,
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            held_until=_held_until(session, visit, new.starts_at),
            reminded=0,
            resident_told_at=None,
        )
    )
    if not compare_and_set(session, moved):
        raise Conflict.of("changed_meanwhile")
    session.refresh(visit)


def _held_until(session: Session, visit: Visit, starts_at: datetime) -> datetime | None:
    if visit.status is not VisitStatus.REQUESTED:
        return visit.held_until
    return held_until(starts_at, now(), rules_of(session, visit.site_id))
