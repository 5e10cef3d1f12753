"""Transactional outbox: what must happen outside is a row of the change that wants it.

A row is claimed for LEASE by moving its due time and counting a try; whoever then fails or dies leaves it
to be due again. So a message can go out twice, never be lost: receivers that can, drop the second one.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from shared import trace
from shared.clients.errors import ProviderRefused
from shared.clock import now
from shared.database import compare_and_set, core, in_transaction, unless_there
from shared.models.plumbing import Outbox, OutboxState

log = logging.getLogger("visits.outbox")

LEASE = timedelta(seconds=60)
# What is claimed with others and not begun this long before the lease ends is left: it may be another's by the
# time it would go out. Longer than one handler's calls take.
SPARE = timedelta(seconds=20)
BACKOFF_S = (5, 10, 20, 40, 80, 160, 300, 900, 3600)
MAX_TRIES = 12

LONGEST_KEY, LONGEST_BODY = 128, 20_000

_ADD = unless_there(insert(Outbox))

Finish = Callable[[Session], None]
# Does the thing; may give back what to write together with "sent". Raises ProviderRefused for a final no.
Handler = Callable[[dict[str, Any]], Finish | None]


@dataclass(frozen=True)
class Claim:
    id: str
    kind: str
    body: dict[str, Any]
    tries: int
    until: datetime
    request_id: str | None


def put(
    session: Session,
    *,
    kind: str,
    body: Mapping[str, Any],
    dedupe_key: str | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Add a row, due `after` a while. With `dedupe_key`, a second row of the same key is left out."""
    text = json.dumps(body, ensure_ascii=False)
    if len(text) > LONGEST_BODY or len(dedupe_key or "") > LONGEST_KEY:
        raise ValueError("too long for the outbox")
    row = {"kind": kind, "body": text, "dedupe_key": dedupe_key, "due_at": now() + after}
    core(session).execute(_ADD, row)


def deliver(handlers: Mapping[str, Handler], *, limit: int = 50) -> int:
    """Send what is due of the kinds in `handlers`; gives how many went out."""
    claims = _claim(list(handlers), limit)
    return sum(
        _deliver_one(claim, handlers[claim.kind]) for claim in claims if now() < claim.until - SPARE
    )


@in_transaction
def _claim(session: Session, kinds: list[str], limit: int) -> list[Claim]:
    rows = session.scalars(
        select(Outbox)
        .where(Outbox.state == OutboxState.WAITING, Outbox.due_at <= now(), Outbox.kind.in_(kinds))
        .order_by(Outbox.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.tries += 1
        row.due_at = now() + LEASE
    return [
        Claim(row.id, row.kind, json.loads(row.body), row.tries, row.due_at, row.request_id)
        for row in rows
    ]


def _deliver_one(claim: Claim, handler: Handler) -> bool:
    with trace.under(claim.request_id):
        return _deliver_traced(claim, handler)


def _deliver_traced(claim: Claim, handler: Handler) -> bool:
    try:
        finish = handler(claim.body)
    except ProviderRefused as error:
        _settle(claim, OutboxState.DEAD, error=error.code)
        return False
    except Exception as error:  # noqa: BLE001 - whatever failed, the row must live to be tried again
        _try_again(claim, type(error).__name__)
        return False
    _settle(claim, OutboxState.SENT, finish=finish)
    return True


@in_transaction
def _settle(
    session: Session,
    claim: Claim,
    state: OutboxState,
    *,
    error: str | None = None,
    finish: Finish | None = None,
) -> None:
    mine = update(Outbox).where(Outbox.id == claim.id, Outbox.tries == claim.tries)
    sent = mine.values(state=state, sent_at=now(), last_error=error)
    if compare_and_set(session, sent) and finish is not None:
        finish(session)
    if state is OutboxState.DEAD:
        log.error("outbox_dead", extra={"outbox_id": claim.id, "kind": claim.kind, "code": error})


@in_transaction
def _try_again(session: Session, claim: Claim, error: str) -> None:
    dead = claim.tries >= MAX_TRIES
    wait = BACKOFF_S[min(claim.tries, len(BACKOFF_S)) - 1]
    session.execute(
        update(Outbox)
        .where(Outbox.id == claim.id, Outbox.tries == claim.tries)
        .values(
            state=OutboxState.DEAD if dead else OutboxState.WAITING,
            due_at=now() + timedelta(seconds=wait),
            last_error=error,
        )
    )
    told = {"outbox_id": claim.id, "kind": claim.kind, "error": error}
    if dead:
        log.error("outbox_dead", extra=told)
    else:
        log.warning("outbox_retry", extra=told)
