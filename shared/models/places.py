"""Where visits happen."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
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
