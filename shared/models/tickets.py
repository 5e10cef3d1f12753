"""Operations tickets and the timers that watch their deadlines."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, UtcDateTime, created_column, enum_type, id_column


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
    CLOSED = "closed"


class Ticket(Base):
    """工单. `source_key` keeps an alarm from opening the same incident twice."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("source_key"),
        Index("ix_ticket_site_id_status_reported_at", "site_id", "status", "reported_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    kind: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    severity: Mapped[Severity] = mapped_column(enum_type(Severity))
    status: Mapped[TicketStatus] = mapped_column(enum_type(TicketStatus), default=TicketStatus.OPEN)
    source_key: Mapped[str | None] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    generation: Mapped[int] = mapped_column(Integer, default=0)
    escalation_step: Mapped[int] = mapped_column(Integer, default=0)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))


class TicketEvent(Base):
    """The ticket's time line: what happened, by whom, in words."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket_id_happened_at", "ticket_id", "happened_at"),)

    id: Mapped[str] = id_column()
    ticket_id: Mapped[str] = mapped_column(IdText, ForeignKey("ticket.id"))
    happened_at: Mapped[datetime] = created_column()
    actor: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)


class TimerState(str, Enum):
    WAITING = "waiting"
    FIRED = "fired"
    STALE = "stale"
    SUPERSEDED = "superseded"


class Timer(Base):
    """A deadline's step. Fires once: (subject, kind, step, generation) is unique, an old generation never fires."""

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
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
