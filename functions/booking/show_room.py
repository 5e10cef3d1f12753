"""A running visit as the family's page must know it: what an officer said, whether to mute, how long it still lasts."""

from typing import Any

from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit
from shared.database import in_transaction
from shared.room_passes import FAMILY
from shared.room_state import state_for


@in_transaction
def show_room(session: Session, *, relative_id: str, visit_id: str) -> dict[str, Any]:
    visit = own_visit(session, relative_id, visit_id)
    return state_for(session, visit, f"{FAMILY}{relative_id}")
