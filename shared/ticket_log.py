"""A ticket's log: every line numbered and chained to the one before."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.models.tickets import Ticket, TicketEvent
from shared.rules.sla import Event, Happened

_CLOCKED = {one.value for one in Happened}


def append(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    kind: str,
    text: str,
    *,
    value: str = "",
    log: list[TicketEvent] | None = None,
) -> TicketEvent:
    """The caller holds the ticket's row, and may have read its log already: the line is then added there too."""
    before = bytes(log[-1].digest) if log else _last_digest(session, ticket)
    ticket.last_seq += 1
    ticket.changed_at = now()
    line = TicketEvent(
        ticket_id=ticket.id,
        seq=ticket.last_seq,
        happened_at=now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        kind=kind,
        value=value,
        text=text,
    )
    line.digest = digest(before, line)
    session.add(line)
    if log is not None:
        log.append(line)
    else:
        session.flush()
    return line


def lines(session: Session, ticket_ids: Iterable[str]) -> dict[str, list[TicketEvent]]:
    """The logs of several tickets, in their order."""
    wanted = select(TicketEvent).where(TicketEvent.ticket_id.in_(list(ticket_ids)))
    found: dict[str, list[TicketEvent]] = {}
    for line in session.scalars(wanted.order_by(TicketEvent.ticket_id, TicketEvent.seq)):
        found.setdefault(line.ticket_id, []).append(line)
    return found


def events(log: Iterable[TicketEvent]) -> list[Event]:
    """What of a log the clocks read."""
    return [
        Event(Happened(line.kind), line.happened_at, line.value)
        for line in log
        if line.kind in _CLOCKED
    ]


def digest(before: bytes, line: TicketEvent) -> bytes:
    happened = line.happened_at.isoformat()
    said = [line.ticket_id, line.seq, happened, line.actor_kind, line.actor_id]
    said += [line.kind, line.value, line.text]
    return hashlib.sha256(before + json.dumps(said, ensure_ascii=False).encode()).digest()


def broken_at(log: Sequence[TicketEvent]) -> int | None:
    """The first line that is not what it was when it was written, or is missing."""
    before = b""
    for number, line in enumerate(log, start=1):
        if line.seq != number or digest(before, line) != bytes(line.digest):
            return number
        before = bytes(line.digest)
    return None


def _last_digest(session: Session, ticket: Ticket) -> bytes:
    last = select(TicketEvent.digest).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.seq == ticket.last_seq
    )
    return bytes(session.scalar(last) or b"")
