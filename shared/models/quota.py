"""The ledger of contacts: every use, refund and adjustment of a resident's quota."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, UtcDateTime, created_column, enum_type, id_column
from shared.rules.quota import Channel


class QuotaEntryKind(str, Enum):
    USE = "use"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"


class QuotaEntry(Base):
    """One line: nothing is ever changed or removed. `at`: when the contact is, not when it was booked."""

    __tablename__ = "quota_entry"
    __table_args__ = (
        UniqueConstraint("source_id", "kind"),
        Index("ix_quota_entry_resident_id_at", "resident_id", "at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    kind: Mapped[QuotaEntryKind] = mapped_column(enum_type(QuotaEntryKind))
    amount: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The visit, on-site visit or call; an adjustment is its own source.
    source_id: Mapped[str] = mapped_column(IdText)
    reason: Mapped[str | None] = mapped_column(String(500))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = created_column()
