"""The family is asked whether its visit may be moved; whoever booked answers."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit
from shared import audit, messages, moves
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.errors import Conflict, NotAllowed, NotFound
from shared.models.officers import Role
from shared.models.timetable import Slot
from shared.models.visits import MoveStatus, Visit, VisitMove


@in_transaction
def show_move(session: Session, *, relative_id: str, visit_id: str) -> dict[str, Any]:
    """The open question. Raises NotFound when there is none."""
    visit = own_visit(session, relative_id, visit_id)
    asked = _open(session, visit)
    slot = session.get_one(Slot, asked.to_slot_id)
    return {
        "id": asked.id,
        "from_starts_at": visit.starts_at,
        "to_starts_at": slot.starts_at,
        "to_ends_at": slot.ends_at,
        "reason": asked.reason,
        "answer_until": asked.answer_until,
        "yours_to_answer": visit.requested_by == relative_id,
    }


@in_transaction
def answer_move(session: Session, *, actor: Actor, visit_id: str, agree: bool) -> Visit:
    """Raises NotFound (no open question), NotAllowed for who comes along, Refused when the slot is gone."""
    visit = own_visit(session, actor.id, visit_id)
    if visit.requested_by != actor.id:
        raise NotAllowed.of("only_who_booked")
    asked = _open(session, visit)
    if agree:
        moves.move_visit(session, actor, visit, asked.to_slot_id, reason=asked.reason)
    # Only now: the move locks resident, slots and visit first, as everybody does.
    session.refresh(asked, with_for_update=True)
    if asked.status is not MoveStatus.PROPOSED:
        raise Conflict.of("changed_meanwhile")
    asked.status = MoveStatus.AGREED if agree else MoveStatus.DECLINED
    asked.answered_at, asked.answered_by = now(), actor.id
    action = f"visit.move_{asked.status.value}"
    audit.record(session, actor, action, "visit", visit.id, site_id=visit.site_id)
    said = "家属已同意改期" if agree else "家属不同意改期，会见仍在原时间"
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER],
        text=f"【改期答复】{said}：{chinese(visit.starts_at)}，{visit.place} 号会见位。",
        dedupe_key=f"move:{asked.id}:answered",
    )
    return visit


def _open(session: Session, visit: Visit) -> VisitMove:
    query = select(VisitMove).where(
        VisitMove.open_visit_id == visit.id, VisitMove.answer_until > now()
    )
    asked = session.scalar(query)
    if asked is None:
        raise NotFound.of("move_none")
    return asked
