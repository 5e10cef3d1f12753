"""Small changes: how much of the year's person-days is promised and used [2].3. In hundredths of a day."""

from datetime import datetime
from enum import Enum

from sqlalchemy import CheckConstraint, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from shared.models import tickets  # noqa: F401  (points at it)
from shared.models.base import Base, IdText, created_column, enum_type, id_column


class PersonDayYear(Base):
    """What a site's contract allows in one calendar year. `used` counts what is reserved and what was worked."""

    __tablename__ = "person_day_year"
    __table_args__ = (CheckConstraint("used >= 0 AND used <= allowed", name="used_within_allowed"),)

    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    allowed: Mapped[int] = mapped_column(Integer, default=3000)
    used: Mapped[int] = mapped_column(Integer, default=0)


class PersonDayEntryKind(str, Enum):
    RESERVE = "reserve"
    COMMIT = "commit"
    RELEASE = "release"


class PersonDayEntry(Base):
    """One line of the ledger; a year's `used` is the sum of its lines."""

    __tablename__ = "person_day_entry"

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    year: Mapped[int] = mapped_column(Integer)
    ticket_id: Mapped[str] = mapped_column(IdText, ForeignKey("ticket.id"), index=True)
    kind: Mapped[PersonDayEntryKind] = mapped_column(enum_type(PersonDayEntryKind))
    amount: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[str] = mapped_column(IdText)
    made_at: Mapped[datetime] = created_column()
