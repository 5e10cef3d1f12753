"""Visits in the centre's ordinary visit system, and what that system is told of the remote ones [T22]."""

from datetime import datetime
from enum import Enum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from shared.models import rooms  # noqa: F401  (points at it)
from shared.models.base import (
    Base,
    BlindIndex,
    CosKey,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)
from shared.sealing import blind_index


class OnsiteVisitStatus(str, Enum):
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class OnsiteVisit(Base):
    """现场会见: one that took place on site, as the newest record tells it; `cancelled`: recorded by mistake.

    `visitor_ids` are the other system's (OnsiteVisitor.external_id). `quota_source_id` names its line in the quota
    ledger; None: it is not counted, since it is cancelled or its resident is not known yet.
    """

    __tablename__ = "onsite_visit"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index("ix_onsite_visit_resident_id_started_at", "resident_id", "started_at"),
        Index("ix_onsite_visit_site_id_started_at", "site_id", "started_at"),
        Index("ix_onsite_visit_site_id_resident_number_index", "site_id", "resident_number_index"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    resident_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("resident.id"))
    resident_number: Mapped[str] = mapped_column(SealedText("onsite_visit.resident_number"))
    resident_number_index: Mapped[bytes] = mapped_column(BlindIndex)
    visitor_ids: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[OnsiteVisitStatus] = mapped_column(enum_type(OnsiteVisitStatus))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recording_key: Mapped[str | None] = mapped_column(CosKey)
    recording_id: Mapped[str | None] = mapped_column(IdText, ForeignKey("recording.id"))
    quota_source_id: Mapped[str | None] = mapped_column(IdText)
    # How new the record is, by that system's own clock.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = created_column()

    @validates("resident_number")
    def index_resident_number(self, _key: str, value: str) -> str:
        self.resident_number_index = blind_index(value, context="resident_number")
        return value


class OnsiteFeed(Base):
    """The last place given out in a site's feed. Its row is the lock of both directions: deliveries of a site are
    taken one after the other, and the order of commits is the order of places."""

    __tablename__ = "onsite_feed"

    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), primary_key=True)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)


class OfferKind(str, Enum):
    VISIT = "visit"
    RELATIVE = "relative"


class OnsiteOffer(Base):
    """What the ordinary visit system was last told of one remote visit or one relative's tie.

    `source_id`: the visit's or relationship's; `state`: what was told. `seq`: its place in the feed, the newest.
    """

    __tablename__ = "onsite_offer"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        UniqueConstraint("site_id", "seq"),
    )

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"))
    kind: Mapped[OfferKind] = mapped_column(enum_type(OfferKind))
    source_id: Mapped[str] = mapped_column(IdText)
    state: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = created_column()
