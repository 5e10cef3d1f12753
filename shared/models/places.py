"""Where visits happen."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, UtcDateTime, created_column, enum_type, id_column


class Site(Base):
    """戒毒所: the tenant boundary. `rules` overrides `shared.rules.site_rules` by name; 0 is their first version."""

    __tablename__ = "site"

    id: Mapped[str] = id_column()
    name: Mapped[str] = mapped_column(String(100))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rules_version: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = created_column()


class SiteRulesVersion(Base):
    """One version of a site's rules, never changed: who made it, when and why."""

    __tablename__ = "site_rules_version"

    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None: the version that stood before the first change.
    changed_by: Mapped[str | None] = mapped_column(IdText, ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(String(500))


class Ward(Base):
    """大队."""

    __tablename__ = "ward"

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))


class TerminalStatus(str, Enum):
    WORKING = "working"
    BROKEN = "broken"


class Terminal(Base):
    """会见终端: a PC with camera and microphone in the visit room. A broken one takes no bookings."""

    __tablename__ = "terminal"

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    status: Mapped[TerminalStatus] = mapped_column(
        enum_type(TerminalStatus), default=TerminalStatus.WORKING
    )


class TerminalKey(Base):
    """What a visit room's PC signs in with: only the hash (SHA-256) stands here. A new key ends the one before."""

    __tablename__ = "terminal_key"

    id: Mapped[str] = id_column()
    terminal_id: Mapped[str] = mapped_column(IdText, ForeignKey("terminal.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = created_column()
    issued_by: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeviceKind(str, Enum):
    PC = "pc"
    DISPLAY = "display"
    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    NETWORK = "network"


class DeviceStatus(str, Enum):
    WORKING = "working"
    BROKEN = "broken"


class Device(Base):
    """设备 of a terminal or of the site, as the register has it. A terminal with a broken one takes nobody."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("terminal_id", "kind"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    terminal_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("terminal.id"))
    kind: Mapped[DeviceKind] = mapped_column(enum_type(DeviceKind))
    # None until somebody registers it: a terminal's own test makes the row as well.
    name: Mapped[str | None] = mapped_column(String(100))
    serial_number: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[DeviceStatus] = mapped_column(
        enum_type(DeviceStatus), default=DeviceStatus.WORKING
    )
    # What the newest test said about it, in words.
    note: Mapped[str | None] = mapped_column(String(200))
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = created_column()
