"""What an officer may see: the site, and the wards if limited to some. Outside of it, nothing exists."""

from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.errors import NotFound
from shared.models.people import ManualCheck, Relationship, Resident
from shared.models.phones import FamilyPhone
from shared.models.places import Ward
from shared.models.rooms import Recording
from shared.models.visits import Visit

Scoped = TypeVar("Scoped", Visit, Relationship, Recording, ManualCheck, FamilyPhone)


def of_residents(actor: Actor, query: Select[Any]) -> Select[Any]:
    """Limit a query that selects from or joins Resident to what `actor` may see."""
    query = query.where(Resident.site_id == actor.site_id)
    return query.where(Resident.ward_id.in_(actor.ward_ids)) if actor.ward_ids else query


def one(session: Session, actor: Actor, table: type[Scoped], row_id: str) -> Scoped:
    """The row, if its resident is in the actor's scope; NotFound otherwise, as if it did not exist."""
    query = select(table).join(Resident, Resident.id == table.resident_id)
    query = of_residents(actor, query).where(table.id == row_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound.of("not_found")
    return found


def wards(actor: Actor) -> Select[tuple[Ward]]:
    query = select(Ward).where(Ward.site_id == actor.site_id)
    return query.where(Ward.id.in_(actor.ward_ids)) if actor.ward_ids else query
