"""What changed after a visit was booked and asks for an officer's decision."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, UtcDateTime, enum_type, id_column


class FlagKind(str, Enum):
    RESIDENT_RELEASED = "resident_released"
    RESIDENT_TRANSFERRED = "resident_transferred"
    TERMINAL_BROKEN = "terminal_broken"
    SLOT_BLOCKED = "slot_blocked"
    DATE_BLOCKED = "date_blocked"
    RELATIONSHIP_ENDED = "relationship_ended"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    COMPANION_LEFT = "companion_left"


class VisitFlag(Base):
    """One cause for one visit. It is open until the cause goes away (`lifted_at`) or an officer lets the visit
    go ahead all the same (`settled_at`); a visit that is over has no open flags, whatever stands here.

    `source_id`: the terminal, slot, closed date, relationship, resident or relative that changed.
    """

    __tablename__ = "visit_flag"
    __table_args__ = (
        UniqueConstraint("visit_id", "kind", "source_id"),
        Index("ix_visit_flag_source_id_kind", "source_id", "kind"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"))
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    kind: Mapped[FlagKind] = mapped_column(enum_type(FlagKind))
    source_id: Mapped[str] = mapped_column(IdText)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
