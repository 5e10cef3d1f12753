"""Timer: the steps of the tickets' clocks that are due.

Firing is one transaction: the step, the ticket's log, the message and the next step. After an outage only the highest
due step of a clock speaks; the ones it skips are recorded as superseded, and more than a few messages for one person
become one digest. Any number of these may run at once: a batch is taken with SKIP LOCKED.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared import audit, duty, messages, ticket_clocks, ticket_log
from shared.actors import SYSTEM
from shared.batches import AWAY, each
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.ids import new_id
from shared.models.tickets import Ticket, TicketClock, TicketEvent, Timer, TimerState
from shared.rules.sla import Clock
from shared.rules.sla_policy import LEVEL_NAMES, ClockName, Step, Tone
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
# The last line tells two steps apart: WeCom drops a second message that is the same to the byte.
TEXTS = {
    Tone.WARNING: "【时限提醒】{what}\n距“{clock}”时限还有 {left}，{due} 到期，请及时处理。\n工单：{code}",
    Tone.BREACH: "【已超时·升级至{level}】{what}\n“{clock}”已超时 {over}，请立即处理。\n工单：{code}",
    Tone.REMINDER: "【仍未处理】{what}\n“{clock}”已超时 {over}。打开本消息即表示已知悉，不再重复提醒。\n工单：{code}",
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

    @property
    def page(self) -> str:
        """The card opens the ticket; of a breach it says there that its reader knows, and repetition ends."""
        ticket = f"/tickets/{self.timer.subject}"
        return ticket if self.step.tone is Tone.WARNING else f"{ticket}?seen={self.timer.kind}"

    def told(self, key: str) -> dict[str, Any]:
        """What the auditor compares: the level, the people, and the message that went to them."""
        officers = [one.officer_id for one in self.people]
        return {"level": int(self.step.level), "officers": officers, "message": key}


def fire_deadlines() -> int:
    """How many steps fired. Where a batch fails, all that are due go one by one: however many bad ones stand first, they
    keep no other waiting, and the auditor finds what they did not say."""
    total = 0
    for _ in range(ROUNDS):
        try:
            taken, fired = _fire_batch()
        except AWAY:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, `each` raises it after the last
            return total + each(_due(), _fire_one)
        total += fired
        if taken < BATCH:
            break
    return total


def _fire_one(timer_id: str) -> int:
    return _fire_batch(only=timer_id)[1]


@in_transaction
def _due(session: Session) -> list[str]:
    return list(session.scalars(_waiting().with_only_columns(Timer.id).limit(BATCH * ROUNDS)))


@in_transaction
def _fire_batch(session: Session, *, only: str | None = None) -> tuple[int, int]:
    """How many timers were taken, and how many steps fired."""
    timers = _take(session, only)
    if not timers:
        return 0, 0
    batch = Batch.of(session, {one.subject for one in timers})
    found = [_fire(session, batch, timer) for timer in timers]
    calls = [one for one in found if one is not None]
    _send(session, calls)
    return len(timers), len(calls)


def _take(session: Session, only: str | None) -> Sequence[Timer]:
    """The next due ones, or one of them, locked; what another instance holds is left to it."""
    wanted = _waiting().limit(BATCH)
    if only is not None:
        wanted = wanted.where(Timer.id == only)
    return session.scalars(wanted.with_for_update(skip_locked=True)).all()


def _waiting() -> Select[tuple[Timer]]:
    due = select(Timer).where(Timer.state == TimerState.WAITING, Timer.due_at <= now())
    return due.order_by(Timer.due_at)


@dataclass(frozen=True)
class Batch:
    """What a batch of timers needs, read in one statement each."""

    tickets: Mapping[str, Ticket]
    logs: Mapping[str, list[TicketEvent]]
    clocks: Mapping[tuple[str, str], TicketClock]
    book: duty.Book

    @classmethod
    def of(cls, session: Session, ids: Set[str]) -> "Batch":
        # Timers are locked by firing alone and tickets in the order of their ids, so nobody waits in a circle.
        locked = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()
        tickets = {one.id: one for one in session.scalars(locked)}
        stored = session.scalars(select(TicketClock).where(TicketClock.ticket_id.in_(ids)))
        return cls(
            tickets=tickets,
            logs=ticket_log.lines(session, ids),
            clocks={(one.ticket_id, one.name): one for one in stored},
            book=duty.Book(session, {one.site_id for one in tickets.values()}),
        )


def _fire(session: Session, batch: Batch, timer: Timer) -> Call | None:
    """None for a timer of an older generation: the ticket has moved on."""
    ticket = batch.tickets.get(timer.subject)
    if ticket is None or timer.generation != ticket.generation:
        timer.state = TimerState.STALE
        return None
    log = batch.logs[ticket.id]
    clock = ticket_clocks.reckoned(session, ticket, log)[ClockName(timer.kind)]
    step, spoke = _settle(session, ticket, clock, timer)
    batch.clocks[ticket.id, timer.kind].fired_step = step.number
    text = _speak(session, ticket, clock, step, log)
    ticket_clocks.set_timer(session, ticket, clock, number=step.number + 1)
    return Call(spoke, batch.book.called(ticket.site_id, step.level), step, text)


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
        level=LEVEL_NAMES[step.level],
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
        users = [one.wecom_user_id for one in people]
        send = _send_digest if len(same) > DIGEST_OVER else _send_each
        send(session, users, same)


def _send_each(session: Session, users: Sequence[str | None], calls: Sequence[Call]) -> None:
    for call in calls:
        call.timer.told = call.told(call.key)
        messages.tell_users(session, users, text=call.text, dedupe_key=call.key, page=call.page)


def _send_digest(session: Session, users: Sequence[str | None], calls: Sequence[Call]) -> None:
    code = new_id()
    key = f"steps:{code}"
    for call in calls:
        call.timer.told = call.told(key)
    breached = sum(call.step.tone is not Tone.WARNING for call in calls)
    text = DIGEST.format(count=len(calls), breached=breached, code=code)
    messages.tell_users(session, users, text=text, dedupe_key=key, page="/tickets")
