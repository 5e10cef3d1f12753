"""What we tell ordinary visit systems: items of the feed, pushed by the outbox or fetched with a cursor."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.onsite import schemas
from shared import audit, outbox
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.onsite import OfferKind, OnsiteOffer
from shared.models.people import OnsiteVisitor, Relationship, Relative, Resident
from shared.models.systems import ConnectedSystem
from shared.models.visits import Visit

ONSITE_PUSH = "onsite_push"
REVIVED = 500


def queue_push(session: Session, system_id: str, offer: OnsiteOffer) -> None:
    body = {"system_id": system_id, "offer_id": offer.id, "version": offer.seq}
    key = f"{ONSITE_PUSH}:{system_id}:{offer.id}:{offer.seq}"
    outbox.put(session, kind=ONSITE_PUSH, body=body, dedupe_key=key)


def deliver_offers() -> int:
    """Timer: the pushes that are due."""
    return outbox.deliver({ONSITE_PUSH: _push}, limit=10)


@in_transaction
def revive_pushes(session: Session) -> int:
    """Timer: pushes that were given up. That system may be away for days, and must still hear of each change."""
    return len(outbox.revive(session, ONSITE_PUSH, most=REVIVED))


@in_transaction
def read_feed(session: Session, *, actor: Actor, after: int, limit: int) -> dict[str, Any]:
    """Items after a place, in order."""
    query = (
        select(OnsiteOffer)
        .where(OnsiteOffer.site_id == actor.site_id, OnsiteOffer.seq > after)
        .order_by(OnsiteOffer.seq)
        .limit(limit + 1)
    )
    found = session.scalars(query).all()
    items = [item_of(session, one) for one in found[:limit]]
    audit.record(
        session, actor, "onsite_feed.read", "site", actor.site_id or "", after=after,
        count=len(items),
    )  # fmt: skip
    last = items[-1]["version"] if items else after
    return {"items": items, "next": last, "more": len(found) > limit}


def item_of(session: Session, offer: OnsiteOffer) -> dict[str, Any]:
    """As schemas.FeedItem has it, in its present state."""
    about = _visit if offer.kind is OfferKind.VISIT else _relative
    return {
        "kind": offer.kind,
        "id": offer.source_id,
        "version": offer.seq,
        "status": offer.state,
        "changed_at": offer.changed_at,
        "onsite_record_id": None,
        "starts_at": None,
        "ends_at": None,
        **about(session, offer),
    }


def _visit(session: Session, offer: OnsiteOffer) -> dict[str, Any]:
    visit = session.get_one(Visit, offer.source_id)
    return {
        "resident_number": session.get_one(Resident, visit.resident_id).number,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "participants": [
            _person(session.get_one(Relative, one.relative_id), one.kinship)
            for one in visit.participants
        ],
    }


def _relative(session: Session, offer: OnsiteOffer) -> dict[str, Any]:
    tie = session.get_one(Relationship, offer.source_id)
    resident = session.get_one(Resident, tie.resident_id)
    known = {"resident_number": resident.number, "participants": []}
    if offer.state == "ended":
        return known
    record = tie.onsite_visitor_id and session.get_one(OnsiteVisitor, tie.onsite_visitor_id)
    person = _person(session.get_one(Relative, tie.relative_id), tie.kinship)
    return {
        **known,
        "participants": [person],
        "onsite_record_id": record.external_id if record else None,
    }


def _person(relative: Relative, kinship: str) -> dict[str, Any]:
    return {"name": relative.name, "id_number": relative.id_number, "kinship": kinship}


def _push(body: dict[str, Any]) -> None:
    """A version that a newer one has overtaken is not sent: the newer one has a row of its own."""
    from shared.clients import deliveries

    wanted = _wanted(**body)
    if wanted is not None:
        system, item = wanted
        assert system.push_url is not None
        delivery_id = f"{body['offer_id']}-{body['version']}"
        deliveries.push(
            url=system.push_url,
            system_id=system.id,
            key=system.key,
            body={"delivery_id": delivery_id, "count": 1, "items": [item]},
            algorithm=system.algorithm,
        )


@in_transaction
def _wanted(
    session: Session, *, system_id: str, offer_id: str, version: int
) -> tuple[ConnectedSystem, dict[str, Any]] | None:
    system = session.get_one(ConnectedSystem, system_id)
    offer = session.get_one(OnsiteOffer, offer_id)
    if not system.active or system.push_url is None or offer.seq != version:
        return None
    actor = Actor("system", system.id, system.site_id)
    audit.record(session, actor, "onsite_offer.pushed", offer.kind.value, offer.source_id)
    return system, schemas.FeedItem.of(item_of(session, offer))
