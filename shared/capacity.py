"""The places of every slot ahead, kept in step with terminals, closures and templates.

Whoever changes one of those calls `refresh` in the same transaction, with the site's row locked. What a slot offers
is then a number in its own row, so that a booking reads and locks that row alone.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from shared import visit_flags
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.models.flags import FlagKind, VisitFlag
from shared.models.places import Device, DeviceStatus, Terminal, TerminalStatus
from shared.models.timetable import SessionTemplate, Slot, TimetableBlock
from shared.models.visits import Visit
from shared.rules.capacity import Closure, is_blocked, overlaps, places
from shared.visit_flags import AHEAD
from shared.visits import COUNTED

FAR = timedelta(days=400)


@dataclass(frozen=True)
class Plan:
    """What a slot should offer, and who holds a place in it, the first to ask first."""

    slot: Slot
    capacity: int
    blocked: bool
    held: Sequence[Visit]

    @property
    def without_place(self) -> Sequence[Visit]:
        return self.held[self.capacity :]


def refresh(session: Session, actor: Actor, site_id: str, *, cause_id: str) -> None:
    """Writes what has changed; flags visits that lost their place, lifts the flag of those that have one again.

    `cause_id`: the terminal, closure or template that changed.
    """
    found = plans(session, site_id, lock=True)
    for plan in found:
        plan.slot.capacity, plan.slot.blocked = plan.capacity, plan.blocked
    session.flush()
    _flag(session, actor, found, cause_id)


def plans(
    session: Session,
    site_id: str,
    *,
    first: datetime | None = None,
    last: datetime | None = None,
    extra: Closure | None = None,
    lock: bool = False,
) -> list[Plan]:
    """Of the slots ahead that touch `first` to `last`, in their order; as they would be with `extra` closed too."""
    since, until = max(first or now(), now()), last or now() + FAR
    query = select(Slot).where(
        Slot.site_id == site_id,
        Slot.starts_at > now(),
        Slot.ends_at > since,
        Slot.starts_at < until,
    )
    if lock:
        # By id, as everybody who locks several: two that lock the same ones wait, and never in a circle.
        query = query.order_by(Slot.id).with_for_update().execution_options(populate_existing=True)
    slots = session.scalars(query).all()
    closures = [*_closures(session, site_id, since, until), *([extra] if extra else [])]
    terminals = set(session.scalars(working_terminals(site_id).with_only_columns(Terminal.id)))
    last_days = _last_days(session, site_id)
    held = _held(session, [one.id for one in slots])
    return sorted(
        (
            Plan(
                slot,
                0 if _ended(slot, last_days) else places(*_span(slot), terminals, closures),
                is_blocked(*_span(slot), closures),
                held[slot.id],
            )
            for slot in slots
        ),
        key=lambda plan: plan.slot.starts_at,
    )


def working_terminals(site_id: str) -> Select[tuple[Terminal]]:
    """In the order of their numbers. One with a broken device takes nobody."""
    broken = exists().where(Device.terminal_id == Terminal.id, Device.status == DeviceStatus.BROKEN)
    return (
        select(Terminal)
        .where(Terminal.site_id == site_id, Terminal.status == TerminalStatus.WORKING, ~broken)
        .order_by(Terminal.name, Terminal.id)
    )


def seats(session: Session, site_id: str, visits: Collection[Visit]) -> dict[str, Terminal]:
    """The terminal of each visit, by visit id. A visit that has begun at one stays there; the others take the rest in
    the order of their places. So a broken terminal moves everybody up, and only the last is left without."""
    if not visits:
        return {}
    ids = {one.slot_id for one in visits}
    terminals = session.scalars(working_terminals(site_id)).all()
    closures = _closures(
        session, site_id, min(v.starts_at for v in visits), max(v.ends_at for v in visits)
    )
    query = select(Visit).where(Visit.slot_id.in_(ids), Visit.status.in_(COUNTED))
    by_slot: dict[str, list[Visit]] = defaultdict(list)
    for visit in session.scalars(query.order_by(Visit.place)):
        by_slot[visit.slot_id].append(visit)
    given: dict[str, Terminal] = {}
    for together in by_slot.values():
        given |= _seats_of(together, terminals, closures)
    return given


def _seats_of(
    together: list[Visit], terminals: Sequence[Terminal], closures: list[Closure]
) -> dict[str, Terminal]:
    by_id = {one.id: one for one in terminals}
    begun = {v.id: by_id[v.terminal_id] for v in together if v.terminal_id in by_id}
    span = together[0].starts_at, together[0].ends_at
    closed = {one.terminal_id for one in closures if overlaps(one, *span)}
    busy = closed | {one.id for one in begun.values()}
    free = [one for one in terminals if one.id not in busy]
    later = [one.id for one in together if one.terminal_id is None]
    return begun | dict(zip(later, free, strict=False))


def _span(slot: Slot) -> tuple[datetime, datetime]:
    return slot.starts_at, slot.ends_at


def _closures(session: Session, site_id: str, since: datetime, until: datetime) -> list[Closure]:
    query = select(TimetableBlock).where(
        TimetableBlock.site_id == site_id,
        TimetableBlock.lifted_at.is_(None),
        TimetableBlock.starts_at < until,
        TimetableBlock.ends_at > since,
    )
    return [Closure(one.starts_at, one.ends_at, one.terminal_id) for one in session.scalars(query)]


def _last_days(session: Session, site_id: str) -> dict[str, SessionTemplate]:
    query = select(SessionTemplate).where(
        SessionTemplate.site_id == site_id, SessionTemplate.valid_to.is_not(None)
    )
    return {one.id: one for one in session.scalars(query)}


def _ended(slot: Slot, templates: dict[str, SessionTemplate]) -> bool:
    template = templates.get(slot.template_id or "")
    if template is None or template.valid_to is None:
        return False
    return in_shanghai(slot.starts_at).date() > template.valid_to


def _held(session: Session, slot_ids: list[str]) -> dict[str, list[Visit]]:
    query = select(Visit).where(Visit.held_slot_id.in_(slot_ids), Visit.status.in_(AHEAD))
    held: dict[str, list[Visit]] = defaultdict(list)
    for visit in session.scalars(query.order_by(Visit.requested_at, Visit.id)):
        held[visit.slot_id].append(visit)
    return held


def _flag(session: Session, actor: Actor, found: list[Plan], cause_id: str) -> None:
    without = {visit.id for plan in found for visit in plan.without_place}
    held = {visit.id for plan in found for visit in plan.held}
    query = select(VisitFlag.visit_id).where(
        VisitFlag.visit_id.in_(held),
        VisitFlag.kind == FlagKind.TERMINAL_BROKEN,
        VisitFlag.lifted_at.is_(None),
    )
    flagged = set(session.scalars(query))
    kind = FlagKind.TERMINAL_BROKEN
    if without - flagged:
        new = Visit.id.in_(without - flagged)
        visit_flags.raise_flags(session, actor, new, kind=kind, source_id=cause_id)
    if flagged - without:
        visit_flags.lift_flags_of(session, actor, flagged - without, kind=kind)
