"""Family phones and the calls made to them on the centre's phone system."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

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


class FamilyPhoneStatus(str, Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"


class FamilyPhone(Base):
    """亲情电话: a checked number a resident may call."""

    __tablename__ = "family_phone"
    __table_args__ = (UniqueConstraint("resident_id", "number_index"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    number: Mapped[str] = mapped_column(SealedText("family_phone.number"))
    number_index: Mapped[bytes] = mapped_column(BlindIndex, index=True)
    status: Mapped[FamilyPhoneStatus] = mapped_column(
        enum_type(FamilyPhoneStatus), default=FamilyPhoneStatus.PENDING
    )
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = created_column()

    @validates("number")
    def index_number(self, _key: str, value: str) -> str:
        self.number_index = blind_index(value, context="phone")
        return value


class PhoneCheckResult(str, Enum):
    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_CHECKED = "not_checked"


class PhoneCheck(Base):
    """One three-element check (name, ID number, phone) and what it cost."""

    __tablename__ = "phone_check"
    __table_args__ = (Index("ix_phone_check_relative_id_checked_at", "relative_id", "checked_at"),)

    id: Mapped[str] = id_column()
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"))
    checked_at: Mapped[datetime] = created_column()
    result: Mapped[PhoneCheckResult] = mapped_column(enum_type(PhoneCheckResult))
    provider_code: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(64))
    billed: Mapped[bool]
    request_id: Mapped[str | None] = mapped_column(String(64))


class PhoneCall(Base):
    """A call on the centre's phone system, as its call record tells it."""

    __tablename__ = "phone_call"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index("ix_phone_call_resident_id_started_at", "resident_id", "started_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    family_phone_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("family_phone.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[int] = mapped_column(Integer)
    recording_key: Mapped[str | None] = mapped_column(CosKey)
