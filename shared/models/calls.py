"""Calls to family phones on the centre's phone system. Apart from the phones: rooms come with them, for the recordings."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from shared.models import phones, rooms  # noqa: F401  (points at them)
from shared.models.base import (
    Base,
    BlindIndex,
    CosKey,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)
from shared.sealing import blind_index


class CallDirection(str, Enum):
    OUTGOING = "outgoing"
    INCOMING = "incoming"


class CallResult(str, Enum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


class PhoneCall(Base):
    """A call on the centre's phone system, as its newest call record tells it.

    `resident_id` None: the record came before the resident; `resident_number` finds the resident later.
    """

    __tablename__ = "phone_call"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index("ix_phone_call_resident_id_started_at", "resident_id", "started_at"),
        Index("ix_phone_call_site_id_started_at", "site_id", "started_at"),
        Index(
            "ix_phone_call_site_id_number_index_started_at", "site_id", "number_index", "started_at"
        ),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    resident_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("resident.id"))
    resident_number: Mapped[str] = mapped_column(SealedText("phone_call.resident_number"))
    resident_number_index: Mapped[bytes] = mapped_column(BlindIndex)
    family_phone_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("family_phone.id"))
    number: Mapped[str] = mapped_column(SealedText("phone_call.number"))
    number_index: Mapped[bytes | None] = mapped_column(BlindIndex)
    direction: Mapped[CallDirection] = mapped_column(enum_type(CallDirection))
    result: Mapped[CallResult] = mapped_column(enum_type(CallResult))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[int] = mapped_column(Integer)
    recording_key: Mapped[str | None] = mapped_column(CosKey)
    recording_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("recording.id"))
    # The source of its present line in the quota ledger; a correction gives the line back and takes another source.
    quota_source_id: Mapped[str | None] = mapped_column(IdText)
    # How new the record is, by the phone system's own clock: an older one never overwrites a newer one.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = created_column()

    @validates("resident_number")
    def index_resident_number(self, _key: str, value: str) -> str:
        self.resident_number_index = blind_index(value, context="resident_number")
        return value

    @validates("number")
    def index_number(self, _key: str, value: str) -> str:
        self.number_index = blind_index(value, context="phone")
        return value
