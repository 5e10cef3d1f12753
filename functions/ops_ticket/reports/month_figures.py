"""The figures of one month of operations, as of the month's end: made again later they change only with the data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.person_days import year_of
from shared.clock import SHANGHAI, in_shanghai
from shared.models.person_days import PersonDayEntry
from shared.models.tickets import (
    Severity,
    Ticket,
    TicketClock,
    TicketKind,
    TicketSource,
)
from shared.rules.sla_policy import ClockName

# What a line needs: not the copied policy, which is the longest column of all.
COLUMNS = (
    Ticket.id, Ticket.kind, Ticket.severity, Ticket.status, Ticket.source, Ticket.title,
    Ticket.reported_at, Ticket.closed_at,
)  # fmt: skip


@dataclass
class Line:
    """How many were reported in the month, ended in it, and ran on at its end."""

    reported: int = 0
    closed: int = 0
    running: int = 0


@dataclass
class ClockLine:
    """Deadlines of the tickets reported in the month. Running: neither kept nor missed at its end."""

    kept: int = 0
    missed: int = 0
    running: int = 0

    @property
    def rate(self) -> str:
        over = self.kept + self.missed
        return f"{self.kept / over * 100:.1f}%" if over else "—"


@dataclass
class Month:
    site_id: str
    since: datetime
    until: datetime
    kinds: dict[TicketKind, Line] = field(default_factory=dict)
    severities: dict[Severity, Line] = field(default_factory=dict)
    sources: dict[TicketSource, int] = field(default_factory=dict)
    clocks: dict[ClockName, ClockLine] = field(default_factory=dict)
    hours: dict[Severity, list[float]] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)
    tickets: Sequence[Any] = ()
    missed: dict[str, list[ClockName]] = field(default_factory=dict)
    person_days: dict[str, int] = field(default_factory=dict)
    days_by_month: dict[int, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        first = in_shanghai(self.since)
        return f"{first.year}年{first.month}月"


def month_span(month: str) -> tuple[datetime, datetime]:
    """`2026-11` from its first midnight in Shanghai to the next month's. Raises ValueError."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=SHANGHAI)
    return first, (first + timedelta(days=32)).replace(day=1)


def month_figures(session: Session, site_id: str, since: datetime, until: datetime) -> Month:
    month = Month(site_id, since, until)
    month.kinds = {kind: Line() for kind in TicketKind}
    month.severities = {severity: Line() for severity in Severity}
    month.sources = dict.fromkeys(TicketSource, 0)
    month.clocks = {name: ClockLine() for name in ClockName}
    month.hours = {severity: [] for severity in Severity}
    days = (until - since).days
    month.days = {in_shanghai(since).date() + timedelta(days=n): 0 for n in range(days)}
    month.tickets = session.execute(_touching(site_id, since, until)).all()
    for ticket in month.tickets:
        _count(month, ticket)
    _count_clocks(session, month)
    month.person_days = _person_days(session, month)
    month.days_by_month = _days_by_month(session, month)
    return month


def _touching(site_id: str, since: datetime, until: datetime) -> Any:
    ended_before = Ticket.closed_at.is_not(None) & (Ticket.closed_at < since)
    return (
        select(*COLUMNS)
        .where(Ticket.site_id == site_id, Ticket.reported_at < until, ~ended_before)
        .order_by(Ticket.reported_at, Ticket.id)
    )


def _count(month: Month, ticket: Any) -> None:
    lines = [month.kinds[ticket.kind]]
    if ticket.kind is TicketKind.INCIDENT:
        lines.append(month.severities[ticket.severity])
    new, ended = ticket.reported_at >= month.since, _ended(month, ticket)
    for line in lines:
        line.reported += new
        line.closed += ended
        line.running += not ended
    if new:
        month.sources[ticket.source] += 1
        month.days[in_shanghai(ticket.reported_at).date()] += 1


def _ended(month: Month, ticket: Any) -> bool:
    return ticket.closed_at is not None and ticket.closed_at < month.until


def _count_clocks(session: Session, month: Month) -> None:
    new = {one.id: one for one in month.tickets if one.reported_at >= month.since}
    clocks = (
        select(TicketClock)
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(Ticket.site_id == month.site_id)
        .where(Ticket.reported_at >= month.since, Ticket.reported_at < month.until)
        .order_by(TicketClock.ticket_id, TicketClock.name)
    )
    for clock in session.scalars(clocks):
        name = ClockName(clock.name)
        state = _state(clock, month.until)
        setattr(month.clocks[name], state, getattr(month.clocks[name], state) + 1)
        if state == "missed":
            month.missed.setdefault(clock.ticket_id, []).append(name)
        ticket = new[clock.ticket_id]
        if (
            name is ClockName.RESOLUTION
            and ticket.kind is TicketKind.INCIDENT
            and _answered(clock, month.until)
        ):
            span = clock.answered_at - clock.started_at  # type: ignore[operator]
            month.hours[ticket.severity].append(span.total_seconds() / 3600)


def _answered(clock: TicketClock, until: datetime) -> bool:
    return clock.answered_at is not None and clock.answered_at < until


def _state(clock: TicketClock, until: datetime) -> str:
    if clock.due_at is None:
        return "running"  # paused with the customer's approval
    if _answered(clock, until):
        assert clock.answered_at is not None
        return "kept" if clock.answered_at <= clock.due_at else "missed"
    return "missed" if clock.due_at < until else "running"


def mean(values: Iterable[float]) -> str:
    found = list(values)
    return f"{sum(found) / len(found):.1f}" if found else "—"


def _person_days(session: Session, month: Month) -> dict[str, int]:
    """In hundredths: what the year allows, what was promised or worked until the month's end, and in it."""
    year = in_shanghai(month.since).year
    total = func.coalesce(func.sum(PersonDayEntry.amount), 0)
    lines = select(total).where(
        PersonDayEntry.site_id == month.site_id,
        PersonDayEntry.year == year,
        PersonDayEntry.made_at < month.until,
    )
    return {
        "allowed": year_of(session, month.site_id, year),
        "used": int(session.scalar(lines) or 0),
        "in_month": int(session.scalar(lines.where(PersonDayEntry.made_at >= month.since)) or 0),
    }


def _days_by_month(session: Session, month: Month) -> dict[int, int]:
    """Of the year, as far as it has gone; what was released counts against the month of the release."""
    last = in_shanghai(month.since)
    found = dict.fromkeys(range(1, last.month + 1), 0)
    lines = select(PersonDayEntry.made_at, PersonDayEntry.amount).where(
        PersonDayEntry.site_id == month.site_id,
        PersonDayEntry.year == last.year,
        PersonDayEntry.made_at < month.until,
    )
    for made_at, amount in session.execute(lines):
        found[in_shanghai(made_at).month] += amount
    return found
