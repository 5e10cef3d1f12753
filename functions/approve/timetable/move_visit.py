"""An officer moves a visit: at once when the family has agreed, otherwise the family is asked."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages, moves, scope
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.models.timetable import Slot
from shared.models.visits import MoveStatus, Visit, VisitMove
from shared.visit_flags import AHEAD

ANSWER_WITHIN = timedelta(hours=24)
BEFORE_THE_VISIT = timedelta(hours=2)


@in_transaction
def move_visit(
    session: Session, *, actor: Actor, visit_id: str, slot_id: str, reason: str, agreed: bool
) -> dict[str, Any]:
    """`agreed`: the officer has the family's word for it. Raises NotFound, Conflict, Refused with every reason."""
    visit = scope.one(session, actor, Visit, visit_id)
    slot = session.get(Slot, slot_id)
    if slot is None or slot.site_id != visit.site_id:
        raise NotFound.of("not_found")
    if visit.status not in AHEAD or visit.slot_id == slot_id:
        raise Conflict.of("changed_meanwhile")
    _close_open(session, visit.id, agreed)
    asked = VisitMove(
        site_id=visit.site_id,
        visit_id=visit.id,
        from_slot_id=visit.slot_id,
        to_slot_id=slot.id,
        reason=reason,
        proposed_by=actor.id,
        answer_until=_answer_until(visit.starts_at, slot.starts_at),
    )
    if agreed:
        moves.move_visit(session, actor, visit, slot.id, reason=reason)
        asked.status, asked.answered_at, asked.answered_by = MoveStatus.AGREED, now(), actor.id
    session.add(asked)
    session.flush()
    if not agreed:
        audit.record(session, actor, "visit.move_asked", "visit", visit.id, reason=reason)
    _tell(session, visit, asked, slot.starts_at)
    return {"id": asked.id, "status": asked.status, "starts_at": visit.starts_at}


def _close_open(session: Session, visit_id: str, agreed: bool) -> None:
    """A question that is still open stands in the way of another one, unless the family has agreed by now."""
    query = select(VisitMove).where(VisitMove.open_visit_id == visit_id).with_for_update()
    open_one = session.scalar(query)
    if open_one is None:
        return
    if not agreed and open_one.answer_until > now():
        raise Conflict.of("move_open")
    open_one.status, open_one.answered_at = MoveStatus.LAPSED, now()
    session.flush()


def _answer_until(old: datetime, new: datetime) -> datetime:
    latest = min(old, new) - BEFORE_THE_VISIT
    return max(now() + timedelta(minutes=30), min(now() + ANSWER_WITHIN, latest))


def _tell(session: Session, visit: Visit, asked: VisitMove, starts_at: datetime) -> None:
    moved = asked.status is MoveStatus.AGREED
    messages.tell_visitors(
        session,
        visit,
        "会见已改期" if moved else "改期请确认",
        "请按新的时间参加会见" if moved else "民警建议改到这个时间，请点击确认",
        at=starts_at,
        dedupe_key=f"move:{asked.id}:{asked.status.value}",
    )
