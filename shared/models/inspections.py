"""Inspections with their checklists, and whether the services answered."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models import tickets  # noqa: F401  (points at it)
from shared.models.base import (
    Base,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)


class InspectionKind(str, Enum):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Inspection(Base):
    """巡检 [3.1][T18]. `period`: 2026-12 or 2026-Q4; planned once each."""

    __tablename__ = "inspection"
    __table_args__ = (UniqueConstraint("site_id", "kind", "period"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    kind: Mapped[InspectionKind] = mapped_column(enum_type(InspectionKind))
    period: Mapped[str] = mapped_column(String(8))
    due_on: Mapped[date] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    created_at: Mapped[datetime] = created_column()

    @property
    def name(self) -> str:
        """2026年12月巡检, 2026年第四季度巡检."""
        year, part = self.period.split("-")
        if self.kind is InspectionKind.MONTHLY:
            return f"{year}年{int(part)}月巡检"
        return f"{year}年第{'一二三四'[int(part[1]) - 1]}季度巡检"


class CheckResult(str, Enum):
    OK = "ok"
    FAULT = "fault"


class InspectionItem(Base):
    """One line of the checklist: a device of the register, or a service. A fault has its ticket."""

    __tablename__ = "inspection_item"
    __table_args__ = (
        Index("ix_inspection_item_inspection_id_position", "inspection_id", "position"),
    )

    id: Mapped[str] = id_column()
    inspection_id: Mapped[str] = mapped_column(IdText, ForeignKey("inspection.id"))
    position: Mapped[int] = mapped_column(Integer)
    device_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("device.id"))
    what: Mapped[str] = mapped_column(String(200))
    result: Mapped[CheckResult | None] = mapped_column(enum_type(CheckResult))
    note: Mapped[str | None] = mapped_column(SealedText("inspection_item.note"))
    photo_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    ticket_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("ticket.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))


class ServiceState(Base):
    """A probed service now [T15]. `failing` counts probes that failed one after the other."""

    __tablename__ = "service_state"

    service: Mapped[str] = mapped_column(String(32), primary_key=True)
    probed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failing: Mapped[int] = mapped_column(Integer, default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceHour(Base):
    """How often a service was probed in an hour, and failed."""

    __tablename__ = "service_hour"

    service: Mapped[str] = mapped_column(String(32), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    probes: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
