"""Backups: which were made, and which were proven to restore."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import BigInteger, Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, CosKey, UtcDateTime, enum_type, id_column


class BackupKind(str, Enum):
    FULL = "full"
    INCREMENTAL = "incremental"


class BackupState(str, Enum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DELETED = "deleted"


class Backup(Base):
    """One a day. `folder`: where the last full backup and the increments on it stand together in COS."""

    __tablename__ = "backup"
    __table_args__ = (UniqueConstraint("day"),)

    id: Mapped[str] = id_column()
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[BackupKind] = mapped_column(enum_type(BackupKind))
    state: Mapped[BackupState] = mapped_column(enum_type(BackupState))
    folder: Mapped[str] = mapped_column(CosKey)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Rows in all, and bytes written this time.
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    bytes_written: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(Integer, default=1)
    error: Mapped[str | None] = mapped_column(String(64))
    # A restore into a scratch database gave the same row hashes.
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
