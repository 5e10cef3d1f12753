"""What keeps the rest honest: outbox, audit, idempotency, shared access tokens."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
    request_column,
)


class OutboxState(str, Enum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Outbox(Base):
    """Something to be done outside, written with the change that wants it. `body` may name people: sealed."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"),)

    id: Mapped[str] = id_column()
    kind: Mapped[str] = mapped_column(String(32))
    dedupe_key: Mapped[str | None] = mapped_column(String(128), unique=True)
    body: Mapped[str] = mapped_column(SealedText("outbox.body"))
    state: Mapped[OutboxState] = mapped_column(enum_type(OutboxState), default=OutboxState.WAITING)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = created_column()
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_id: Mapped[str | None] = request_column()


class AuditEvent(Base):
    """Append-only: who did what to which record, and why. Ids and codes only, nothing personal."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject_id_happened_at", "subject_id", "happened_at"),
        Index("ix_audit_event_site_id_happened_at", "site_id", "happened_at"),
    )

    id: Mapped[str] = id_column()
    happened_at: Mapped[datetime] = created_column()
    site_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("site.id"))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(500))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AuditSeal(Base):
    """Covers every audit row with an id below `until_id` and not below the seal before. See shared/audit_chain.py."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    until_id: Mapped[str] = mapped_column(IdText)
    rows: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = created_column()


class IdempotencyRecord(Base):
    """The answer to a request that must have one effect, written in the transaction of that effect."""

    __tablename__ = "idempotency_record"

    owner_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RequestCount(Base):
    """How often and for how long a route was answered so, by all instances together, since the first."""

    __tablename__ = "request_count"

    route: Mapped[str] = mapped_column(String(128), primary_key=True)
    method: Mapped[str] = mapped_column(String(8), primary_key=True)
    status: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    requests: Mapped[int] = mapped_column(BigInteger, default=0)
    ms: Mapped[int] = mapped_column(BigInteger, default=0)


class AccessToken(Base):
    """A provider's access token, shared by every instance: a newer one may end an older one."""

    __tablename__ = "access_token"

    provider: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str | None] = mapped_column(SealedText("access_token.token"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
