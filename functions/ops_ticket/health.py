"""Whether the system's own machinery works: for the operations page and an outside probe."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.audit_deadlines import job_faults
from shared.clock import now
from shared.database import in_transaction
from shared.erasure import DELETIONS
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Heartbeat


def silent_jobs(session: Session) -> list[str]:
    """Timers that should have run and did not. For an outside probe: the auditor itself is one of them."""
    beats = {one.job: one.beat_at for one in session.scalars(select(Heartbeat))}
    return [job for _, job in job_faults(beats)]


@in_transaction
def show_health(session: Session) -> dict[str, Any]:
    dead = select(func.count()).select_from(Outbox).where(Outbox.state == OutboxState.DEAD)
    oldest = session.scalar(
        select(func.min(Outbox.due_at)).where(
            Outbox.state == OutboxState.WAITING, Outbox.kind.not_in(DELETIONS)
        )
    )
    return {
        "database": True,
        "silent_jobs": silent_jobs(session),
        "dead_letters": session.scalar(dead) or 0,
        "oldest_waiting_s": max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0,
    }
