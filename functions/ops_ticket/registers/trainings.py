"""Training [T17]: planned, reminded, recorded."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import NotFound
from shared.idempotency import once
from shared.models.registers import Training


@in_transaction
def list_trainings(session: Session, *, actor: Actor) -> Sequence[Training]:
    """The newest first."""
    mine = select(Training).where(Training.site_id == actor.site_id)
    return session.scalars(mine.order_by(Training.planned_on.desc(), Training.id).limit(100)).all()


@in_transaction
def plan_training(
    session: Session,
    *,
    actor: Actor,
    topic: str,
    place: str,
    planned_on: date,
    idempotency_key: str | None = None,
) -> Training:
    planned = once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"training": topic, "place": place, "planned_on": planned_on},
        effect=lambda: _plan(session, actor, topic, place, planned_on),
    )
    return session.get_one(Training, planned["id"])


def _plan(
    session: Session, actor: Actor, topic: str, place: str, planned_on: date
) -> dict[str, str]:
    made = Training(site_id=actor.site_id, topic=topic, place=place, planned_on=planned_on)
    session.add(made)
    session.flush()
    audit.record(session, actor, "training.planned", "training", made.id)
    return {"id": made.id}


@in_transaction
def record_training(
    session: Session,
    *,
    actor: Actor,
    training_id: str,
    people: int,
    record: str,
    idempotency_key: str | None = None,
) -> Training:
    """Raises NotFound. A second record replaces the first."""
    found = session.get(Training, training_id, with_for_update=True)
    if found is None or found.site_id != actor.site_id:
        raise NotFound.of("not_found")
    once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"training": training_id, "people": people, "record": record},
        effect=lambda: _record(session, actor, found, people, record),
    )
    return found


def _record(
    session: Session, actor: Actor, training: Training, people: int, record: str
) -> dict[str, str]:
    training.people, training.record, training.done_at = people, record, now()
    audit.record(session, actor, "training.recorded", "training", training.id)
    return {}
