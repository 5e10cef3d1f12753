"""Timer: the steps of the tickets' clocks that are due.

Firing is one transaction: the step, the ticket's log, the message and the next step. After an outage only the highest
due step of a clock speaks; the ones it skips are recorded as superseded, and more than a few messages for one person
become one digest. Any number of these may run at once: a batch is taken with SKIP LOCKED.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, duty, messages, ticket_clocks, ticket_log
from shared.actors import SYSTEM
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.ids import new_id
from shared.models.tickets import Ticket, TicketClock, TicketEvent, Timer, TimerState
from shared.rules.sla import Clock
from shared.rules.sla_policy import ClockName, Level, Step, Tone
from shared.tickets import headline

BATCH = 100
ROUNDS = 20  # a run ends by then; the next tick goes on
DIGEST_OVER = 20

CLOCKS = {
    ClockName.RESPONSE: "响应",
    ClockName.PLAN: "提交处理方案",
    ClockName.RESOLUTION: "解决故障",
    ClockName.CONTINGENCY: "提交应急方案",
    ClockName.REPORT: "提交故障处理报告",
}
LEVELS = {
    Level.ENGINEER: "工程师",
    Level.SPECIALIST: "技术专家",
    Level.LEAD: "运维负责人",
    Level.CUSTOMER: "甲方负责人",
}
# The last line tells two steps apart: WeCom drops a second message that is the same to the byte.
TEXTS = {
    Tone.WARNING: "【时限提醒】{what}\n距“{clock}”时限还有 {left}，{due} 到期，请及时处理。\n工单：{code}",
    Tone.BREACH: "【已超时·升级至{level}】{what}\n“{clock}”已超时 {over}，请立即处理。\n工单：{code}",
    Tone.REMINDER: "【仍未处理】{what}\n“{clock}”已超时 {over}。打开工单点“知道了”后不再重复提醒。\n工单：{code}",
}
DIGEST = "【时限汇总】有 {count} 个工单的时限需要处理，其中已超时 {breached} 个。\n请打开工单列表按时限排序查看。\n批次：{code}"


@dataclass(frozen=True)
class Call:
    """One step that speaks: to whom, in which words."""

    timer: Timer
    people: Sequence[duty.OnCall]
    step: Step
    text: str

    @property
    def key(self) -> str:
        return f"step:{self.timer.id}"

    def told(self, key: str) -> dict[str, Any]:
        """What the auditor compares: the level, the people, and the message that went to them."""
        officers = [one.officer_id for one in self.people]
        return {"level": int(self.step.level), "officers": officers, "message": key}


def fire_deadlines() -> int:
    """How many steps fired."""
    total = 0
    for _ in range(ROUNDS):
        taken, fired = _fire_batch()
        total += fired
        if taken < BATCH:
            break
    return total


@in_transaction
def _fire_batch(session: Session) -> tuple[int, int]:
    """How many timers were taken, and how many steps fired."""
    timers = session.scalars(
        select(Timer)
        .where(Timer.state == TimerState.WAITING, Timer.due_at <= now())
        .order_by(Timer.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not timers:
        return 0, 0
    ids = {one.subject for one in timers}
    # Timers are locked by firing alone and tickets in the order of their ids, so nobody waits in a circle.
    locked = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()
    tickets = {one.id: one for one in session.scalars(locked)}
    logs = ticket_log.lines(session, ids)
    stored = {
        (one.ticket_id, one.name): one
        for one in session.scalars(select(TicketClock).where(TicketClock.ticket_id.in_(ids)))
    }
    book = duty.Book(session, {one.site_id for one in tickets.values()})
    calls = []
    for timer in timers:
        ticket = tickets.get(timer.subject)
        if ticket is None or timer.generation != ticket.generation:
            timer.state = TimerState.STALE
            continue
        log = logs[ticket.id]
        clock = ticket_clocks.reckoned(session, ticket, log)[ClockName(timer.kind)]
        step, spoke = _settle(session, ticket, clock, timer)
        stored[ticket.id, timer.kind].fired_step = step.number
        text = _speak(session, ticket, clock, step, log)
        calls.append(Call(spoke, book.called(ticket.site_id, step.level), step, text))
        ticket_clocks.set_timer(session, ticket, clock, number=step.number + 1)
    _send(session, calls)
    return len(timers), len(calls)


def _settle(session: Session, ticket: Ticket, clock: Clock, timer: Timer) -> tuple[Step, Timer]:
    """The step that speaks, with its timer: the highest due. Those before it are written as superseded."""
    step = clock.step(clock.highest_due(timer.step, now()))
    timer.fired_at, timer.state = now(), TimerState.SUPERSEDED
    last = timer
    for number in range(timer.step + 1, step.number + 1):
        last = Timer(
            id=new_id(),
            subject=ticket.id,
            kind=timer.kind,
            step=number,
            generation=ticket.generation,
            due_at=clock.step_at(number),
            state=TimerState.SUPERSEDED,
            fired_at=now(),
        )
        session.add(last)
    last.state = TimerState.FIRED
    return step, last


def _speak(
    session: Session, ticket: Ticket, clock: Clock, step: Step, log: list[TicketEvent]
) -> str:
    """Into the ticket's log and the audit trail; gives the words for the message."""
    text = _text(ticket, clock, step)
    kind = step.tone.value
    ticket_log.append(session, ticket, SYSTEM, kind, text, value=clock.name.value, log=log)
    audit.record(
        session,
        SYSTEM,
        f"ticket.{kind}",
        "ticket",
        ticket.id,
        site_id=ticket.site_id,
        clock=clock.name.value,
        step=step.number,
    )
    return text


def _text(ticket: Ticket, clock: Clock, step: Step) -> str:
    due_at = clock.due_at
    assert due_at is not None  # a paused clock fires nothing
    return TEXTS[step.tone].format(
        what=headline(ticket),
        clock=CLOCKS[clock.name],
        level=LEVELS[step.level],
        left=_spoken(due_at - now()),
        over=_spoken(now() - due_at),
        due=chinese(due_at),
        code=f"{ticket.id}-{clock.name.value}-{ticket.generation}-{step.number}",
    )


def _spoken(span: timedelta) -> str:
    minutes = max(int(span.total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分钟" if hours else f"{rest} 分钟"


def _send(session: Session, calls: Sequence[Call]) -> None:
    """Each step its own message; who would get more than a few gets one that counts them."""
    by_people: dict[tuple[duty.OnCall, ...], list[Call]] = defaultdict(list)
    for call in calls:
        by_people[tuple(call.people)].append(call)
    for people, same in by_people.items():
        texts = {one.key: one.text for one in same}
        if len(same) > DIGEST_OVER:
            digest = new_id()
            breached = sum(one.step.tone is not Tone.WARNING for one in same)
            text = DIGEST.format(count=len(same), breached=breached, code=digest)
            texts = {f"steps:{digest}": text}
        for call in same:
            call.timer.told = call.told(call.key if call.key in texts else next(iter(texts)))
        users = [one.wecom_user_id for one in people]
        for key, text in texts.items():
            messages.tell_users(session, users, text=text, dedupe_key=key)
