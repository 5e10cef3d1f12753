"""Timer, every night: temporary data that has served, in batches, so that no lock is held long.

What proves anything stays: audit and tickets always, records of what went on at least 184 days, as the law asks of logs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import Session

from functions.ops_ticket.delete_objects import revive_deletions
from shared.batches import each, in_batches
from shared.clock import now
from shared.database import in_transaction
from shared.ids import first_id_of
from shared.models.base import Base
from shared.models.officers import OfficerSession
from shared.models.plumbing import IdempotencyRecord, Outbox, OutboxState
from shared.models.rooms import RoomEvent
from shared.models.tickets import Timer, TimerState

BATCH, ROUNDS = 1_000, 10_000
SECONDS = 60.0  # for each kind: other work of the night comes after it, and what is left waits for the next
LOGS = timedelta(days=184)
# No key is used again after this long; the invariants and the auditor look back less.
SENT = timedelta(days=30)
# Nothing asks for what has no key; a province deletes seven million pictures a day, and each row names 35 of them.
SENT_WITHOUT_KEY = timedelta(days=3)
STALE = timedelta(days=7)


@dataclass(frozen=True)
class Temporary:
    """`served(at)`: which rows of `table` are no longer needed at that moment."""

    table: type[Base]
    served: Callable[[datetime], ColumnElement[bool]]


TEMPORARY = (
    Temporary(Outbox, lambda at: (Outbox.state == OutboxState.SENT) & (Outbox.due_at < at - SENT)),
    # By the keys' index, where those without one stand first, the oldest in front.
    Temporary(
        Outbox,
        lambda at: (
            Outbox.dedupe_key.is_(None)
            & (Outbox.id < first_id_of(at - SENT_WITHOUT_KEY))
            & (Outbox.state == OutboxState.SENT)
        ),
    ),
    Temporary(Outbox, lambda at: (Outbox.state == OutboxState.DEAD) & (Outbox.due_at < at - LOGS)),
    Temporary(IdempotencyRecord, lambda at: IdempotencyRecord.expires_at < at),
    Temporary(OfficerSession, lambda at: OfficerSession.expires_at < at - STALE),
    Temporary(Timer, lambda at: (Timer.state == TimerState.STALE) & (Timer.due_at < at - STALE)),
    Temporary(
        RoomEvent,
        lambda at: RoomEvent.worked_at.is_not(None) & (RoomEvent.received_at < at - LOGS),
    ),
)


def clean_up() -> int:
    """How many rows went. What was not deleted in the bucket is taken up again first."""
    revive_deletions()
    return each(TEMPORARY, _clean)


def _clean(temporary: Temporary) -> int:
    batch = partial(_delete_batch, temporary=temporary)
    return in_batches(batch, size=BATCH, rounds=ROUNDS, seconds=SECONDS)


@in_transaction
def _delete_batch(session: Session, *, temporary: Temporary) -> int:
    keys: Any = tuple(temporary.table.__table__.primary_key)
    served = temporary.served(now())
    found = session.execute(
        select(*keys).where(served).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    if found:
        mine = tuple_(*keys).in_([tuple(row) for row in found])
        session.execute(delete(temporary.table).where(mine, served))
    return len(found)
