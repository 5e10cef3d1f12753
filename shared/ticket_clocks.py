"""After each event of a ticket: its clocks reckoned anew, stored, and the next step of each set as a timer."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import ticket_log
from shared.clock import now
from shared.models.tickets import CalendarDay, SlaPolicy, Ticket, TicketClock, TicketEvent, Timer
from shared.rules.sla import Clock, reckon
from shared.rules.sla_policy import DEFAULT, ClockName, Policy
from shared.rules.working_time import Always, Calendar, WorkingTime

_calendar: tuple[Any, WorkingTime] | None = None


def arrange(session: Session, ticket: Ticket) -> dict[ClockName, Clock]:
    """The caller holds the ticket's row and has written its event."""
    ticket.generation += 1
    clocks = reckoned(session, ticket, ticket_log.lines(session, [ticket.id])[ticket.id])
    known = {
        one.name: one
        for one in session.scalars(select(TicketClock).where(TicketClock.ticket_id == ticket.id))
    }
    for name, stored in known.items():
        if ClockName(name) not in clocks:
            session.delete(stored)
    for clock in clocks.values():
        stored = known.get(clock.name.value) or TicketClock(
            ticket_id=ticket.id, name=clock.name.value, plan="", fired_step=-1
        )
        _store(clock, stored)
        session.add(stored)
        set_timer(session, ticket, clock, number=stored.fired_step + 1)
    session.flush()
    return clocks


def reckoned(session: Session, ticket: Ticket, log: list[TicketEvent]) -> dict[ClockName, Clock]:
    policy = policy_of(ticket)
    return reckon(
        ticket_log.events(log),
        kind=ticket.opened_as.value,
        policy=policy,
        calendars=calendars(session, {policy.calendars[ticket.kind.value]}),
    )


def set_timer(session: Session, ticket: Ticket, clock: Clock, *, number: int) -> None:
    """The step, if it will come as things are."""
    due_at = clock.step_at(number)
    if due_at is None:
        return
    session.add(
        Timer(
            subject=ticket.id,
            kind=clock.name.value,
            step=number,
            generation=ticket.generation,
            due_at=due_at,
        )
    )


def policy_of(ticket: Ticket) -> Policy:
    return _parse(json.dumps(ticket.policy, sort_keys=True))


def newest_policy(session: Session) -> dict[str, Any]:
    newest = session.scalar(select(SlaPolicy.data).order_by(SlaPolicy.version.desc()).limit(1))
    return newest or DEFAULT


def calendars(session: Session, wanted: Iterable[str]) -> Mapping[str, Calendar]:
    """By the names that policies use. Incidents never ask for the working calendar, so it is not read for them."""
    return {name: _working(session) if name == "working" else Always() for name in wanted}


def _store(clock: Clock, stored: TicketClock) -> None:
    stored.fired_step = clock.last_spoken(stored.fired_step, stored.plan, stored.due_at, now())
    stored.plan, stored.started_at, stored.due_at = clock.plan, clock.started_at, clock.due_at
    stored.answered_at, stored.provisional = clock.answered_at, clock.provisional


def _working(session: Session) -> Calendar:
    """Kept by the process until the table changes."""
    global _calendar
    version = session.execute(select(func.count(), func.max(CalendarDay.changed_at))).one()
    if _calendar is None or _calendar[0] != tuple(version):
        rows = session.execute(select(CalendarDay.day, CalendarDay.worked))
        days = {day: worked for day, worked in rows}  # noqa: C416 - a row is no pair to mypy
        if not days:
            return Always()
        _calendar = (tuple(version), WorkingTime(days))
    return _calendar[1]


@lru_cache(maxsize=64)
def _parse(text: str) -> Policy:
    return Policy.of(json.loads(text))
