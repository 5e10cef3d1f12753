"""Everything that a monitoring system asks for. Numbers, routes and names of jobs alone: nothing personal."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from functions.ops_ticket.audit_deadlines import job_faults
from functions.ops_ticket.figures import frame_lag_s
from functions.ops_ticket.metrics.exposition import Metric, Sample, text
from shared.clock import now
from shared.database import in_transaction
from shared.erasure import DELETIONS
from shared.models.phones import PhoneCheckJob, PhoneCheckJobStatus
from shared.models.plumbing import Outbox, OutboxState, RequestCount
from shared.models.rooms import RoomEvent
from shared.models.tickets import Heartbeat, Ticket, TicketClock, Timer, TimerState
from shared.models.visits import Visit, VisitStatus
from shared.rules.ticket_flow import OVER

Moment = InstrumentedAttribute[datetime]


@in_transaction
def show_metrics(session: Session) -> str:
    return text([*_requests(session), *_queues(session), *_jobs(session), *_work(session)])


def _requests(session: Session) -> Iterator[Metric]:
    rows = session.execute(
        select(
            RequestCount.route,
            RequestCount.method,
            RequestCount.status,
            RequestCount.requests,
            RequestCount.ms,
        ).order_by(RequestCount.route, RequestCount.method, RequestCount.status)
    ).all()
    samples: list[Sample] = []
    for route, method, status, requests, ms in rows:
        labels = {"route": route, "method": method, "status": str(status)}
        samples.append(Sample(ms / 1000, labels, "_sum"))
        samples.append(Sample(requests, labels, "_count"))
    yield Metric(
        "visits_request_seconds", "summary", "Answers and how long they took, by route.", samples
    )


def _queues(session: Session) -> Iterator[Metric]:
    """What is due and not yet done. `oldest`: for how long the first of it has been due."""
    waits = Outbox.state == OutboxState.WAITING
    waiting = {
        "outbox": _due(session, Outbox.due_at, waits & Outbox.kind.not_in(DELETIONS)),
        "deletions": _due(session, Outbox.due_at, waits & Outbox.kind.in_(DELETIONS)),
        "room_events": _due(session, RoomEvent.received_at, RoomEvent.worked_at.is_(None)),
        "phone_checks": _due(
            session, PhoneCheckJob.due_at, PhoneCheckJob.status == PhoneCheckJobStatus.WAITING
        ),
        "timers": _due(session, Timer.due_at, Timer.state == TimerState.WAITING),
    }
    depths = [Sample(count, {"queue": name}) for name, (count, _) in waiting.items()]
    oldest = [Sample(seconds, {"queue": name}) for name, (_, seconds) in waiting.items()]
    yield Metric("visits_queue_depth", "gauge", "Rows that are due.", depths)
    yield Metric("visits_queue_oldest_seconds", "gauge", "How long the oldest is due.", oldest)
    dead = _count(session, Outbox.state == OutboxState.DEAD)
    yield Metric(
        "visits_outbox_dead", "gauge", "Given up after the last try; kept 184 days.", [Sample(dead)]
    )


def _due(session: Session, since: Moment, waits: ColumnElement[bool]) -> tuple[int, float]:
    query = select(func.count(), func.min(since)).where(waits, since <= now())
    count, oldest = session.execute(query).one()
    return count, (now() - oldest).total_seconds() if oldest else 0.0


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0


def _jobs(session: Session) -> Iterator[Metric]:
    beats = {one.job: one.beat_at for one in session.scalars(select(Heartbeat))}
    silent = {job for _, job in job_faults(beats)}
    ends = [Sample(at.timestamp(), {"job": job}) for job, at in sorted(beats.items())]
    quiet = [Sample(job in silent, {"job": job}) for job in sorted({*beats, *silent})]
    yield Metric("visits_job_end_timestamp_seconds", "gauge", "When a job last ended well.", ends)
    yield Metric("visits_job_silent", "gauge", "1 when a job should have run and did not.", quiet)


def _work(session: Session) -> Iterator[Metric]:
    lag = frame_lag_s(session)
    yield Metric(
        "visits_frame_lag_seconds",
        "gauge",
        "The oldest picture when it was looked at, of the last minutes; none without a visit.",
        [] if lag is None else [Sample(lag)],
    )
    running = _count(session, Visit.status == VisitStatus.IN_PROGRESS)
    yield Metric("visits_in_progress", "gauge", "Visits that are going on.", [Sample(running)])
    kinds = session.execute(
        select(Ticket.kind, Ticket.severity, func.count())
        .where(Ticket.status.not_in(OVER))
        .group_by(Ticket.kind, Ticket.severity)
    )
    opened = [
        Sample(count, {"kind": kind.value, "severity": severity.value})
        for kind, severity, count in kinds
    ]
    yield Metric("visits_tickets_open", "gauge", "Tickets that are not over.", opened)
    yield Metric(
        "visits_sla_overdue", "gauge", "Running clocks past their deadline.", _overdue(session)
    )


def _overdue(session: Session) -> list[Sample]:
    clocks = session.execute(
        select(TicketClock.name, func.count())
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(
            Ticket.status.not_in(OVER),
            TicketClock.answered_at.is_(None),
            TicketClock.due_at < now(),
        )
        .group_by(TicketClock.name)
    )
    return [Sample(count, {"clock": name}) for name, count in clocks]
