"""Reports of the operations as files in COS, and the cases of the knowledge base."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models import tickets  # noqa: F401  (points at it)
from shared.models.base import (
    Base,
    CosKey,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)


class ReportKind(str, Enum):
    MONTHLY = "monthly"
    INCIDENT = "incident"
    INSPECTION = "inspection"


class OpsReport(Base):
    """A version of a report. `subject`: the month (2026-11), the ticket's or the inspection's id.

    `digest` is the SHA-256 of the Word file: made again from the same data it is the same, and no new version.
    """

    __tablename__ = "ops_report"
    __table_args__ = (UniqueConstraint("site_id", "kind", "subject", "digest"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    kind: Mapped[ReportKind] = mapped_column(enum_type(ReportKind))
    subject: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    docx_key: Mapped[str] = mapped_column(CosKey)
    xlsx_key: Mapped[str | None] = mapped_column(CosKey)
    made_at: Mapped[datetime] = created_column()
    made_by: Mapped[str] = mapped_column(String(64))


class CaseStatus(str, Enum):
    DRAFT = "draft"
    SHOWN = "shown"
    DROPPED = "dropped"


class KnowledgeCase(Base):
    """案例: what a closed incident teaches. Scrubbed when it is drafted, read by a person before it shows."""

    __tablename__ = "knowledge_case"
    __table_args__ = (
        UniqueConstraint("ticket_id"),
        Index("ix_knowledge_case_site_id_status_made_at", "site_id", "status", "made_at"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    ticket_id: Mapped[str] = mapped_column(IdText, ForeignKey("ticket.id"))
    status: Mapped[CaseStatus] = mapped_column(enum_type(CaseStatus), default=CaseStatus.DRAFT)
    title: Mapped[str] = mapped_column(SealedText("knowledge_case.title"))
    symptom: Mapped[str] = mapped_column(SealedText("knowledge_case.symptom"))
    cause: Mapped[str] = mapped_column(SealedText("knowledge_case.cause"))
    method: Mapped[str] = mapped_column(SealedText("knowledge_case.method"))
    prevention: Mapped[str] = mapped_column(SealedText("knowledge_case.prevention"))
    # How many words the search counts.
    length: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime] = created_column()
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))


class CaseWord(Base):
    """How often a word stands in a shown case, for the search."""

    __tablename__ = "case_word"

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str] = mapped_column(IdText, ForeignKey("knowledge_case.id"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
