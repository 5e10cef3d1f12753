"""Registers of the operations: what happened to a device, cloud subscriptions, anti-virus states, training."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import BigInteger, Date, Float, ForeignKey, Index, Integer, String, UniqueConstraint
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


class DeviceEventKind(str, Enum):
    REGISTERED = "registered"
    BROKEN = "broken"
    REPAIRED = "repaired"
    INSPECTED = "inspected"


class DeviceEvent(Base):
    """One line of a device's history [T9–T13]."""

    __tablename__ = "device_event"
    __table_args__ = (Index("ix_device_event_device_id_happened_at", "device_id", "happened_at"),)

    id: Mapped[str] = id_column()
    device_id: Mapped[str] = mapped_column(IdText, ForeignKey("device.id"))
    kind: Mapped[DeviceEventKind] = mapped_column(enum_type(DeviceEventKind))
    note: Mapped[str | None] = mapped_column(SealedText("device_event.note"))
    made_by: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime] = created_column()


class SubscriptionKind(str, Enum):
    """Rows T1–T8 of the customer's table."""

    SERVER = "server"
    DATABASE = "database"
    LOAD_BALANCER = "load_balancer"
    NETWORK = "network"
    IM = "im"
    AUDIO_VIDEO = "audio_video"
    SMS = "sms"
    DATABASE_STEWARD = "database_steward"


class Subscription(Base):
    """云资源: paid until `expires_on`; `quota` in `unit`s, none for what is not counted. Money in cents."""

    __tablename__ = "subscription"

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    kind: Mapped[SubscriptionKind] = mapped_column(enum_type(SubscriptionKind))
    name: Mapped[str] = mapped_column(String(100))
    owner: Mapped[str] = mapped_column(String(100))
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    starts_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date)
    unit: Mapped[str | None] = mapped_column(String(16))
    quota: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime] = created_column()


class SubscriptionReading(Base):
    """How much of the quota was used by the end of a day, and what the account held."""

    __tablename__ = "subscription_reading"

    subscription_id: Mapped[str] = mapped_column(
        IdText, ForeignKey("subscription.id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    used: Mapped[float | None] = mapped_column(Float)
    balance: Mapped[int | None] = mapped_column(BigInteger)


class AntivirusState(str, Enum):
    PROTECTED = "protected"
    INFECTED = "infected"
    OFF = "off"


class AntivirusMachine(Base):
    """What the anti-virus console last said of a machine [T14]."""

    __tablename__ = "antivirus_machine"
    __table_args__ = (UniqueConstraint("site_id", "machine"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    machine: Mapped[str] = mapped_column(String(64))
    state: Mapped[AntivirusState] = mapped_column(enum_type(AntivirusState))
    threats: Mapped[int] = mapped_column(Integer, default=0)
    definitions_on: Mapped[date] = mapped_column(Date)
    # Since when it has been in this state.
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Training(Base):
    """培训 [T17]: planned, reminded, recorded."""

    __tablename__ = "training"
    __table_args__ = (Index("ix_training_site_id_planned_on", "site_id", "planned_on"),)

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    topic: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(100))
    planned_on: Mapped[date] = mapped_column(Date)
    people: Mapped[int | None] = mapped_column(Integer)
    record: Mapped[str | None] = mapped_column(SealedText("training.record"))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = created_column()
