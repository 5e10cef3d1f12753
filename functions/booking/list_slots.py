"""Slots a family can choose from, each with why not."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from functions.booking.booking_facts import Facts, place_of, read_facts
from shared.clock import now
from shared.database import core, in_transaction
from shared.models.timetable import Slot

OFFERED = 5

_UPCOMING = (
    select(Slot)
    .where(
        Slot.site_id == bindparam("site_id"),
        Slot.starts_at.between(bindparam("since"), bindparam("until")),
    )
    .order_by(Slot.starts_at)
)


@in_transaction
def list_slots(session: Session, *, relative_id: str, relationship_id: str) -> list[dict[str, Any]]:
    facts = read_facts(session, relative_id=relative_id, relationship_id=relationship_id)
    return [_shown(slot, facts) for slot in upcoming_slots(session, facts)]


def upcoming_slots(session: Session, facts: Facts) -> Sequence[Row[Any]]:
    last = now() + timedelta(days=facts.rules.book_days_ahead_max + 1)
    span = {"site_id": facts.row.site_id, "since": now(), "until": last}
    return core(session).execute(_UPCOMING, span).all()


def other_slots(session: Session, facts: Facts) -> list[dict[str, Any]]:
    """The next few that could be booked instead."""
    shown = (_shown(slot, facts) for slot in upcoming_slots(session, facts))
    free = islice((one for one in shown if one["bookable"]), OFFERED)
    return [
        {
            "id": one["id"],
            "starts_at": one["starts_at"].isoformat(),
            "places_left": one["places_left"],
        }
        for one in free
    ]


def _shown(slot: Row[Any], facts: Facts) -> dict[str, Any]:
    against = facts.refusals(place_of(slot))
    return {
        "id": slot.id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "places_left": 0 if slot.blocked else place_of(slot).left,
        "bookable": not against,
        "can_wait": [one.code for one in against] == ["slot_full"],
        "reasons": [one.text for one in against],
    }
