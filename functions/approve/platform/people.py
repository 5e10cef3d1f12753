"""Who is meant by what an officer types: a whole name, or a resident's number. Only within the officer's scope."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared import scope
from shared.actors import Actor
from shared.errors import NotFound
from shared.models.people import Relationship, Relative, Resident
from shared.sealing import blind_index

MOST = 50


@dataclass(frozen=True)
class Found:
    residents: list[str]
    relatives: list[str]


def find(session: Session, actor: Actor, text: str) -> Found:
    name = blind_index(text, context="name")
    number = blind_index(text, context="resident_number")
    residents = select(Resident.id).where(
        or_(Resident.name_index == name, Resident.number_index == number)
    )
    relatives = (
        select(Relative.id)
        .join(Relationship, Relationship.relative_id == Relative.id)
        .join(Resident, Resident.id == Relationship.resident_id)
        .where(Relative.name_index == name)
        .distinct()
    )
    return Found(
        list(session.scalars(scope.of_residents(actor, residents).limit(MOST))),
        list(session.scalars(scope.of_residents(actor, relatives).limit(MOST))),
    )


def resident(session: Session, actor: Actor, resident_id: str) -> Resident:
    """Raises NotFound outside of the officer's scope, as if there were none."""
    query = scope.of_residents(actor, select(Resident)).where(Resident.id == resident_id)
    found: Resident | None = session.scalar(query)
    if found is None:
        raise NotFound.of("not_found")
    return found
