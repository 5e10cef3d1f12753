"""Family phones and their three-element checks."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from shared.models.base import (
    Base,
    BlindIndex,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
    request_column,
)
from shared.sealing import blind_index


class PhoneCheckResult(str, Enum):
    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_CHECKED = "not_checked"


class FamilyPhoneStatus(str, Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    REMOVED = "removed"


class FamilyPhone(Base):
    """亲情电话: a checked number a resident may call.

    `relative_id` asked for it; None: it came from the phone system's own list. `owner_*` is the person whose
    number it is; all None when that is the relative. `check_result` None: the check is still going on. `number_index` is
    not that of the number where somebody else's stood when it was asked for: then it is found by nobody's call.
    """

    __tablename__ = "family_phone"
    __table_args__ = (
        UniqueConstraint("resident_id", "number_index"),
        UniqueConstraint("site_id", "feed_seq"),
        Index("ix_family_phone_site_id_status_checked_at", "site_id", "status", "checked_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    resident_id: Mapped[str] = mapped_column(IdText, ForeignKey("resident.id"))
    relative_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    relationship_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("relationship.id"))
    number: Mapped[str] = mapped_column(SealedText("family_phone.number"))
    number_index: Mapped[bytes] = mapped_column(BlindIndex, index=True)
    owner_name: Mapped[str | None] = mapped_column(SealedText("family_phone.owner_name"))
    owner_id_number: Mapped[str | None] = mapped_column(SealedText("family_phone.owner_id_number"))
    owner_consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kinship: Mapped[str] = mapped_column(String(32), default="")
    status: Mapped[FamilyPhoneStatus] = mapped_column(
        enum_type(FamilyPhoneStatus), default=FamilyPhoneStatus.PENDING
    )
    check_result: Mapped[PhoneCheckResult | None] = mapped_column(enum_type(PhoneCheckResult))
    check_reason: Mapped[str | None] = mapped_column(String(64))
    # When it was last proven, by the check or by an officer's own eyes.
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recheck_not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it is rejected, blocked or removed: the family reads it.
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    # Its place in the site's feed to the phone system: the newest change; None: never told.
    feed_seq: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = created_column()
    created_at: Mapped[datetime] = created_column()

    @validates("number")
    def index_number(self, _key: str, value: str) -> str:
        self.number_index = blind_index(value, context="phone")
        return value


class PhoneFeed(Base):
    """The last place given out in a site's feed. Its row is the lock that makes commit order feed order."""

    __tablename__ = "phone_feed"

    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), primary_key=True)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)


class PhoneCheckPurpose(str, Enum):
    REGISTRATION = "registration"
    FAMILY_PHONE = "family_phone"
    RECHECK = "recheck"


class PhoneCheckJobStatus(str, Enum):
    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


class PhoneCheckJob(Base):
    """A check that is wanted, until the provider has said something final.

    `open_key` names what is checked and is unique while it waits: one check of a thing at a time. Each try moves
    `due_at` and counts, and only who holds the present try may settle. `number` goes when the job is over.
    """

    __tablename__ = "phone_check_job"
    __table_args__ = (
        Index("ix_phone_check_job_status_due_at", "status", "due_at"),
        Index("ix_phone_check_job_relative_id_created_at", "relative_id", "created_at"),
    )

    id: Mapped[str] = id_column()
    purpose: Mapped[PhoneCheckPurpose] = mapped_column(enum_type(PhoneCheckPurpose))
    site_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("site.id"))
    relative_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("relative.id"))
    family_phone_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("family_phone.id"))
    number: Mapped[str | None] = mapped_column(SealedText("phone_check_job.number"))
    tail: Mapped[str] = mapped_column(SealedText("phone_check_job.tail"))
    status: Mapped[PhoneCheckJobStatus] = mapped_column(
        enum_type(PhoneCheckJobStatus), default=PhoneCheckJobStatus.WAITING
    )
    open_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    result: Mapped[PhoneCheckResult | None] = mapped_column(enum_type(PhoneCheckResult))
    reason: Mapped[str | None] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = created_column()
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_id: Mapped[str | None] = request_column()


class PhoneCheck(Base):
    """The cost ledger: one call of the provider, written before it is made.

    `billed` None: we never heard (a timeout, a process that died); the provider may have billed it.
    """

    __tablename__ = "phone_check"
    __table_args__ = (
        Index("ix_phone_check_relative_id_checked_at", "relative_id", "checked_at"),
        Index("ix_phone_check_site_id_checked_at", "site_id", "checked_at"),
    )

    id: Mapped[str] = id_column()
    job_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("phone_check_job.id"))
    site_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("site.id"))
    relative_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("relative.id"))
    purpose: Mapped[PhoneCheckPurpose] = mapped_column(
        enum_type(PhoneCheckPurpose), default=PhoneCheckPurpose.REGISTRATION
    )
    checked_at: Mapped[datetime] = created_column()
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[PhoneCheckResult] = mapped_column(
        enum_type(PhoneCheckResult), default=PhoneCheckResult.NOT_CHECKED
    )
    provider_code: Mapped[str] = mapped_column(String(80), default="")
    detail: Mapped[str | None] = mapped_column(String(64))
    billed: Mapped[bool | None]
    request_id: Mapped[str | None] = mapped_column(String(64))


class PhoneCheckCount(Base):
    """How many checks one relative, number or site has used on one local day."""

    __tablename__ = "phone_check_count"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    used: Mapped[int] = mapped_column(Integer, default=0)
