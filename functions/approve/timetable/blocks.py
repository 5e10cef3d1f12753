"""Closing time: a date, a part of a day, one session, or a terminal; shown before, flagged after, and reversible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.timetable.shown_visits import shown_visits
from shared import audit, capacity, visit_flags
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotAllowed, NotFound
from shared.idempotency import once
from shared.models.flags import FlagKind
from shared.models.places import Site, Terminal
from shared.models.timetable import TimetableBlock
from shared.models.visits import Visit
from shared.rules.capacity import Closure, overlaps

LONGEST = timedelta(days=366)
A_DAY = timedelta(hours=20)


@dataclass(frozen=True)
class Wanted:
    starts_at: datetime
    ends_at: datetime
    terminal_id: str | None = None


@in_transaction
def preview_block(session: Session, *, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """The visits that would be hit, and nothing is changed. Raises as `add_block` does."""
    closure = _closure(session, actor, wanted)
    hit, touched = _hit(session, actor, closure)
    return {"slots": touched, "visits": shown_visits(session, actor, hit), "visits_hit": len(hit)}


@in_transaction
def add_block(
    session: Session,
    *,
    actor: Actor,
    wanted: Wanted,
    reason: str,
    seen: Sequence[str] | None,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Raises BadInput (times, terminal), NotAllowed for an officer of some wards only.

    `seen`: the visits that the officer saw in the preview. Conflict when more are hit by now.
    """
    return once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"block": vars(wanted), "reason": reason},
        effect=lambda: _block(session, actor, wanted, reason, seen),
    )


def _block(
    session: Session, actor: Actor, wanted: Wanted, reason: str, seen: Sequence[str] | None
) -> dict[str, Any]:
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    closure = _closure(session, actor, wanted)
    capacity.plans(session, site.id, lock=True)  # whoever books waits from here on
    hit, _ = _hit(session, actor, closure)
    if seen is not None and {one.id for one in hit} - set(seen):
        raise Conflict.of("block_hits_more")
    block = TimetableBlock(site_id=site.id, reason=reason, made_by=actor.id, **vars(wanted))
    session.add(block)
    session.flush()
    if block.terminal_id is None and hit:
        which = Visit.id.in_([one.id for one in hit])
        visit_flags.raise_flags(session, actor, which, kind=_kind(block), source_id=block.id)
    capacity.refresh(session, actor, site.id, cause_id=block.id)
    audit.record(
        session, actor, "timetable.blocked", "timetable_block", block.id, reason=reason,
        visits=len(hit),
    )  # fmt: skip
    return {"id": block.id, "visits_hit": len(hit)}


@in_transaction
def lift_block(session: Session, *, actor: Actor, block_id: str, reason: str) -> TimetableBlock:
    """The flags go with it. Raises NotFound, Conflict when it is lifted already."""
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    _require_whole_site(actor)
    block = session.get(TimetableBlock, block_id, with_for_update=True)
    if block is None or block.site_id != site.id:
        raise NotFound.of("not_found")
    if block.lifted_at is not None:
        raise Conflict.of("changed_meanwhile")
    block.lifted_at, block.lifted_by, block.lift_reason = now(), actor.id, reason
    session.flush()
    capacity.refresh(session, actor, site.id, cause_id=block.id)
    visit_flags.lift_flags(session, actor, kind=_kind(block), source_id=block.id)
    audit.record(session, actor, "timetable.unblocked", "timetable_block", block.id, reason=reason)
    return block


def open_blocks(
    session: Session, site_id: str, first: datetime, last: datetime
) -> Sequence[TimetableBlock]:
    query = select(TimetableBlock).where(
        TimetableBlock.site_id == site_id,
        TimetableBlock.lifted_at.is_(None),
        TimetableBlock.starts_at < last,
        TimetableBlock.ends_at > first,
    )
    return session.scalars(query.order_by(TimetableBlock.starts_at)).all()


def _closure(session: Session, actor: Actor, wanted: Wanted) -> Closure:
    _require_whole_site(actor)
    if wanted.ends_at <= wanted.starts_at or wanted.ends_at - wanted.starts_at > LONGEST:
        raise BadInput.of("block_times", "ends_at")
    if wanted.ends_at <= now():
        raise BadInput.of("block_over", "ends_at")
    if wanted.terminal_id is not None:
        terminal = session.get(Terminal, wanted.terminal_id)
        if terminal is None or terminal.site_id != actor.site_id:
            raise NotFound.of("not_found")
    return Closure(**vars(wanted))


def _require_whole_site(actor: Actor) -> None:
    if actor.ward_ids:
        raise NotAllowed.of("whole_site_only")


def _hit(session: Session, actor: Actor, closure: Closure) -> tuple[list[Visit], int]:
    """The visits that would be left without a place by this closure, and how many slots it touches."""
    assert actor.site_id is not None
    first, last = closure.starts_at, closure.ends_at
    after = capacity.plans(session, actor.site_id, first=first, last=last, extra=closure)
    touched = [one for one in after if overlaps(closure, one.slot.starts_at, one.slot.ends_at)]
    if closure.terminal_id is None:
        return [visit for plan in touched for visit in plan.held], len(touched)
    before = capacity.plans(session, actor.site_id, first=first, last=last)
    already = {visit.id for plan in before for visit in plan.without_place}
    without = [visit for plan in touched for visit in plan.without_place]
    return [visit for visit in without if visit.id not in already], len(touched)


def _kind(block: TimetableBlock) -> FlagKind:
    long = block.ends_at - block.starts_at >= A_DAY
    return FlagKind.DATE_BLOCKED if long else FlagKind.SLOT_BLOCKED
