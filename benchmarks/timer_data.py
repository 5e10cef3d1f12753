"""Made-up tickets whose first warning comes due when the benchmark wants it: thousands of rows in seconds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, text

from shared import ticket_log
from shared.clock import now
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.places import Site
from shared.models.tickets import (
    Severity,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketKind,
    TicketSource,
    TicketStatus,
    Timer,
)
from shared.rules.sla_policy import DEFAULT, Policy

SITES = 100
CHUNK = 2_000


def made_id(kind: str, number: int) -> str:
    return kind + f"{number:0{26 - len(kind)}d}"


def add_sites(engine: Engine) -> None:
    """Each with an engineer of its own, so that messages to different sites stay apart."""
    with engine.begin() as connection:
        sites = [
            {"id": made_id("site", n), "name": f"示例所{n}", "rules": {}} for n in range(SITES)
        ]
        connection.execute(insert(Site), sites)
        for kind, role in (("eng", Role.OPS_ENGINEER), ("lead", Role.OPS_LEAD)):
            officers = [
                {
                    "id": made_id(kind, n),
                    "site_id": made_id("site", n),
                    "name": "值班人员",
                    "wecom_user_id": f"{kind}-{n}",
                }
                for n in range(SITES)
            ]
            connection.execute(insert(Officer), officers)
            roles = [{"officer_id": made_id(kind, n), "role": role} for n in range(SITES)]
            connection.execute(insert(OfficerRole), roles)


def add_due_tickets(
    engine: Engine, count: int, *, first_at: datetime, over: timedelta, start: int = 0
) -> None:
    """`count` tickets, numbered from `start`, whose first warning comes due one after the other during `over`."""
    step = over / count
    for numbers in _chunks(start, start + count):
        tickets, events, clocks, timers = [], [], [], []
        for number in numbers:
            due_at = first_at + step * (number - start)
            ticket, event = _ticket(number, due_at)
            tickets.append(ticket)
            events.append(event)
            clocks.append(_clock(ticket))
            timers.append(_timer(ticket, due_at))
        with engine.begin() as connection:
            connection.execute(insert(Ticket), tickets)
            connection.execute(insert(TicketEvent), events)
            connection.execute(insert(TicketClock), clocks)
            connection.execute(insert(Timer), timers)


def add_old_timers(engine: Engine, count: int) -> None:
    """Half have fired, half wait for a day in the future; made by SQL alone."""
    later = now().replace(tzinfo=None) + timedelta(days=1)
    with engine.begin() as connection:
        connection.execute(text(_OLD_TIMERS), {"count": count, "later": later})
        connection.exec_driver_sql("ANALYZE TABLE timer")


def _ticket(number: int, due_at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the response clock's default plan: 15 minutes and the lead before the half hour is over."""
    response = Policy.of(DEFAULT).clocks
    reported_at = due_at - next(iter(response.values())).planned("II")[0].at
    ticket_id = made_id("t", number)
    ticket = {
        "id": ticket_id,
        "site_id": made_id("site", number % SITES),
        "kind": TicketKind.INCIDENT,
        "opened_as": TicketKind.INCIDENT,
        "severity": Severity.II,
        "status": TicketStatus.OPEN,
        "source": TicketSource.ALARM,
        "submitter_kind": "system",
        "submitter_id": "system",
        "title": "示例告警",
        "text": "示例",
        "policy": DEFAULT,
        "generation": 1,
        "last_seq": 1,
        "reported_at": reported_at,
        "changed_at": reported_at,
    }
    line = TicketEvent(
        id=made_id("e", number),
        ticket_id=ticket_id,
        seq=1,
        happened_at=reported_at,
        actor_kind="system",
        actor_id="system",
        kind="opened",
        value="II",
        text="示例",
    )
    columns = {
        c.key: getattr(line, c.key) for c in TicketEvent.__table__.columns if c.key != "digest"
    }
    return ticket, {**columns, "digest": ticket_log.digest(b"", line)}


def _clock(ticket: dict[str, Any]) -> dict[str, Any]:
    started = ticket["reported_at"]
    row = {
        "ticket_id": ticket["id"],
        "name": "response",
        "plan": "always:30",
        "started_at": started,
    }
    return {
        **row,
        "due_at": started + timedelta(minutes=30),
        "provisional": False,
        "fired_step": -1,
    }


def _timer(ticket: dict[str, Any], due_at: datetime) -> dict[str, Any]:
    row = {"id": "m" + ticket["id"][1:], "subject": ticket["id"], "kind": "response", "step": 0}
    return {**row, "generation": 1, "due_at": due_at, "state": "waiting"}


def _chunks(first: int, past: int) -> Iterator[range]:
    return (range(n, min(n + CHUNK, past)) for n in range(first, past, CHUNK))


_OLD_TIMERS = """
INSERT INTO timer (id, subject, kind, step, generation, due_at, state, fired_at)
SELECT CONCAT('old', LPAD(seq, 23, '0')), CONCAT('past', LPAD(seq, 22, '0')), 'response', 0, 1,
       IF(seq % 2, :later, :later - INTERVAL (2 + seq % 1000) DAY),
       IF(seq % 2, 'waiting', 'fired'), IF(seq % 2, NULL, :later)
FROM seq_0_to_9999999 WHERE seq < :count
"""
