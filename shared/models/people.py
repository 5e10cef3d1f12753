"""Residents and their families. Whatever names or identifies a person is sealed."""

from datetime import datetime
from enum import Enum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
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


class ResidentStatus(str, Enum):
    ACTIVE = "active"
    RESTRICTED = "restricted"
    TRANSFERRED = "transferred"
    RELEASED = "released"


class Resident(Base):
    """戒毒人员. `number` is the one the centre gave; a family needs it to ask for a relationship."""

    __tablename__ = "resident"
    __table_args__ = (UniqueConstraint("site_id", "number_index"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    ward_id: Mapped[str] = mapped_column(IdText, ForeignKey("ward.id"), index=True)
    number: Mapped[str] = mapped_column(SealedText("resident.number"))
    number_index: Mapped[bytes] = mapped_column(BlindIndex)
    name: Mapped[str] = mapped_column(SealedText("resident.name"))
    # Officers search by the whole name.
    name_index: Mapped[bytes | None] = mapped_column(BlindIndex, index=True)
    status: Mapped[ResidentStatus] = mapped_column(
        enum_type(ResidentStatus), default=ResidentStatus.ACTIVE
    )
    treatment_level: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = created_column()

    @validates("number")
    def index_number(self, _key: str, value: str) -> str:
        self.number_index = blind_index(value, context="resident_number")
        return value

    @validates("name")
    def index_name(self, _key: str, value: str) -> str:
        self.name_index = blind_index(value, context="name")
        return value


class Relative(Base):
    """亲属: a WeChat user. What is proven about the person stands in the *_checked_at columns."""

    __tablename__ = "relative"

    id: Mapped[str] = id_column()
    openid: Mapped[str] = mapped_column(SealedText("relative.openid"))
    openid_index: Mapped[bytes] = mapped_column(BlindIndex, unique=True)
    name: Mapped[str | None] = mapped_column(SealedText("relative.name"))
    name_index: Mapped[bytes | None] = mapped_column(BlindIndex, index=True)
    id_number: Mapped[str | None] = mapped_column(SealedText("relative.id_number"))
    id_number_index: Mapped[bytes | None] = mapped_column(BlindIndex, unique=True)
    phone: Mapped[str | None] = mapped_column(SealedText("relative.phone"))
    phone_index: Mapped[bytes | None] = mapped_column(BlindIndex, index=True)
    id_photo_key: Mapped[str | None] = mapped_column(CosKey)
    phone_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    face_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Equal to face_checked_at: the check on site stands for the face check, and ends with the on-site record.
    onsite_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Raised to sign this person out everywhere: a session carries the number it was made with.
    session_generation: Mapped[int] = mapped_column(Integer, default=0)
    # The person is gone from here; the row stays as a pseudonym that records which must be kept point at.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = created_column()

    @validates("name")
    def index_name(self, _key: str, value: str | None) -> str | None:
        self.name_index = value and blind_index(value, context="name") or None
        return value

    @validates("openid")
    def index_openid(self, _key: str, value: str) -> str:
        self.openid_index = blind_index(value, context="openid")
        return value

    @validates("id_number")
    def index_id_number(self, _key: str, value: str | None) -> str | None:
        self.id_number_index = value and blind_index(value, context="id_number") or None
        return value

    @validates("phone")
    def index_phone(self, _key: str, value: str | None) -> str | None:
        self.phone_index = value and blind_index(value, context="phone") or None
        return value


class ConsentPurpose(str, Enum):
    IDENTITY = "identity"
    FACE = "face"
    PHONE = "phone"
    RECORDING = "recording"


class Consent(Base):
    """单独同意: one purpose, one version of the text, one moment."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_relative_id_purpose", "relative_id", "purpose"),)

    id: Mapped[str] = id_column()
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"))
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_type(ConsentPurpose))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RelationshipStatus(str, Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class Relationship(Base):
    """亲属关系: a relative's tie to a resident."""

    __tablename__ = "relationship"
    __table_args__ = (UniqueConstraint("relative_id", "resident_id"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"))
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"), index=True)
    kinship: Mapped[str] = mapped_column(String(32))
    status: Mapped[RelationshipStatus] = mapped_column(
        enum_type(RelationshipStatus), default=RelationshipStatus.PENDING
    )
    asked_at: Mapped[datetime] = created_column()
    # Where the site asks for two approvals: the first of them.
    first_approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_approved_by: Mapped[str | None] = mapped_column(IdText)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    # Pictures that prove the tie: a page of the household register, a marriage certificate.
    proof_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    suspended_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The on-site record it came from; None: an officer decided.
    onsite_visitor_id: Mapped[str | None] = mapped_column(
        IdText, ForeignKey("onsite_visitor.id"), index=True
    )


class OnsiteVisitor(Base):
    """普通会见登记人: registered in the centre's ordinary visit system, as its newest record tells it [T22].

    `resident_id` None: the record came before the resident; `resident_number` finds the resident later.
    `checked_at` None: registered there, not checked yet.
    """

    __tablename__ = "onsite_visitor"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index(
            "ix_onsite_visitor_site_id_resident_number_index", "site_id", "resident_number_index"
        ),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(SealedText("onsite_visitor.name"))
    id_number: Mapped[str] = mapped_column(SealedText("onsite_visitor.id_number"))
    id_number_index: Mapped[bytes] = mapped_column(BlindIndex, index=True)
    kinship: Mapped[str] = mapped_column(String(32))
    resident_number: Mapped[str] = mapped_column(SealedText("onsite_visitor.resident_number"))
    resident_number_index: Mapped[bytes] = mapped_column(BlindIndex)
    resident_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("resident.id"), index=True)
    photo_key: Mapped[str | None] = mapped_column(CosKey)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[str | None] = mapped_column(String(100))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How new the record is, by that system's own clock: an older one never overwrites a newer one.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = created_column()

    @validates("id_number")
    def index_id_number(self, _key: str, value: str) -> str:
        self.id_number_index = blind_index(value, context="id_number")
        return value

    @validates("resident_number")
    def index_resident_number(self, _key: str, value: str) -> str:
        self.resident_number_index = blind_index(value, context="resident_number")
        return value


class CompanionCode(Base):
    """What one relative tells another so that both can take part in a visit; neither sees more of the other."""

    __tablename__ = "companion_code"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ManualCheckPurpose(str, Enum):
    FACE = "face"
    PHONE = "phone"
    VISIT = "visit"


class ManualCheckStatus(str, Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class ManualCheck(Base):
    """An officer checks a person instead of the machine: the law forbids a face check as the only way."""

    __tablename__ = "manual_check"
    __table_args__ = (Index("ix_manual_check_site_id_status", "site_id", "status"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("visit.id"))
    purpose: Mapped[ManualCheckPurpose] = mapped_column(enum_type(ManualCheckPurpose))
    status: Mapped[ManualCheckStatus] = mapped_column(
        enum_type(ManualCheckStatus), default=ManualCheckStatus.PENDING
    )
    asked_at: Mapped[datetime] = created_column()
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(String(500))


class UnmatchedRequest(Base):
    """A request for a relationship that fits no resident. To the relative it looks like any other, pending and
    later rejected: an answer at once would tell who is a resident. `asked_index`: what was typed, blind."""

    __tablename__ = "unmatched_request"
    __table_args__ = (
        Index("ix_unmatched_request_relative_id_asked_at", "relative_id", "asked_at"),
    )

    id: Mapped[str] = id_column()
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"))
    asked_index: Mapped[bytes] = mapped_column(BlindIndex)
    kinship: Mapped[str] = mapped_column(String(32))
    status: Mapped[RelationshipStatus] = mapped_column(
        enum_type(RelationshipStatus), default=RelationshipStatus.PENDING
    )
    reason: Mapped[str | None] = mapped_column(String(500))
    asked_at: Mapped[datetime] = created_column()
    reject_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
