"""The visit itself and who takes part in it."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, Boolean, Computed, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.models.base import Base, IdText, UtcDateTime, created_column, enum_type, id_column

ROOM_PREFIX = "visit-"


class VisitStatus(str, Enum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    TERMINATED = "terminated"
    EXPIRED = "expired"


# The second wall behind the locks: while a visit holds its place, (resident, slot) is unique; the
# generated column is NULL otherwise, so honest rebooking after a cancel works.
HOLDING = "status IN ('requested', 'approved', 'in_progress')"


class Visit(Base):
    """会见. `place` numbers the terminals of a slot from 1; a place is held from the request on."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("resident_id", "held_slot_id"),
        UniqueConstraint("held_slot_id", "place"),
        Index("ix_visit_resident_id_starts_at", "resident_id", "starts_at"),
        Index("ix_visit_site_id_status_starts_at", "site_id", "status", "starts_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    slot_id: Mapped[str] = mapped_column(IdText, ForeignKey("slot.id"), index=True)
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    status: Mapped[VisitStatus] = mapped_column(
        enum_type(VisitStatus), default=VisitStatus.REQUESTED
    )
    held_slot_id: Mapped[str | None] = mapped_column(
        IdText, Computed(f"CASE WHEN {HOLDING} THEN slot_id ELSE NULL END")
    )
    place: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # An officer lets it go on beyond `ends_at`, to here.
    extended_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime] = created_column()
    requested_by: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    # A request nobody has decided is over at this moment, whether or not the timer has been by.
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The site's rules as they were when it was booked: what was promised then still holds.
    rules_version: Mapped[int] = mapped_column(Integer, default=0)
    # Where the site asks for two approvals: the first of them.
    first_approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_approved_by: Mapped[str | None] = mapped_column(IdText)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(IdText)
    # How far reminding has come: 1 a day before, 2 an hour before.
    reminded: Mapped[int] = mapped_column(Integer, default=0)
    resident_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A no-show that an officer excused counts for nothing.
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where it began; until then `shared.capacity.seats` says which terminal it will have.
    terminal_id: Mapped[str | None] = mapped_column(IdText)
    recording_task_id: Mapped[str | None] = mapped_column(String(256))
    slicing_task_id: Mapped[str | None] = mapped_column(String(256))
    participants: Mapped[list["VisitParticipant"]] = relationship(lazy="selectin")

    @property
    def family(self) -> list["VisitParticipant"]:
        """In the order in which officers see them everywhere, and messages number them."""
        return sorted(self.participants, key=lambda one: (not one.lead, one.relative_id))

    @property
    def closes_at(self) -> datetime:
        """When the room is closed."""
        return self.extended_to or self.ends_at

    @property
    def room_id(self) -> str:
        """TRTC's string room id; one room per visit."""
        return f"{ROOM_PREFIX}{self.id}"


class VisitParticipant(Base):
    """An approved relative in a visit. `lead` booked it."""

    __tablename__ = "visit_participant"

    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"), primary_key=True)
    relative_id: Mapped[str] = mapped_column(
        IdText, ForeignKey("relative.id"), primary_key=True, index=True
    )
    kinship: Mapped[str] = mapped_column(String(32))
    lead: Mapped[bool] = mapped_column(Boolean, default=False)
    face_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The first pass for the room: whoever has one came in time, even if the line then failed.
    pass_given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_test: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    device_tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MoveStatus(str, Enum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    LAPSED = "lapsed"  # nobody answered in time, or the visit or the place is gone


class VisitMove(Base):
    """A visit moved to another slot, or the question whether it may be. The visit itself, its quota and history stay."""

    __tablename__ = "visit_move"
    __table_args__ = (
        UniqueConstraint("open_visit_id"),
        Index("ix_visit_move_visit_id_proposed_at", "visit_id", "proposed_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"))
    # One open question a visit; NULL once it is answered.
    open_visit_id: Mapped[str | None] = mapped_column(
        IdText, Computed("CASE WHEN status = 'proposed' THEN visit_id ELSE NULL END")
    )
    from_slot_id: Mapped[str] = mapped_column(IdText, ForeignKey("slot.id"))
    to_slot_id: Mapped[str] = mapped_column(IdText, ForeignKey("slot.id"))
    status: Mapped[MoveStatus] = mapped_column(enum_type(MoveStatus), default=MoveStatus.PROPOSED)
    reason: Mapped[str] = mapped_column(String(500))
    proposed_at: Mapped[datetime] = created_column()
    proposed_by: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))
    answer_until: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A relative, or the officer who has the family's word for it.
    answered_by: Mapped[str | None] = mapped_column(IdText)
