"""候补: who waits for a place in a full slot."""

from datetime import datetime
from enum import Enum

from sqlalchemy import Computed, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, UtcDateTime, enum_type, id_column


class WaitingStatus(str, Enum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    LEFT = "left"
    MISSED = "missed"  # the offer was not taken in time
    CLOSED = "closed"  # nothing can come of it any more; `reason` says why


class WaitingEntry(Base):
    """Served in the order of `joined_at`. An offer holds a place (in Slot.taken) until `offer_until`."""

    __tablename__ = "waiting_entry"
    __table_args__ = (
        UniqueConstraint("relationship_id", "open_slot_id"),
        Index("ix_waiting_entry_slot_id_status_joined_at", "slot_id", "status", "joined_at"),
        Index("ix_waiting_entry_status_offer_until", "status", "offer_until"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    slot_id: Mapped[str] = mapped_column(IdText, ForeignKey("slot.id"))
    relationship_id: Mapped[str] = mapped_column(IdText, ForeignKey("relationship.id"))
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    status: Mapped[WaitingStatus] = mapped_column(
        enum_type(WaitingStatus), default=WaitingStatus.WAITING
    )
    # One open entry a relationship and slot; NULL once it is over, so that one can join again.
    open_slot_id: Mapped[str | None] = mapped_column(
        IdText,
        Computed("CASE WHEN status IN ('waiting', 'offered') THEN slot_id ELSE NULL END"),
    )
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))
    visit_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("visit.id"))
