"""Made-up tickets of one month with their clocks, of every kind, grade and outcome: thousands of rows in a second."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from shared.models.person_days import PersonDayEntry, PersonDayEntryKind
from shared.models.reports import CaseStatus, KnowledgeCase
from shared.models.tickets import (
    Severity,
    Ticket,
    TicketClock,
    TicketKind,
    TicketSource,
    TicketStatus,
)
from shared.rules.sla_policy import DEFAULT, ClockName

TITLES = ("录像未按时生成", "数据库连接数过高", "终端离线", "画面卡顿", "短信余额不足")
DUE = {"I": 3, "II": 6, "III": 12, "IV": 24}


def add_month(
    connection: Connection,
    site_id: str,
    since: datetime,
    until: datetime,
    count: int,
    *,
    seed: int = 1,
) -> None:
    """`count` tickets, most of them reported between `since` and `until`, some before and running on."""
    rng = random.Random(seed)
    tickets, clocks, cases, days = [], [], [], []
    for number in range(count):
        ticket = _ticket(rng, site_id, since, until, number)
        tickets.append(ticket)
        clocks += _clocks(rng, ticket)
        if ticket["kind"] is TicketKind.INCIDENT and ticket["closed_at"]:
            cases.append(_case(rng, ticket))
        if ticket["kind"] is TicketKind.CHANGE and ticket["closed_at"]:
            days.append(_days(rng, ticket))
    for table, rows in (
        (Ticket, tickets),
        (TicketClock, clocks),
        (KnowledgeCase, cases),
        (PersonDayEntry, days),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _ticket(
    rng: random.Random, site_id: str, since: datetime, until: datetime, number: int
) -> dict[str, Any]:
    kind = rng.choices(tuple(TicketKind), (5, 2, 3, 1))[0]
    first = since - timedelta(days=5)
    reported_at = first + (until + timedelta(days=2) - first) * rng.random()
    closed_at = (
        reported_at + timedelta(hours=rng.expovariate(1 / 30)) if rng.random() < 0.85 else None
    )
    source = rng.choice(tuple(TicketSource))
    return {
        "id": f"m{number:025d}",
        "site_id": site_id,
        "kind": kind,
        "opened_as": kind,
        "severity": rng.choice(tuple(Severity)),
        "status": TicketStatus.CLOSED if closed_at else TicketStatus.ACKNOWLEDGED,
        "source": source,
        "submitter_kind": "system",
        "submitter_id": "system",
        "title": rng.choice(TITLES),
        "text": "示例",
        "policy": DEFAULT,
        "generation": 1,
        "last_seq": 0,
        "reported_at": reported_at,
        "changed_at": reported_at,
        "closed_at": closed_at,
    }


def _clocks(rng: random.Random, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    names = [ClockName.RESPONSE, ClockName.RESOLUTION]
    if ticket["kind"] is TicketKind.INCIDENT:
        names += [ClockName.PLAN, ClockName.REPORT]
    return [_clock(rng, ticket, name) for name in names]


def _clock(rng: random.Random, ticket: dict[str, Any], name: ClockName) -> dict[str, Any]:
    hours = {"response": 0.5, "plan": 2.0, "report": 24.0}.get(
        name.value, DUE[ticket["severity"].value]
    )
    started = ticket["reported_at"]
    due = None if rng.random() < 0.03 else started + timedelta(hours=hours)
    after = started + timedelta(hours=hours * rng.random() * 1.15)
    return {
        "ticket_id": ticket["id"],
        "name": name.value,
        "plan": "always",
        "started_at": started,
        "due_at": due,
        "answered_at": after if rng.random() < 0.9 else None,
        "provisional": False,
        "fired_step": -1,
    }


def _case(rng: random.Random, ticket: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "c" + ticket["id"][1:],
        "site_id": ticket["site_id"],
        "ticket_id": ticket["id"],
        "status": rng.choice(tuple(CaseStatus)),
        "title": ticket["title"],
        "symptom": "二号会见位画面每隔几秒卡顿一次",
        "cause": "交换机端口老化",
        "method": "更换端口后恢复",
        "prevention": "每季度检查端口误码",
        "length": 12,
        "made_at": ticket["closed_at"],
    }


def _days(rng: random.Random, ticket: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "d" + ticket["id"][1:],
        "site_id": ticket["site_id"],
        "year": ticket["reported_at"].year,
        "ticket_id": ticket["id"],
        "kind": PersonDayEntryKind.COMMIT,
        "amount": rng.randrange(1, 20),
        "made_by": "system",
        "made_at": ticket["closed_at"],
    }
