"""The stored events of a visit's room, as the pure rules read them."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.models.rooms import RoomEvent
from shared.rules.room_state import RoomFact, RoomState, fold

# A running visit's robots are asked after so often at most.
ROBOTS_EVERY = timedelta(minutes=1)


def state_of(session: Session, visit_id: str) -> RoomState:
    """From the events alone, whatever was kept before."""
    events = session.scalars(select(RoomEvent).where(RoomEvent.visit_id == visit_id))
    return fold(_fact(one) for one in events)


def _fact(event: RoomEvent) -> RoomFact:
    """Nothing happened after it was told; an event without a readable time happened then."""
    received_ms = int(event.received_at.timestamp() * 1000)
    return RoomFact(
        group=event.event_group,
        type=event.event_type,
        at_ms=min(event.happened_ms or received_ms, received_ms),
        order=event.fingerprint,
        info=event.info,
    )
