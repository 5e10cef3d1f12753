"""A running visit as the family's page must know it: what an officer said, whether to mute, how long it still lasts."""

from typing import Any

from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit, participant
from shared.database import in_transaction
from shared.room_events import note_present
from shared.room_passes import FAMILY
from shared.room_state import state_for


@in_transaction
def show_room(
    session: Session, *, relative_id: str, visit_id: str, in_room: bool = False
) -> dict[str, Any]:
    """`in_room`: the page has entered. It opens the visit if no callback has told of it."""
    visit = own_visit(session, relative_id, visit_id)
    mine, user_id = participant(visit, relative_id), f"{FAMILY}{relative_id}"
    if in_room and mine.pass_given_at and mine.joined_at is None:
        session.refresh(visit, with_for_update=True)
        note_present(session, visit, user_id)
    return state_for(session, visit, user_id)
