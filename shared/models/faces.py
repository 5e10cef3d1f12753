"""Face checks and the templates that a passed one leaves."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    CosKey,
    IdText,
    SealedBytes,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)


class FaceCheckPurpose(str, Enum):
    REGISTRATION = "registration"
    VISIT = "visit"
    RECOVERY = "recovery"


class FaceCheckStatus(str, Enum):
    CHALLENGED = "challenged"
    CHECKING = "checking"
    PASSED = "passed"
    REFUSED = "refused"
    ASK_AGAIN = "ask_again"
    REVIEW = "review"
    COULD_NOT_CHECK = "could_not_check"
    SUPERSEDED = "superseded"


class FaceCheck(Base):
    """人脸核验: a challenge, the clip that answers it, and a decision that can be explained later."""

    __tablename__ = "face_check"
    __table_args__ = (
        Index("ix_face_check_relative_id_created_at", "relative_id", "created_at"),
        Index("ix_face_check_status", "status"),
        Index("ix_face_check_created_at", "created_at"),
    )

    id: Mapped[str] = id_column()
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"))
    # Whose ID photo the clip is held against: one's own, but for a recovery.
    subject_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"))
    visit_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("visit.id"), index=True)
    purpose: Mapped[FaceCheckPurpose] = mapped_column(enum_type(FaceCheckPurpose))
    status: Mapped[FaceCheckStatus] = mapped_column(
        enum_type(FaceCheckStatus), default=FaceCheckStatus.CHALLENGED
    )
    challenge: Mapped[list[str]] = mapped_column(JSON)
    # The phone's recorder exchanges left and right, says the mini-program.
    mirrored: Mapped[bool] = mapped_column(default=False, server_default=false())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Where the phone uploads to. What is judged, and kept, is a copy that nobody outside can overwrite.
    clip_key: Mapped[str] = mapped_column(CosKey)
    # SHA-256 of the clip that was judged: no clip counts twice.
    clip_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    # A check by Tencent's E-certificate has this in place of a clip.
    eid_token: Mapped[str | None] = mapped_column(SealedText("face_check.eid_token"))
    created_at: Mapped[datetime] = created_column()
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The officer who reviewed it; None where the engine's word stands.
    decided_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    decision_reason: Mapped[str | None] = mapped_column(String(500))
    engine: Mapped[str | None] = mapped_column(String(64))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Scores and thresholds as they were, and the keys of the pictures; never pictures or names.
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Packed templates that become rows when an officer approves.
    enrolment: Mapped[bytes | None] = mapped_column(SealedBytes("face_check.enrolment"))
    # Clip, photo and frames are deleted; the decision stays until its own time is over.
    media_erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FaceTemplate(Base):
    """One enrolled frame: 128 little-endian float32, sealed, for recognition during visits."""

    __tablename__ = "face_template"

    id: Mapped[str] = id_column()
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    face_check_id: Mapped[str] = mapped_column(IdText, ForeignKey("face_check.id"))
    vector: Mapped[bytes] = mapped_column(SealedBytes("face_template.vector"))
    created_at: Mapped[datetime] = created_column()
