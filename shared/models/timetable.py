"""When visits can happen."""

from datetime import date, datetime, time

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, UtcDateTime, created_column, id_column


class SessionTemplate(Base):
    """会见时段模板: opening hours of one weekday, local time, cut into slots of the site's visit length."""

    __tablename__ = "session_template"

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    weekday: Mapped[int] = mapped_column(Integer)  # 0 = Monday
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)  # inclusive
    created_at: Mapped[datetime] = created_column()


class Slot(Base):
    """One start time with as many places as there are working terminals.

    `taken` is written by every booking: on a Galera cluster a lock alone is not seen by other nodes. It counts
    visits that hold a place and offers to the waiting list.
    """

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("site_id", "starts_at"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    template_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("session_template.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    blocked: Mapped[bool] = mapped_column(Boolean, default=False)
    # Entries on the waiting list that have no offer yet. They come before whoever books directly.
    waiting: Mapped[int] = mapped_column(Integer, default=0)


class TimetableBlock(Base):
    """Time in which nobody visits, or nobody at one terminal: from `starts_at` until before `ends_at`. Reversible."""

    __tablename__ = "timetable_block"
    __table_args__ = (Index("ix_timetable_block_site_id_ends_at", "site_id", "ends_at"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    terminal_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("terminal.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = created_column()
    made_by: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    lift_reason: Mapped[str | None] = mapped_column(String(500))
