"""Who is in the rooms now, as TRTC's events tell: the newest of entering and leaving counts."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.models.rooms import RoomEvent
from shared.room_passes import FAMILY, RESIDENT

ROOM, ENTERED, LEFT, DISMISSED = 1, 103, 104, 102


def present(session: Session, visit_ids: list[str]) -> dict[str, set[str]]:
    """User ids of families and residents by visit; neither robots nor officers."""
    query = (
        select(RoomEvent)
        .where(RoomEvent.visit_id.in_(visit_ids), RoomEvent.event_group == ROOM)
        .where(RoomEvent.event_type.in_((ENTERED, LEFT, DISMISSED)))
        .order_by(RoomEvent.happened_ms, RoomEvent.received_at)
    )
    inside: dict[str, set[str]] = defaultdict(set)
    for event in session.scalars(query):
        room, user_id = inside[event.visit_id or ""], str(event.info.get("UserId", ""))
        if event.event_type == DISMISSED:
            room.clear()
        elif event.event_type == LEFT:
            room.discard(user_id)
        elif user_id.startswith((FAMILY, RESIDENT)):
            room.add(user_id)
    return inside
