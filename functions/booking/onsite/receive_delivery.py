"""A delivery of the ordinary visit system: taken whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from functions.booking.onsite.photos import store_photos
from functions.booking.onsite.records import Taken, count, lock_site
from functions.booking.onsite.schemas import Delivery, VisitorRecord, VisitRecord
from functions.booking.onsite.take_visitors import take_visitors
from functions.booking.onsite.take_visits import take_visits
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput, Reason, raise_if_any


def receive_delivery(*, actor: Actor, delivery: Delivery) -> dict[str, Any]:
    """Raises BadInput when it is not whole, and for other content under the same time of change."""
    received = len(delivery.visitors) + len(delivery.visits)
    if delivery.count != received:
        raise BadInput.of("delivery_incomplete", "count", count=delivery.count, received=received)
    keys = store_photos(actor.site_id or "", delivery.visitors)
    taken = _take(
        actor=actor,
        delivery_id=delivery.delivery_id,
        visitors=delivery.visitors,
        visits=delivery.visits,
        photo_keys=keys,
    )
    return {"delivery_id": delivery.delivery_id, **count(taken)}


@in_transaction
def _take(
    session: Session,
    *,
    actor: Actor,
    delivery_id: str,
    visitors: Sequence[VisitorRecord],
    visits: Sequence[VisitRecord],
    photo_keys: dict[str, str],
) -> list[Taken]:
    assert actor.site_id is not None
    lock_site(session, actor.site_id)
    answers = {
        "visitors": take_visitors(session, actor, actor.site_id, visitors, photo_keys),
        "visits": take_visits(session, actor, actor.site_id, visits),
    }
    refused = [
        replace(answer, field=f"{kind}.{place}")
        for kind, given in answers.items()
        for place, answer in enumerate(given)
        if isinstance(answer, Reason)
    ]
    raise_if_any(refused, BadInput)
    taken = [one for given in answers.values() for one in given if isinstance(one, Taken)]
    audit.record(
        session, actor, "onsite.delivered", "connected_system", actor.id,
        delivery=delivery_id, counts=count(taken),
    )  # fmt: skip
    return taken
