"""How the system is, for its keepers: each timer, what waits to be sent, what it stands on, and the promises."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.health import silent_jobs
from functions.ops_ticket.inspections.probe_services import NAMES, availability_of
from shared.actors import Actor
from shared.clock import is_moved, now
from shared.database import in_transaction
from shared.erasure import DELETIONS
from shared.models.inspections import ServiceState
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Heartbeat, Ticket, TicketClock
from shared.rules.job_names import JOB_NAMES, NOT_ON_A_MOVED_CLOCK
from shared.rules.job_periods import EVERY_S
from shared.rules.ticket_flow import OVER

SPAN = timedelta(days=30)
SOON = timedelta(hours=1)


@in_transaction
def show_status(session: Session, *, actor: Actor) -> dict[str, Any]:
    return {
        "jobs": _jobs(session),
        "messages": _messages(session),
        "services": _services(session),
        "promises": _promises(session, actor),
    }


def _jobs(session: Session) -> list[dict[str, Any]]:
    """What needs somebody first: the silent ones, then those whose last run failed."""
    beats = {one.job: one for one in session.scalars(select(Heartbeat))}
    silent = set(silent_jobs(session))
    found = [_job(job, beats.get(job), job in silent) for job in EVERY_S]
    return sorted(found, key=lambda one: (not one["silent"], not one["failed"], one["every_s"]))


def _job(job: str, beat: Heartbeat | None, silent: bool) -> dict[str, Any]:
    rests = is_moved() and job in NOT_ON_A_MOVED_CLOCK
    return {
        "job": job,
        "name": JOB_NAMES[job],
        "every_s": EVERY_S[job],
        "beat_at": beat and beat.beat_at,
        "silent": silent and not rests,
        "rests": rests,
        "failed": beat is not None
        and beat.failed_at is not None
        and beat.failed_at >= beat.beat_at,
    }


def _messages(session: Session) -> dict[str, Any]:
    def count(state: OutboxState) -> int:
        """Of those whose time has come."""
        query = select(func.count()).select_from(Outbox)
        return session.scalar(query.where(Outbox.state == state, Outbox.due_at <= now())) or 0

    oldest = session.scalar(
        select(func.min(Outbox.due_at)).where(
            Outbox.state == OutboxState.WAITING, Outbox.kind.not_in(DELETIONS)
        )
    )
    late = (now() - oldest).total_seconds() if oldest else 0.0
    waiting, dead = count(OutboxState.WAITING), count(OutboxState.DEAD)
    return {"waiting": waiting, "late_s": max(late, 0.0), "dead": dead}


def _services(session: Session) -> Sequence[dict[str, Any]]:
    states = {one.service: one for one in session.scalars(select(ServiceState))}
    history = {one["service"]: one for one in availability_of(session, now() - SPAN, now())}
    return [
        {
            "service": service,
            "name": name,
            "probed_at": service in states and states[service].probed_at or None,
            "failing_since": service in states and states[service].failing_since or None,
            "probes": history.get(service, {}).get("probes", 0),
            "failures": history.get(service, {}).get("failures", 0),
        }
        for service, name in NAMES.items()
    ]


def _promises(session: Session, actor: Actor) -> dict[str, Any]:
    """Of the actor's site: tickets that run, clocks of theirs that are over or nearly, and how the last month's ended."""
    running = Ticket.site_id == actor.site_id, Ticket.status.not_in(OVER)
    open_clock = *running, TicketClock.answered_at.is_(None)
    answered = Ticket.site_id == actor.site_id, TicketClock.answered_at > now() - SPAN

    def clocks(*which: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(TicketClock)
        return (
            session.scalar(query.join(Ticket, Ticket.id == TicketClock.ticket_id).where(*which))
            or 0
        )

    return {
        "running": session.scalar(select(func.count()).select_from(Ticket).where(*running)) or 0,
        "overdue": clocks(*open_clock, TicketClock.due_at < now()),
        "soon": clocks(*open_clock, TicketClock.due_at.between(now(), now() + SOON)),
        "answered": clocks(*answered),
        "answered_late": clocks(*answered, TicketClock.answered_at > TicketClock.due_at),
    }
