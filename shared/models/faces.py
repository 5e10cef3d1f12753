"""Face checks and the templates that a passed one leaves."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    CosKey,
    IdText,
    SealedBytes,
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


class FaceCheck(Base):
    """人脸核验: a challenge, the clip that answers it, and a decision that can be explained later."""

    __tablename__ = "face_check"
    __table_args__ = (Index("ix_face_check_relative_id_created_at", "relative_id", "created_at"),)

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
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clip_key: Mapped[str] = mapped_column(CosKey)
    created_at: Mapped[datetime] = created_column()
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    engine: Mapped[str | None] = mapped_column(String(64))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Scores and thresholds as they were, never pictures or names.
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class FaceTemplate(Base):
    """One enrolled frame: 128 little-endian float32, sealed, for recognition during visits."""

    __tablename__ = "face_template"

    id: Mapped[str] = id_column()
    relative_id: Mapped[str] = mapped_column(IdText, ForeignKey("relative.id"), index=True)
    face_check_id: Mapped[str] = mapped_column(IdText, ForeignKey("face_check.id"))
    vector: Mapped[bytes] = mapped_column(SealedBytes("face_template.vector"))
    created_at: Mapped[datetime] = created_column()
