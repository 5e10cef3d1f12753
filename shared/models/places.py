"""Where visits happen."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, IdText, created_column, enum_type, id_column


class Site(Base):
    """戒毒所: the tenant boundary. `rules` overrides `shared.rules.site_rules` by name."""

    __tablename__ = "site"

    id: Mapped[str] = id_column()
    name: Mapped[str] = mapped_column(String(100))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = created_column()


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
