"""Timer: events that were stored and not yet worked through, visit by visit."""

import logging

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from functions.monitor_hook import visit_effects
from functions.monitor_hook.room_facts import ROBOTS_EVERY, state_of
from shared import trace
from shared.clock import now
from shared.database import in_transaction
from shared.models.rooms import RoomEvent, RoomStateRow
from shared.models.visits import Visit
from shared.rules.room_state import RoomState

log = logging.getLogger("visits.rooms")

BATCH = 200


def work_events() -> int:
    """How many visits had news. One that fails stops no other, and comes again."""
    return sum(_worked(visit_id) for visit_id in _waiting())


@in_transaction
def _waiting(session: Session) -> list[str]:
    oldest = func.min(RoomEvent.received_at)
    query = select(RoomEvent.visit_id).where(
        RoomEvent.worked_at.is_(None), RoomEvent.visit_id.is_not(None)
    )
    found = session.scalars(query.group_by(RoomEvent.visit_id).order_by(oldest).limit(BATCH))
    return [one for one in found if one is not None]


def _worked(visit_id: str) -> bool:
    try:
        return work_visit(visit_id=visit_id)
    except Exception as error:  # noqa: BLE001 - the events stay unworked: the next run is the retry
        log.error("room_work_failed", extra={"visit_id": visit_id, "error": type(error).__name__})
        return False


@in_transaction
def work_visit(session: Session, *, visit_id: str) -> bool:
    """False when another instance was faster. The visit's row is the lock: one works at a time."""
    visit = session.get_one(Visit, visit_id, with_for_update=True)
    unworked = select(RoomEvent.id, RoomEvent.request_id).where(
        RoomEvent.visit_id == visit_id, RoomEvent.worked_at.is_(None)
    )
    new = {event_id: request_id for event_id, request_id in session.execute(unworked)}  # noqa: C416
    if not new:
        return False
    # Several at once: what follows is logged under the newest.
    with trace.under(new[max(new)]):
        state = state_of(session, visit_id)
        visit_effects.apply(session, visit, state)
        keep(session, visit_id, state)
    # Those that were read, and no later one.
    done = update(RoomEvent).where(RoomEvent.id.in_(new)).values(worked_at=now())
    session.execute(done.execution_options(synchronize_session=False))
    return True


def keep(session: Session, visit_id: str, state: RoomState) -> None:
    row = session.get(RoomStateRow, visit_id)
    if row is None:
        due_at = now() + ROBOTS_EVERY
        session.add(RoomStateRow(visit_id=visit_id, state=state.as_json(), robots_due_at=due_at))
    elif row.state != state.as_json():
        row.state = state.as_json()
