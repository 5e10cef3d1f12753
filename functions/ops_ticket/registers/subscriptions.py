"""The register of cloud subscriptions: what is paid until when, how much is used, and when it will be used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.errors import BadInput, NotFound
from shared.idempotency import once
from shared.models.registers import Subscription, SubscriptionKind, SubscriptionReading
from shared.rules.subscriptions import used_up_on


@dataclass(frozen=True)
class Given:
    """Money in cents."""

    kind: SubscriptionKind
    name: str
    owner: str
    fee: int
    starts_on: date
    expires_on: date
    unit: str | None = None
    quota: float | None = None


@in_transaction
def list_subscriptions(session: Session, *, actor: Actor) -> Sequence[dict[str, Any]]:
    """What expires first comes first."""
    mine = select(Subscription).where(Subscription.site_id == actor.site_id)
    rows = session.scalars(mine.order_by(Subscription.expires_on, Subscription.id)).all()
    return [shown(session, one) for one in rows]


@in_transaction
def store_subscription(
    session: Session,
    *,
    actor: Actor,
    given: Given,
    subscription_id: str | None = None,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """A new one, or a change, as a renewal is: warnings are counted by the day it expires. Raises BadInput, NotFound."""
    stored = once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"subscription": subscription_id, "given": vars(given)},
        effect=lambda: _store(session, actor, given, subscription_id),
    )
    return shown(session, own(session, actor, stored["id"]))


def _store(
    session: Session, actor: Actor, given: Given, subscription_id: str | None
) -> dict[str, str]:
    found = own(session, actor, subscription_id) if subscription_id else None
    if given.expires_on <= given.starts_on:
        raise BadInput.of("subscription_dates", "expires_on")
    if found is None:
        found = Subscription(site_id=actor.site_id)
        session.add(found)
    for name, value in vars(given).items():
        setattr(found, name, value)
    session.flush()
    audit.record(session, actor, "subscription.stored", "subscription", found.id)
    return {"id": found.id}


@in_transaction
def store_reading(
    session: Session, *, actor: Actor, subscription_id: str, used: float | None, balance: int | None
) -> dict[str, Any]:
    """Today's; a second one replaces of the first what it tells."""
    found = own(session, actor, subscription_id)
    day = in_shanghai(now()).date()
    reading = session.get(SubscriptionReading, (found.id, day))
    if reading is None:
        reading = SubscriptionReading(subscription_id=found.id, day=day)
        session.add(reading)
    reading.used = reading.used if used is None else used
    reading.balance = reading.balance if balance is None else balance
    session.flush()
    return shown(session, found)


def own(session: Session, actor: Actor, subscription_id: str) -> Subscription:
    found = session.get(Subscription, subscription_id, with_for_update=True)
    if found is None or found.site_id != actor.site_id:
        raise NotFound.of("not_found")
    return found


def shown(session: Session, one: Subscription) -> dict[str, Any]:
    readings = newest_readings(session, one)
    used = [reading.used for reading in readings if reading.used is not None]
    balance = [reading.balance for reading in readings if reading.balance is not None]
    columns = {column.key: getattr(one, column.key) for column in Subscription.__table__.columns}
    return {
        **columns,
        "days_left": (one.expires_on - in_shanghai(now()).date()).days,
        "used": used[-1] if used else None,
        "balance": balance[-1] if balance else None,
        "used_up_on": forecast(one, readings),
    }


def newest_readings(session: Session, one: Subscription) -> list[SubscriptionReading]:
    """In the order of their days."""
    query = select(SubscriptionReading).where(SubscriptionReading.subscription_id == one.id)
    return session.scalars(query.order_by(SubscriptionReading.day.desc()).limit(60)).all()[::-1]  # type: ignore[return-value]


def balances(session: Session, one: Subscription) -> list[tuple[date, int]]:
    """All that are known: when money last came in may be long ago."""
    known = select(SubscriptionReading.day, SubscriptionReading.balance).where(
        SubscriptionReading.subscription_id == one.id, SubscriptionReading.balance.is_not(None)
    )
    rows = session.execute(known.order_by(SubscriptionReading.day))
    return [(day, balance or 0) for day, balance in rows]


def forecast(one: Subscription, readings: Sequence[SubscriptionReading]) -> date | None:
    used = [(reading.day, reading.used) for reading in readings if reading.used is not None]
    return used_up_on(used, one.quota) if used and one.quota else None
