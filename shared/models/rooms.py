"""What happens in a visit's room: TRTC's events, frames, alerts and recordings."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.models.base import (
    Base,
    CosKey,
    IdText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
    request_column,
)


class RoomEvent(Base):
    """A TRTC callback as it came. `fingerprint` (SHA-256 of what the event says) makes it count once."""

    # No foreign key on the visit: its check would take a lock on the visit's row, and a callback would wait for
    # whoever works with the visit at that moment.

    __tablename__ = "room_event"
    __table_args__ = (
        Index("ix_room_event_visit_id_happened_ms", "visit_id", "happened_ms"),
        Index("ix_room_event_worked_at_received_at", "worked_at", "received_at"),
    )

    id: Mapped[str] = id_column()
    visit_id: Mapped[str | None] = mapped_column(IdText)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    event_group: Mapped[int] = mapped_column(Integer)
    event_type: Mapped[int] = mapped_column(Integer)
    room_id: Mapped[str] = mapped_column(String(128))
    happened_ms: Mapped[int] = mapped_column(BigInteger)
    info: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[datetime] = created_column()
    # Stored first, answered, and worked through by a timer; NULL until then.
    worked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_id: Mapped[str | None] = request_column()


class RoomStateRow(Base):
    """What the events of one visit say together (shared.rules.room_state): kept to be read, and never believed over
    the events."""

    __tablename__ = "room_state"

    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    # When its robots are to be asked after; NULL once the visit is over.
    robots_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Frame(Base):
    """One picture of a room, analysed. `faces` holds box, distance and verdict of each face."""

    __tablename__ = "frame"
    __table_args__ = (
        UniqueConstraint("cos_key"),
        Index("ix_frame_visit_id_taken_at", "visit_id", "taken_at"),
    )

    id: Mapped[str] = id_column()
    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"))
    cos_key: Mapped[str] = mapped_column(CosKey)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int] = mapped_column(Integer)
    faces: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    analysed_at: Mapped[datetime] = created_column()


class AlertKind(str, Enum):
    EXTRA_PERSON = "extra_person"
    UNKNOWN_PERSON = "unknown_person"
    ABSENT = "absent"
    FACE_MISMATCH = "face_mismatch"


class Side(str, Enum):
    """Whose picture it is: the family's own cameras, or the terminal in the centre where the resident sits."""

    FAMILY = "family"
    TERMINAL = "terminal"


class Alert(Base):
    """预警: one a kind, camera and visit, with a count, until an officer has acknowledged it; it never ends a visit by
    itself. `frame_key` is the picture that decided, of that camera."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("visit_id", "kind", "frame_key"),
        Index("ix_alert_site_id_changed_at", "site_id", "changed_at"),
        Index("ix_alert_site_id_kind_first_at", "site_id", "kind", "first_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"))
    kind: Mapped[AlertKind] = mapped_column(enum_type(AlertKind))
    side: Mapped[Side] = mapped_column(enum_type(Side), default=Side.FAMILY)
    count: Mapped[int] = mapped_column(Integer, default=1)
    frame_key: Mapped[str] = mapped_column(CosKey)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the row was written last: what the live desk asks for.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    # An officer has looked, and says what was found.
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    acknowledged_why: Mapped[str | None] = mapped_column(String(500))


class RecordingStatus(str, Enum):
    EXPECTED = "expected"
    PLAYABLE = "playable"
    LOST = "lost"
    DELETED = "deleted"


class RecordingKind(str, Enum):
    VISIT = "visit"
    ONSITE = "onsite"
    PHONE = "phone"


class Recording(Base):
    """录音录像 of a visit, an on-site visit or a phone call. `expected` until its file stands in COS."""

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("cos_key"),
        Index("ix_recording_site_id_starts_at", "site_id", "starts_at"),
        Index("ix_recording_resident_id_starts_at", "resident_id", "starts_at"),
        Index("ix_recording_status_due_at", "status", "due_at"),
        Index("ix_recording_site_id_kind_starts_at", "site_id", "kind", "starts_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    kind: Mapped[RecordingKind] = mapped_column(enum_type(RecordingKind))
    visit_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("visit.id"), index=True)
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    status: Mapped[RecordingStatus] = mapped_column(
        enum_type(RecordingStatus), default=RecordingStatus.EXPECTED
    )
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cos_key: Mapped[str | None] = mapped_column(CosKey)
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    legal_hold: Mapped[bool] = mapped_column(Boolean, default=False)
    # COS was asked afterwards and did not know the object any more.
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = created_column()


class RoomMessage(Base):
    """What an officer says to everybody in a visit's room; their pages show it."""

    __tablename__ = "room_message"
    __table_args__ = (Index("ix_room_message_visit_id_sent_at", "visit_id", "sent_at"),)

    id: Mapped[str] = id_column()
    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"))
    text: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    sent_at: Mapped[datetime] = created_column()
    sent_by: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))


class RoomMute(Base):
    """Somebody in a visit's room whose microphone an officer has turned off, by TRTC's user id, until it is lifted."""

    __tablename__ = "room_mute"

    visit_id: Mapped[str] = mapped_column(IdText, ForeignKey("visit.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    muted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    muted_by: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HelpCall(Base):
    """Somebody at a terminal asks for an officer."""

    __tablename__ = "help_call"
    __table_args__ = (Index("ix_help_call_site_id_asked_at", "site_id", "asked_at"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    terminal_id: Mapped[str] = mapped_column(IdText, ForeignKey("terminal.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("visit.id"))
    asked_at: Mapped[datetime] = created_column()
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))


class PlaybackGrant(Base):
    """One officer may play one recording for a while, for the reason given. Links made under it last minutes."""

    __tablename__ = "playback_grant"

    id: Mapped[str] = id_column()
    recording_id: Mapped[str] = mapped_column(IdText, ForeignKey("recording.id"))
    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))
    reason: Mapped[str] = mapped_column(String(500))
    granted_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
