"""Timer: the steps of the tickets' clocks that are due.

Firing is one transaction: the step, the ticket's event, the message and the next step. After an outage only
the highest due step of a clock speaks; the ones it skips are recorded as superseded.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import SYSTEM
from shared.clock import now
from shared.database import in_transaction
from shared.models.tickets import Ticket, TicketEvent, TicketStatus, Timer, TimerState
from shared.rules.deadlines import RESPONSE_DUE, RESPONSE_STEPS, Tone, due_at
from shared.tickets import RESPONSE, watch_response

BATCH = 100
# The minutes tell two steps apart: WeCom drops a second message that is the same to the byte.
TEXTS = {
    Tone.WARNING: "【响应提醒】距 30 分钟响应时限还有 {left} 分钟，请立即处理。\n{title}\n工单：{id}",
    Tone.BREACH: "【响应超时·已升级】工单报告 {after} 分钟仍无人响应，现升级给您。\n{title}\n工单：{id}",
}


def fire_deadlines() -> int:
    """How many steps fired. Any number of these may run at once."""
    return sum(_fire(timer_id=timer_id) for timer_id in _due())


@in_transaction
def _due(session: Session) -> list[str]:
    waiting = select(Timer.id).where(
        Timer.kind == RESPONSE, Timer.state == TimerState.WAITING, Timer.due_at <= now()
    )
    return list(session.scalars(waiting.order_by(Timer.due_at).limit(BATCH)))


@in_transaction
def _fire(session: Session, *, timer_id: str) -> bool:
    # The ticket first, then its timer: acknowledging locks in the same order.
    subject = session.scalar(select(Timer.subject).where(Timer.id == timer_id))
    ticket = session.get(Ticket, subject, with_for_update=True)
    timer = session.get(Timer, timer_id, with_for_update=True)
    if ticket is None or timer is None or timer.state is not TimerState.WAITING:
        return False
    if timer.generation != ticket.generation or ticket.status is not TicketStatus.OPEN:
        timer.state = TimerState.STALE
        return False
    step = _highest_due(session, ticket, timer)
    _escalate(session, ticket, step)
    if step + 1 < len(RESPONSE_STEPS):
        watch_response(session, ticket, step=step + 1)
    return True


def _highest_due(session: Session, ticket: Ticket, timer: Timer) -> int:
    """The last step that is due by now; those before it are written as superseded."""
    last = timer.step
    while last + 1 < len(RESPONSE_STEPS) and due_at(ticket.reported_at, last + 1) <= now():
        last += 1
    timer.fired_at = now()
    timer.state = TimerState.FIRED if last == timer.step else TimerState.SUPERSEDED
    for step in range(timer.step + 1, last + 1):
        state = TimerState.FIRED if step == last else TimerState.SUPERSEDED
        session.add(
            Timer(
                subject=ticket.id,
                kind=RESPONSE,
                step=step,
                generation=ticket.generation,
                due_at=due_at(ticket.reported_at, step),
                state=state,
                fired_at=now(),
            )
        )
    return last


def _escalate(session: Session, ticket: Ticket, step: int) -> None:
    plan = RESPONSE_STEPS[step]
    ticket.escalation_step = step
    after = (now() - ticket.reported_at) // timedelta(minutes=1)
    left = RESPONSE_DUE // timedelta(minutes=1) - after
    text = TEXTS[plan.tone].format(title=ticket.title, id=ticket.id, after=after, left=left)
    session.add(TicketEvent(ticket_id=ticket.id, actor="system", kind=plan.tone.value, text=text))
    messages.tell_staff(
        session,
        site_id=ticket.site_id,
        roles=[plan.role],
        text=text,
        dedupe_key=f"ticket:{ticket.id}:{ticket.generation}:response:{step}",
    )
    audit.record(
        session,
        SYSTEM,
        f"ticket.response_{plan.tone.value}",
        "ticket",
        ticket.id,
        site_id=ticket.site_id,
        step=step,
    )
