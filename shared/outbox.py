"""Transactional outbox: what must happen outside is a row of the change that wants it.

A row is claimed for LEASE by moving its due time, and its try is counted when the sending begins; whoever then fails or
dies leaves it to be due again. So a message can go out twice, never be lost: receivers that can, drop the second one.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, insert, select, update
from sqlalchemy.orm import Session

from shared import trace
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import now
from shared.database import compare_and_set, core, in_transaction, unless_there
from shared.models.plumbing import Outbox, OutboxState
from shared.sealing import SealBroken

log = logging.getLogger("visits.outbox")

LEASE = timedelta(seconds=60)
# What is claimed with others and not begun this long before the lease ends is given back: a call ends in time, however
# slow the provider.
SPARE = timedelta(seconds=20)
BACKOFF_S = (5, 10, 20, 40, 80, 160, 300, 900, 3600)
MAX_TRIES = 16  # some seven hours
UNREADABLE, NO_ANSWER = "unreadable", "no_answer"

# Between rows that are sent once more: longer than a receiver who does not answer is waited for.
APART = timedelta(seconds=5)

LONGEST_KEY, LONGEST_BODY = 128, 20_000

_ADD = unless_there(insert(Outbox))

Finish = Callable[[Session], None]
# Does the thing; may give back what to write together with "sent". Raises ProviderRefused for a final no.
Handler = Callable[[dict[str, Any]], Finish | None]


@dataclass(frozen=True)
class Claim:
    """`tries`: begun before this one."""

    id: str
    kind: str
    tries: int
    until: datetime
    lease: timedelta
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


def revive(session: Session, kind: str, *, most: int) -> list[tuple[str, str]]:
    """Keys of rows that were given up, and of what; those first that wait longest. Each is sent once more, some seconds
    apart: a receiver who is away for days hears of each thing in the end, and keeps no other waiting meanwhile."""
    dead = (Outbox.kind == kind, Outbox.state == OutboxState.DEAD, Outbox.last_error != UNREADABLE)
    # Bodies are left alone: one that cannot be read would stop them all.
    found = select(Outbox.id, Outbox.dedupe_key, Outbox.last_error).where(*dead)
    oldest = found.order_by(Outbox.due_at).limit(most).with_for_update(skip_locked=True)
    rows = session.execute(oldest).all()
    for number, row in enumerate(rows):
        once = {"state": OutboxState.WAITING, "tries": MAX_TRIES - 1}
        mine = update(Outbox).where(Outbox.id == row.id)
        session.execute(mine.values(due_at=now() + number * APART, **once))
    return [(row.dedupe_key or "", row.last_error or "") for row in rows]


def deliver(
    handlers: Mapping[str, Handler],
    *,
    limit: int = 50,
    one_provider_a_kind: bool = False,
    lease: timedelta = LEASE,
    keys: Collection[str] | None = None,
) -> int:
    """Send what is due of the kinds in `handlers`, none of which takes longer than `lease`; gives how many went out. With
    `keys`, only rows of these dedupe keys.

    `one_provider_a_kind`: once it gave no answer, nothing more of the kind is begun, so that an outage costs a call one
    time limit and not one a row: a function has few calls at once, and other timers need them.
    """
    sent = 0
    silent: set[str] = set()
    left: list[Claim] = []
    for claim in _claim(list(handlers), limit, lease, keys):
        if now() >= claim.until - SPARE or claim.kind in silent:
            left.append(claim)
            continue
        try:
            sent += _deliver_one(claim, handlers[claim.kind])
        except ProviderUnavailable:
            silent |= {claim.kind} if one_provider_a_kind else set()
    if left:
        _give_back(claims=left)
    return sent


@in_transaction
def _give_back(session: Session, *, claims: Sequence[Claim]) -> None:
    """What was not begun, to whoever comes next."""
    mine = update(Outbox).where(
        Outbox.id.in_([one.id for one in claims]), Outbox.due_at == claims[0].until
    )
    session.execute(mine.where(Outbox.state == OutboxState.WAITING).values(due_at=now()))


@in_transaction
def _claim(
    session: Session,
    kinds: list[str],
    limit: int,
    lease: timedelta = LEASE,
    keys: Collection[str] | None = None,
) -> list[Claim]:
    """Bodies are read one by one, when their turn has come: one that cannot be read would stop them all."""
    due = select(Outbox.id, Outbox.kind, Outbox.tries, Outbox.request_id).where(
        Outbox.state == OutboxState.WAITING, Outbox.due_at <= now(), Outbox.kind.in_(kinds)
    )
    if keys is not None:
        due = due.where(Outbox.dedupe_key.in_(keys))
    oldest = due.order_by(Outbox.due_at).limit(limit).with_for_update(skip_locked=True)
    rows = session.execute(oldest).all()
    until = now() + lease
    if rows:
        mine = update(Outbox).where(Outbox.id.in_([row.id for row in rows]))
        session.execute(mine.values(due_at=until))
    return [Claim(row.id, row.kind, row.tries, until, lease, row.request_id) for row in rows]


def _deliver_one(claim: Claim, handler: Handler) -> bool:
    with trace.under(claim.request_id):
        body = _begin(claim)
        return body is not None and _send(claim, body, handler)


@in_transaction
def _begin(session: Session, claim: Claim) -> dict[str, Any] | None:
    """The body, its try counted. None when another has begun it, and when it is dead."""
    begun = _standing(claim.id, claim.tries).values(
        tries=claim.tries + 1, due_at=now() + claim.lease
    )
    if not compare_and_set(session, begun):
        return None
    if claim.tries >= MAX_TRIES:  # whoever began it last died of it
        _bury(session, claim, NO_ANSWER)
        return None
    try:
        body = session.scalar(select(Outbox.body).where(Outbox.id == claim.id))
        return dict(json.loads(body or ""))
    except (SealBroken, ValueError, TypeError):
        _bury(session, claim, UNREADABLE)
        return None


def _send(claim: Claim, body: dict[str, Any], handler: Handler) -> bool:
    """Raises ProviderUnavailable when all is written."""
    try:
        _finish(claim, handler(body))
    except ProviderRefused as error:
        _refuse(claim, error.code)
        return False
    except ProviderUnavailable as error:
        _try_again(claim, type(error).__name__)
        raise
    except Exception as error:  # noqa: BLE001 - whatever failed, the row must live to be tried again
        _try_again(claim, type(error).__name__)
        return False
    return True


def _standing(row_id: str, tries: int) -> Update:
    """Who counted the last try is the only one to write of it."""
    return update(Outbox).where(
        Outbox.id == row_id, Outbox.tries == tries, Outbox.state == OutboxState.WAITING
    )


@in_transaction
def _finish(session: Session, claim: Claim, finish: Finish | None) -> None:
    sent = {"state": OutboxState.SENT, "sent_at": now(), "last_error": None}
    if compare_and_set(session, _standing(claim.id, claim.tries + 1).values(sent)) and finish:
        finish(session)


@in_transaction
def _refuse(session: Session, claim: Claim, error: str) -> None:
    _bury(session, claim, error)


@in_transaction
def _try_again(session: Session, claim: Claim, error: str) -> None:
    tries = claim.tries + 1
    if tries >= MAX_TRIES:
        _bury(session, claim, error)
        return
    wait = timedelta(seconds=BACKOFF_S[min(tries, len(BACKOFF_S)) - 1])
    session.execute(_standing(claim.id, tries).values(due_at=now() + wait, last_error=error))
    log.warning("outbox_retry", extra={"outbox_id": claim.id, "kind": claim.kind, "error": error})


def _bury(session: Session, claim: Claim, error: str) -> None:
    dead = {"state": OutboxState.DEAD, "due_at": now(), "last_error": error}
    session.execute(_standing(claim.id, claim.tries + 1).values(dead))
    log.error("outbox_dead", extra={"outbox_id": claim.id, "kind": claim.kind, "error": error})
