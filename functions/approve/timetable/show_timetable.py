"""The timetable: days as numbers for a month, slots with their visits for a week or a day."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.timetable.blocks import open_blocks
from functions.approve.timetable.shown_visits import shown_visits
from shared.actors import Actor
from shared.clock import SHANGHAI, in_shanghai
from shared.database import in_transaction
from shared.errors import BadInput
from shared.models.timetable import Slot
from shared.models.visits import Visit
from shared.visits import COUNTED

DAYS_MOST, SLOT_DAYS_MOST = 62, 14


@in_transaction
def show_days(session: Session, *, actor: Actor, first: date, last: date) -> dict[str, Any]:
    """One entry for every day, also for those without a slot, and their closures. Raises BadInput for too many days."""
    days = _days(first, last, DAYS_MOST)
    by_day: dict[date, list[Slot]] = {day: [] for day in days}
    for slot in _slots(session, actor, first, last):
        by_day[in_shanghai(slot.starts_at).date()].append(slot)
    assert actor.site_id is not None
    return {
        "days": [_day(day, slots) for day, slots in by_day.items()],
        "blocks": open_blocks(session, actor.site_id, *_span(first, last)),
    }


@in_transaction
def show_slots(session: Session, *, actor: Actor, first: date, last: date) -> dict[str, Any]:
    """Slots with the visits of residents in scope, and the closures of these days."""
    _days(first, last, SLOT_DAYS_MOST)
    slots = _slots(session, actor, first, last)
    query = select(Visit).where(
        Visit.slot_id.in_([one.id for one in slots]), Visit.status.in_(COUNTED)
    )
    shown = shown_visits(session, actor, session.scalars(query))
    assert actor.site_id is not None
    return {
        "slots": [
            {**_slot(one), "visits": [v for v in shown if v["slot_id"] == one.id]} for one in slots
        ],
        "blocks": open_blocks(session, actor.site_id, *_span(first, last)),
    }


def _days(first: date, last: date, most: int) -> list[date]:
    count = (last - first).days + 1
    if not 1 <= count <= most:
        raise BadInput.of("days_range", "last", count=most)
    return [first + timedelta(days=number) for number in range(count)]


def _slots(session: Session, actor: Actor, first: date, last: date) -> list[Slot]:
    begins, ends = _span(first, last)
    query = select(Slot).where(
        Slot.site_id == actor.site_id, Slot.starts_at >= begins, Slot.starts_at < ends
    )
    return list(session.scalars(query.order_by(Slot.starts_at)))


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """Local midnights around the days."""
    begins = datetime.combine(first, time(), SHANGHAI)
    return begins, datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def _day(day: date, slots: Iterable[Slot]) -> dict[str, Any]:
    slots = list(slots)
    return {
        "date": day,
        "slots": len(slots),
        "capacity": sum(0 if one.blocked else one.capacity for one in slots),
        "taken": sum(one.taken for one in slots),
        "waiting": sum(one.waiting for one in slots),
        "blocked_slots": sum(one.blocked for one in slots),
    }


def _slot(slot: Slot) -> dict[str, Any]:
    names = ("id", "starts_at", "ends_at", "capacity", "taken", "waiting", "blocked")
    return {name: getattr(slot, name) for name in names}
