"""Timer: a second, separate reckoning of what should have fired, held against what did.

For every running ticket, and every one that changed lately, the log is replayed by `shared.rules.sla_audit`, which shares
no code with what fires. Whatever is missing, extra, early, late, told to somebody else or without its message is a
finding. The findings of one kind about one ticket open one incident, told directly and not through the outbox whose
failure it may be; while it is open they open no other, so that a month of silence is one incident and not thousands.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared import duty, ticket_log, tickets
from shared.batches import all_of, each
from shared.clients.errors import ProviderError
from shared.clock import now
from shared.database import after_commit, in_transaction
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import (
    CalendarDay,
    Heartbeat,
    Severity,
    Ticket,
    TicketClock,
    TicketEvent,
    Timer,
    TimerState,
)
from shared.rules.jobs import silent_after
from shared.rules.sla_audit import Expected, Line, Reckoning
from shared.rules.sla_policy import Level
from shared.rules.ticket_flow import OVER
from shared.sites import first_site

log = logging.getLogger("visits.audit")

BATCH = 200
LOOK_BACK = timedelta(hours=1)
CLOSE = timedelta(seconds=30)  # an event this near to a step may have come before or after it
LATE = timedelta(seconds=45)  # several ticks of the firing timer
AHEAD = timedelta(seconds=30)  # a heartbeat from the future: a clock was set
OURS = "audit:"  # how the keys of its own incidents begin
SHOWN = 20
FIRED = (TimerState.FIRED, TimerState.SUPERSEDED)
TITLES = {
    "altered_event": "工单记录被改动或缺失",
    "wrong_deadline": "工单时限与记录推算不一致",
    "missing_timer": "工单的下一次提醒没有排上",
    "missing_step": "应发出的提醒没有发出",
    "extra_step": "发出了不应有的提醒",
    "early_step": "提醒早于时限发出（时钟可能被调整）",
    "late_step": "提醒发出过晚",
    "wrong_person": "提醒发给了错误的人或级别",
    "lost_message": "提醒已触发但消息丢失或未送达",
    "silent_job": "定时任务没有运行",
    "clock_step": "服务器时钟异常",
}


@dataclass(frozen=True)
class Finding:
    kind: str
    site_id: str
    subject: str
    detail: str = ""

    @property
    def about(self) -> str:
        return f"{OURS}{self.kind}:{self.subject}:"


def audit_deadlines() -> int:
    """How many incidents were opened."""
    return all_of(lambda: _report_all(_audit_tickets()), lambda: _report_all(_audit_jobs()))


def _report_all(found: Sequence[Finding]) -> int:
    alike: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in found:
        alike[one.about, one.site_id].append(one)
    return each(alike.values(), lambda some: _report(findings=some))


def _audit_tickets() -> list[Finding]:
    found: list[Finding] = []
    after = ""
    while batch := _ticket_ids(after=after):
        found += _audit_batch(ids=batch)
        after = batch[-1]
    return found


@in_transaction
def _ticket_ids(session: Session, *, after: str) -> list[str]:
    """Running tickets and those that changed lately: the cost follows what goes on, not history."""
    wanted = or_(Ticket.status.not_in(OVER), Ticket.changed_at >= now() - LOOK_BACK)
    query = select(Ticket.id).where(Ticket.id > after, wanted).order_by(Ticket.id).limit(BATCH)
    return list(session.scalars(query))


@in_transaction
def _audit_batch(session: Session, *, ids: Sequence[str]) -> list[Finding]:
    rows = session.execute(select(CalendarDay.day, CalendarDay.worked))
    days = {day: worked for day, worked in rows}  # noqa: C416 - a row is no pair to mypy
    logs = ticket_log.lines(session, ids)
    clocks: dict[str, list[TicketClock]] = defaultdict(list)
    for clock in session.scalars(select(TicketClock).where(TicketClock.ticket_id.in_(ids))):
        clocks[clock.ticket_id].append(clock)
    timers: dict[str, list[Timer]] = defaultdict(list)
    for timer in session.scalars(select(Timer).where(Timer.subject.in_(ids))):
        timers[timer.subject].append(timer)
    found: list[Finding] = []
    for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        log = logs.get(ticket.id, [])
        try:
            one = Audit(session, ticket, log, clocks[ticket.id], timers[ticket.id], days)
            found += one.findings()
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - what cannot even be reckoned was altered, and hides no other
            why = type(error).__name__
            found.append(Finding("altered_event", ticket.site_id, ticket.id, why))
    return found


class Audit:
    """One ticket."""

    def __init__(
        self,
        session: Session,
        ticket: Ticket,
        log: Sequence[TicketEvent],
        clocks: Sequence[TicketClock],
        timers: Sequence[Timer],
        days: Mapping[date, bool],
    ) -> None:
        self._session, self._ticket, self._log = session, ticket, log
        self._clocks, self._timers = clocks, timers
        self._reckoning = Reckoning(
            [Line(one.kind, one.happened_at, one.value) for one in log],
            kind=ticket.opened_as.value,
            policy=ticket.policy,
            days=days,
        )

    def findings(self) -> Iterator[Finding]:
        broken = ticket_log.broken_at(self._log)
        if broken is not None or len(self._log) != self._ticket.last_seq:
            yield self._finding("altered_event", str(broken or len(self._log) + 1))
            return  # nothing can be reckoned from it
        yield from self._deadlines()
        expected = self._reckoning.expected(now(), CLOSE)
        yield from self._steps(expected)
        yield from self._waiting()

    def _deadlines(self) -> Iterator[Finding]:
        mine = {one.name: (one.due_at, one.answered_at is not None) for one in self._clocks}
        again = {
            name: (one.due_at, one.answered) for name, one in self._reckoning.standing().items()
        }
        for name in sorted(mine.keys() | again.keys()):
            if mine.get(name) != again.get(name):
                yield self._finding("wrong_deadline", name)

    def _steps(self, expected: Sequence[Expected]) -> Iterator[Finding]:
        done = [one for one in self._timers if one.state in FIRED]
        fired = Counter((one.kind, one.step, one.due_at) for one in done)
        allowed = Counter((one.clock, one.step, one.due_at) for one in expected)
        settled = Counter(
            (one.clock, one.step, one.due_at)
            for one in expected
            if one.certain and one.from_at + LATE < now()
        )
        for clock, step, _ in sorted(settled - fired, key=_due_at):
            yield self._finding("missing_step", f"{clock}-{step}")
        for clock, step, _ in sorted(fired - allowed, key=_due_at):
            yield self._finding("extra_step", f"{clock}-{step}")
        by_key = {(one.clock, one.step, one.due_at): one for one in expected}
        for timer in sorted(done, key=lambda one: one.due_at):
            plan = by_key.get((timer.kind, timer.step, timer.due_at))
            if plan is not None:
                yield from self._step(timer, plan)

    def _step(self, timer: Timer, plan: Expected) -> Iterator[Finding]:
        name = f"{timer.kind}-{timer.step}"
        fired_at = timer.fired_at or now()
        if fired_at < plan.due_at:
            yield self._finding("early_step", name)
        if timer.state is not TimerState.FIRED or fired_at < now() - LOOK_BACK:
            return
        if fired_at > plan.from_at + LATE:
            yield self._finding("late_step", name)
        told = timer.told or {}
        # Just after a hand-over the step may have looked before it: then the one who had the shift was right.
        called = [self._called(plan, at) for at in (fired_at, fired_at - CLOSE)]
        if told.get("level") != plan.level or told.get("officers") not in called:
            yield self._finding("wrong_person", name)
        elif told["officers"] and not self._message_stands(told.get("message", "")):
            yield self._finding("lost_message", name)

    def _called(self, plan: Expected, at: datetime) -> list[str]:
        book = duty.Book(self._session, [self._ticket.site_id], at)
        called = book.called(self._ticket.site_id, Level(plan.level))
        return [one.officer_id for one in called]

    def _message_stands(self, key: str) -> bool:
        state = self._session.scalar(select(Outbox.state).where(Outbox.dedupe_key == key))
        return state is not None and state is not OutboxState.DEAD

    def _waiting(self) -> Iterator[Finding]:
        """The next step of every running clock must stand as a timer of this generation; or be due just now."""
        waiting = {
            one.kind: (one.step, one.due_at)
            for one in self._timers
            if one.state is TimerState.WAITING and one.generation == self._ticket.generation
        }
        for clock, step_at in self._reckoning.upcoming().items():
            stands = waiting.get(clock)
            if stands is None or (stands != step_at and stands[1] > now()):
                yield self._finding("missing_timer", f"{clock}-{step_at[0]}")

    def _finding(self, kind: str, detail: str) -> Finding:
        """About its own incidents all together: where nothing fires, each would only bring the next one."""
        ticket = self._ticket
        if (ticket.source_key or "").startswith(OURS):
            return Finding(kind, ticket.site_id, f"own-{ticket.site_id}", f"{ticket.id}-{detail}")
        return Finding(kind, ticket.site_id, ticket.id, detail)


def _due_at(step: tuple[str, int, datetime]) -> tuple[datetime, str, int]:
    return step[2], step[0], step[1]


@in_transaction
def _audit_jobs(session: Session) -> list[Finding]:
    """Timers that are silent, or that beat in the future. Told to the first site: they serve all."""
    site_id = first_site(session)
    if site_id is None:
        return []
    beats = {one.job: one.beat_at for one in session.scalars(select(Heartbeat))}
    return [Finding(kind, site_id, job, f"{now():%Y%m%d%H}") for kind, job in job_faults(beats)]


def job_faults(beats: Mapping[str, datetime]) -> list[tuple[str, str]]:
    """`beats` of all jobs that ever ran; before the first of them nothing is missed."""
    first = min(beats.values(), default=None)
    found = [("clock_step", job) for job, at in beats.items() if at > now() + AHEAD]
    for job, silence in silent_after().items():
        last = beats.get(job, first)
        if last is not None and last + silence < now():
            found.append(("silent_job", job))
    return found


@in_transaction
def _report(session: Session, *, findings: Sequence[Finding]) -> bool:
    """One incident for all of one kind about one thing, unless somebody is at it; told directly as well."""
    last = findings[-1]
    mine = Ticket.source_key.startswith(last.about, autoescape=True)
    if session.scalar(select(Ticket.id).where(mine, Ticket.closed_at.is_(None)).limit(1)):
        return False
    title = TITLES[last.kind]
    what = f"{last.subject} {_listed(findings)}"
    opened = tickets.open_incident(
        session,
        site_id=last.site_id,
        severity=Severity.II,
        source_key=f"{last.about}{last.detail}"[:128],
        title=f"时限核对：{title}",
        text=f"{title}。对象：{what}",
    )
    if opened is None:
        return False
    log.error("audit_finding", extra={"code": last.kind, "ticket_id": opened.id})
    users = duty.users(session, site_id=last.site_id, level=Level.LEAD)
    text = f"【时限核对异常】{title}\n对象：{what}\n工单：{opened.id}"
    after_commit(session, lambda: _tell_directly([one for one in users if one], text))
    return True


def _listed(findings: Sequence[Finding]) -> str:
    """The newest of them; all are counted."""
    shown = "、".join(one.detail for one in findings[-SHOWN:])
    return shown if len(findings) <= SHOWN else f"{shown} 等 {len(findings)} 处"


def _tell_directly(users: Sequence[str], text: str) -> None:
    """Not through the outbox. What fails here stands in the log, and in the incident's own messages."""
    from shared.clients import wecom

    if not users:
        return
    try:
        wecom.send_message(wecom.text_message(users, text))
    except ProviderError as error:
        log.error("audit_untold", extra={"code": error.code})
