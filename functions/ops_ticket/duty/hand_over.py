"""值班交接: from this moment another person's phone rings. What runs is told to both, and stands in every ticket.

The clocks need no change: whom a step calls is looked up when it fires.
"""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.duty.set_shift import add_shift, lock_roster, may_take, too_long
from functions.ops_ticket.duty.show_duty import roster
from shared import audit, messages, ticket_log
from shared.actors import Actor
from shared.clock import chinese, now, read_moment
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotAllowed, raise_if_any, reason
from shared.idempotency import once
from shared.models.officers import Officer, Role
from shared.models.tickets import DutyShift, Ticket, TicketClock
from shared.rules.sla_policy import LEVEL_NAMES, Level
from shared.rules.ticket_flow import OVER


@in_transaction
def hand_over(
    session: Session,
    *,
    actor: Actor,
    level: Level,
    from_officer_id: str | None,
    to_officer_id: str,
    ends_at: datetime | None,
    note: str,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """`ends_at` None: to the end of the running shift. Raises Conflict when `from_officer_id` is not on duty now."""
    assert actor.site_id is not None
    wanted = (level, from_officer_id, to_officer_id, ends_at, note)
    done = once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"hand_over": wanted},
        effect=lambda: _hand_over(session, actor, *wanted),
    )
    return roster(session, actor.site_id, now(), read_moment(done["until"]))


def _hand_over(
    session: Session,
    actor: Actor,
    level: Level,
    from_officer_id: str | None,
    to_officer_id: str,
    ends_at: datetime | None,
    note: str,
) -> dict[str, Any]:
    site_id = lock_roster(session, actor)
    running = _running(session, site_id, level)
    if from_officer_id != (running.officer_id if running else None):
        raise Conflict.of("duty_changed")
    _require_right(actor, running)
    until = ends_at or (running.ends_at if running else None)
    wrong = [] if until is not None and until > now() else [reason("hand_over_end", "ends_at")]
    wrong += too_long(now(), until) if until is not None else []
    if to_officer_id == from_officer_id or not may_take(session, site_id, to_officer_id, level):
        wrong.append(reason("shift_officer_unfit", "to_officer_id"))
    raise_if_any(wrong, BadInput)
    assert until is not None
    at = now()  # the old shift ends and the new one begins at the same moment
    back = _give_back(session, running, at, until)
    moved = _make_room(session, site_id, level, at, until)
    shift = add_shift(session, site_id, level, to_officer_id, at, until)
    count = _write_into_tickets(session, actor, site_id, level, note)
    people = {one for one in (from_officer_id, to_officer_id, *moved) if one is not None}
    _tell(session, site_id, people, count, shift, _words(shift, back, moved))
    audit.record(
        session, actor, "duty.handed_over", "duty_shift", shift.id,
        level=int(level), from_officer=from_officer_id, to_officer=to_officer_id, tickets=count,
    )  # fmt: skip
    return {"until": until.isoformat()}


def _running(session: Session, site_id: str, level: Level) -> DutyShift | None:
    return session.scalar(
        select(DutyShift).where(
            DutyShift.site_id == site_id,
            DutyShift.level == level.value,
            DutyShift.starts_at <= now(),
            DutyShift.ends_at > now(),
        )
    )


def _require_right(actor: Actor, running: DutyShift | None) -> None:
    """Who is on duty hands over himself; the lead and the supervisor for anybody."""
    own = running is not None and running.officer_id == actor.id
    if not own and not actor.roles & {Role.OPS_LEAD, Role.SUPERVISOR}:
        raise NotAllowed.of("not_allowed")


def _give_back(
    session: Session, running: DutyShift | None, at: datetime, until: datetime
) -> DutyShift | None:
    """The running shift ends; what of it is left after `until` goes back to the one who had it."""
    if running is None:
        return None
    ends_at, running.ends_at = running.ends_at, at
    if ends_at <= until:
        return None
    site_id, level = running.site_id, Level(running.level)
    return add_shift(session, site_id, level, running.officer_id, until, ends_at)


def _make_room(
    session: Session, site_id: str, level: Level, at: datetime, until: datetime
) -> set[str]:
    """Planned shifts that the new one reaches into begin later, or are dropped; whose they are."""
    later = session.scalars(
        select(DutyShift).where(
            DutyShift.site_id == site_id,
            DutyShift.level == level.value,
            DutyShift.starts_at > at,
            DutyShift.starts_at < until,
        )
    ).all()
    for one in later:
        if one.ends_at <= until:
            session.delete(one)
        else:
            one.starts_at = until
    return {one.officer_id for one in later}


def _write_into_tickets(
    session: Session, actor: Actor, site_id: str, level: Level, note: str
) -> int:
    """How many are running."""
    running = select(Ticket).where(Ticket.site_id == site_id, Ticket.status.not_in(OVER))
    text = f"值班交接（{LEVEL_NAMES[level]}）：{note}"
    tickets: Sequence[Ticket] = session.scalars(running.order_by(Ticket.id).with_for_update()).all()
    for ticket in tickets:
        ticket_log.append(session, ticket, actor, "hand_over", text)
    return len(tickets)


def _words(shift: DutyShift, back: DutyShift | None, moved: Set[str]) -> str:
    said = f"【值班交接】{LEVEL_NAMES[Level(shift.level)]}岗位已交接，值班到 {chinese(shift.ends_at)}。"
    if back is not None:
        said += f"\n之后由原值班人继续值班到 {chinese(back.ends_at)}。"
    if moved:
        said += "\n原来排在这段时间的班次已推迟或取消，请打开值班表核对。"
    return said


def _tell(
    session: Session, site_id: str, people: Set[str], count: int, shift: DutyShift, said: str
) -> None:
    first = session.scalar(
        select(func.min(TicketClock.due_at))
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(Ticket.site_id == site_id, Ticket.status.not_in(OVER))
        .where(TicketClock.answered_at.is_(None))
    )
    due = f"，最近的时限 {chinese(first)}" if first else ""
    text = f"{said}\n未结工单 {count} 个{due}。请接班人打开工单列表逐一查看。"
    users = session.scalars(select(Officer.wecom_user_id).where(Officer.id.in_(people)))
    messages.tell_users(
        session, list(users), text=text, dedupe_key=f"duty:{shift.id}", page="/tickets"
    )
