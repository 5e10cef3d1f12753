"""Timer: tell ordinary visit systems what changed in remote visits and in who may have them.

It compares what is with what was told, so booking writes nothing for it, and whatever was missed is told later.
A change gets the next place of its site's feed: a visit stands in the feed once, in its newest state.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, String, and_, case, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from functions.booking.onsite.push_offers import queue_push
from functions.booking.onsite.records import lock_site
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.models.onsite import OfferKind, OnsiteFeed, OnsiteOffer
from shared.models.people import Relationship, RelationshipStatus, Relative
from shared.models.systems import ConnectedSystem, SystemKind
from shared.models.visits import Visit, VisitStatus

BATCH = 200
# Visits further back are settled.
BACK = timedelta(days=14)
CHECKED, ENDED = "checked", "ended"


def offer_changes() -> int:
    """How many changes were told, over all sites that have such a system."""
    return each(_sites(), _offer)


@in_transaction
def _sites(session: Session) -> Sequence[str]:
    query = select(ConnectedSystem.site_id).where(
        ConnectedSystem.kind == SystemKind.ONSITE, ConnectedSystem.active
    )
    return session.scalars(query.distinct().order_by(ConnectedSystem.site_id)).all()


@in_transaction
def _offer(session: Session, site_id: str) -> int:
    lock_site(session, site_id)
    changes = [
        *((OfferKind.VISIT, row) for row in _visits(session, site_id)),
        *((OfferKind.RELATIVE, row) for row in _relatives(session, site_id)),
    ]
    if not changes:
        return 0
    systems = _receivers(session, site_id)
    for seq, (kind, row) in enumerate(changes, _take_places(session, site_id, len(changes))):
        offer = _put(session, site_id, kind, row, seq)
        for system_id in systems:
            queue_push(session, system_id, offer)
    return len(changes)


def _visits(session: Session, site_id: str) -> Sequence[Row[Any]]:
    state = type_coerce(Visit.status, String)
    query = (
        select(Visit.id.label("source_id"), state.label("state"), OnsiteOffer)
        .outerjoin(OnsiteOffer, _of(OfferKind.VISIT, Visit.id))
        .where(
            Visit.site_id == site_id,
            Visit.status.in_(list(VisitStatus)),
            Visit.starts_at >= now() - BACK,
            or_(OnsiteOffer.id.is_(None), OnsiteOffer.state != state),
        )
    )
    return session.execute(query.order_by(Visit.starts_at, Visit.id).limit(BATCH)).all()


def _relatives(session: Session, site_id: str) -> Sequence[Row[Any]]:
    """Ties of checked relatives, and those that were and are no more."""
    good = and_(
        Relationship.status == RelationshipStatus.APPROVED,
        Relative.phone_checked_at.is_not(None),
        Relative.face_checked_at.is_not(None),
    )
    state = case((good, CHECKED), else_=ENDED)
    query = (
        select(Relationship.id.label("source_id"), state.label("state"), OnsiteOffer)
        .join(Relative, Relative.id == Relationship.relative_id)
        .outerjoin(OnsiteOffer, _of(OfferKind.RELATIVE, Relationship.id))
        .where(
            Relationship.site_id == site_id,
            or_(
                and_(OnsiteOffer.id.is_(None), good),
                and_(OnsiteOffer.id.is_not(None), OnsiteOffer.state != state),
            ),
        )
    )
    return session.execute(query.order_by(Relationship.id).limit(BATCH)).all()


def _of(kind: OfferKind, source_id: Any) -> Any:
    return and_(OnsiteOffer.kind == kind, OnsiteOffer.source_id == source_id)


def _receivers(session: Session, site_id: str) -> Sequence[str]:
    query = select(ConnectedSystem.id).where(
        ConnectedSystem.site_id == site_id,
        ConnectedSystem.kind == SystemKind.ONSITE,
        ConnectedSystem.active,
        ConnectedSystem.push_url.is_not(None),
    )
    return session.scalars(query).all()


def _take_places(session: Session, site_id: str, count: int) -> int:
    """The first of `count` places."""
    mine = OnsiteFeed.site_id == site_id
    session.execute(update(OnsiteFeed).where(mine).values(last_seq=OnsiteFeed.last_seq + count))
    last = session.scalar(select(func.max(OnsiteFeed.last_seq)).where(mine))
    assert last is not None
    return last - count + 1


def _put(session: Session, site_id: str, kind: OfferKind, row: Row[Any], seq: int) -> OnsiteOffer:
    offer: OnsiteOffer = row.OnsiteOffer or OnsiteOffer(
        site_id=site_id, kind=kind, source_id=row.source_id
    )
    offer.state, offer.seq, offer.changed_at = row.state, seq, now()
    session.add(offer)
    session.flush()
    return offer
