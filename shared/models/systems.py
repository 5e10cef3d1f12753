"""Systems of the centre that exchange data with this one."""

from datetime import datetime
from enum import Enum

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)


class SystemKind(str, Enum):
    ONSITE = "onsite"
    PHONE = "phone"
    ANTIVIRUS = "antivirus"


class ConnectedSystem(Base):
    """The ordinary visit system or the phone system of one site. Each signs with a key of its own."""

    __tablename__ = "connected_system"

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    kind: Mapped[SystemKind] = mapped_column(enum_type(SystemKind))
    name: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(SealedText("connected_system.key"))
    # Where our own deliveries go; None: that system fetches them.
    push_url: Mapped[str | None] = mapped_column(String(500))
    # Where its records are fetched; None: it delivers them. The cursor is its own word for how far we are.
    pull_url: Mapped[str | None] = mapped_column(String(500))
    pull_cursor: Mapped[str] = mapped_column(String(200), default="")
    pulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What we sign with; of what we receive either is taken.
    algorithm: Mapped[str] = mapped_column(String(16), default="HMAC-SM3")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = created_column()


class DeliveryNonce(Base):
    """A nonce once seen: the same signed request is not taken a second time."""

    __tablename__ = "delivery_nonce"

    system_id: Mapped[str] = mapped_column(
        IdText, ForeignKey("connected_system.id"), primary_key=True
    )
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
