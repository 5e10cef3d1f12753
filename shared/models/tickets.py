"""Operations tickets: their log, their clocks, and the timers that watch the deadlines."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BlindIndex,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)


class TicketKind(str, Enum):
    INCIDENT = "incident"
    DEFECT = "defect"
    CONSULT = "consult"
    CHANGE = "change"


class Severity(str, Enum):
    I = "I"  # noqa: E741 - the customer's own word for it
    II = "II"
    III = "III"
    IV = "IV"


class TicketStatus(str, Enum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANALYSED = "analysed"
    APPROVED = "approved"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REPORTED = "reported"
    CLOSED = "closed"
    REFUSED = "refused"


class TicketSource(str, Enum):
    """Where it came from [5.1]."""

    INSPECTION = "inspection"
    ALARM = "alarm"
    PERSON = "person"


class Finding(str, Enum):
    """What the analysis of a defect found [4.4]; `operation` turns it into a consult."""

    TECHNICAL = "technical"
    BUSINESS = "business"
    OPERATION = "operation"


class Ticket(Base):
    """工单. `source_key` keeps an alarm from opening the same incident twice.

    What people typed is sealed: they write names, whatever the page says. `policy` is the SLA as it was promised when
    the ticket opened. Every event raises `generation`; a timer of an older one never fires.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("source_key"),
        Index("ix_ticket_site_id_status_reported_at", "site_id", "status", "reported_at"),
        Index("ix_ticket_changed_at", "changed_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    kind: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    # The kind it opened with: a defect may have become a consult.
    opened_as: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    severity: Mapped[Severity] = mapped_column(enum_type(Severity))
    status: Mapped[TicketStatus] = mapped_column(enum_type(TicketStatus), default=TicketStatus.OPEN)
    source: Mapped[TicketSource] = mapped_column(enum_type(TicketSource))
    source_key: Mapped[str | None] = mapped_column(String(128))
    submitter_kind: Mapped[str] = mapped_column(String(16))
    submitter_id: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(SealedText("ticket.title"))
    text: Mapped[str] = mapped_column(SealedText("ticket.text"))
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    generation: Mapped[int] = mapped_column(Integer, default=0)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = created_column()
    finding: Mapped[Finding | None] = mapped_column(enum_type(Finding))
    cause: Mapped[str | None] = mapped_column(SealedText("ticket.cause"))
    method: Mapped[str | None] = mapped_column(SealedText("ticket.method"))
    prevention: Mapped[str | None] = mapped_column(SealedText("ticket.prevention"))
    loss: Mapped[str | None] = mapped_column(SealedText("ticket.loss"))
    # Hundredths of a person-day that a change is thought to take.
    estimated: Mapped[int | None] = mapped_column(Integer)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TicketEvent(Base):
    """The ticket's log: what happened, by whom, in words. `digest` chains it: a changed line is found.

    `value` is what the clocks read: a severity, a kind, a clock's name.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)

    id: Mapped[str] = id_column()
    ticket_id: Mapped[str] = mapped_column(IdText, ForeignKey("ticket.id"))
    seq: Mapped[int] = mapped_column(Integer)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(SealedText("ticket_event.text"))
    digest: Mapped[bytes] = mapped_column(BlindIndex)


class TicketClock(Base):
    """A clock as it stood after the ticket's last event: what lists and reports read.

    `fired_step` is the last step that spoke, of `plan` (calendar and span): another plan counts its own steps.
    """

    __tablename__ = "ticket_clock"
    __table_args__ = (Index("ix_ticket_clock_due_at", "due_at"),)

    ticket_id: Mapped[str] = mapped_column(IdText, ForeignKey("ticket.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    plan: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    fired_step: Mapped[int] = mapped_column(Integer, default=-1)


class TimerState(str, Enum):
    WAITING = "waiting"
    FIRED = "fired"
    STALE = "stale"
    SUPERSEDED = "superseded"


class Timer(Base):
    """A deadline's step. Fires once: (subject, kind, step, generation) is unique, an old generation never fires.

    `told`: whom it told, at which level of the chain; the auditor compares.
    """

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("subject", "kind", "step", "generation"),
        Index("ix_timer_state_due_at", "state", "due_at"),
    )

    id: Mapped[str] = id_column()
    subject: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    step: Mapped[int] = mapped_column(Integer)
    generation: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[TimerState] = mapped_column(enum_type(TimerState), default=TimerState.WAITING)
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class SlaPolicy(Base):
    """The SLA in force for new tickets: the newest version. Old versions stay."""

    __tablename__ = "sla_policy"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = created_column()


class CalendarDay(Base):
    """Whether a date is worked, make-up workdays and public holidays included."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    worked: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime] = created_column()


class DutyShift(Base):
    """值班: who is called first at a level of the chain. A hand-over ends one and begins another."""

    __tablename__ = "duty_shift"
    __table_args__ = (
        Index("ix_duty_shift_site_id_level_starts_at", "site_id", "level", "starts_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    level: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Heartbeat(Base):
    """When each timer of the system last ran to its end: what is silent is dead."""

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(64))
