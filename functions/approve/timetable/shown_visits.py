"""Visits as the timetable shows them: those of residents within the officer's scope."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.queue.items import names, people_of
from shared import scope, visit_flags
from shared.actors import Actor
from shared.models.flags import VisitFlag
from shared.models.people import Resident
from shared.models.visits import Visit


def shown_visits(session: Session, actor: Actor, visits: Iterable[Visit]) -> list[dict[str, Any]]:
    """In the order of their start and place."""
    ids = {one.id for one in visits}
    query = (
        select(Visit, Resident)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Visit.id.in_(ids))
        .order_by(Visit.starts_at, Visit.place)
    )
    rows = session.execute(scope.of_residents(actor, query)).all()
    named = names(session, (one.relative_id for row in rows for one in row.Visit.participants))
    flagged = _flags(session, ids)
    return [
        {
            "id": visit.id,
            "slot_id": visit.slot_id,
            "starts_at": visit.starts_at,
            "ends_at": visit.ends_at,
            "status": visit.status,
            "place": visit.place,
            "resident_name": resident.name,
            "resident_number": resident.number,
            "people": people_of(visit, named),
            "flags": flagged.get(visit.id, []),
            "resident_told_at": visit.resident_told_at,
            "excused_at": visit.excused_at,
        }
        for visit, resident in rows
    ]


def _flags(session: Session, visit_ids: set[str]) -> dict[str, list[str]]:
    query = (
        select(VisitFlag.visit_id, VisitFlag.kind)
        .join(Visit, Visit.id == VisitFlag.visit_id)
        .where(Visit.id.in_(visit_ids), visit_flags.OPEN)
        .order_by(VisitFlag.raised_at)
    )
    found: dict[str, list[str]] = {}
    for visit_id, kind in session.execute(query):
        found.setdefault(visit_id, []).append(kind)
    return found
