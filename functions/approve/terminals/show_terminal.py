"""What the PC of a visit room shows: whose visit is next here, and how long the one that runs still has."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import capacity
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.models.people import Resident
from shared.models.places import Device, Site, Terminal
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import RESIDENT
from shared.room_state import state_for
from shared.site_rules import rules_of_visit

AHEAD = timedelta(hours=14)
OPEN = (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)


@in_transaction
def show_terminal(session: Session, *, actor: Actor) -> dict[str, Any]:
    """No name of anybody: the screen is seen by whoever passes."""
    terminal = session.get_one(Terminal, actor.id)
    return {
        "id": terminal.id,
        "name": terminal.name,
        "site_name": session.get_one(Site, terminal.site_id).name,
        "status": terminal.status,
        "now": now(),
        "devices": devices_of(session, terminal.id),
        "visits": [_visit(session, one) for one in visits_here(session, actor)],
    }


def visits_here(session: Session, actor: Actor) -> list[Visit]:
    """Those at this terminal that run or come, the next first."""
    assert actor.site_id is not None
    moment = now()
    query = select(Visit).where(
        Visit.site_id == actor.site_id,
        Visit.status.in_(OPEN),
        Visit.starts_at < moment + AHEAD,
        func.coalesce(Visit.extended_to, Visit.ends_at) > moment,
    )
    found = session.scalars(query.order_by(Visit.starts_at)).all()
    seats = capacity.seats(session, actor.site_id, found)
    return [one for one in found if one.id in seats and seats[one.id].id == actor.id]


def devices_of(session: Session, terminal_id: str) -> list[Device]:
    query = select(Device).where(Device.terminal_id == terminal_id)
    return list(session.scalars(query.order_by(Device.kind)))


def _visit(session: Session, visit: Visit) -> dict[str, Any]:
    rules = rules_of_visit(session, visit)
    opens_at = visit.starts_at - timedelta(minutes=rules.check_in_minutes_before)
    return {
        **state_for(session, visit, f"{RESIDENT}{visit.resident_id}"),
        "resident_number": session.get_one(Resident, visit.resident_id).number,
        "starts_at": visit.starts_at,
        "opens_at": opens_at,
        "can_join": opens_at <= now() < visit.closes_at,
    }
