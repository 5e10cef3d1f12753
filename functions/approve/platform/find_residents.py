"""From what an officer types to the residents meant: by their own name or number, or by the name of their family."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from functions.approve.platform import people
from shared import audit, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.people import Relationship, Resident
from shared.models.places import Ward


@in_transaction
def find_residents(session: Session, *, actor: Actor, person: str) -> list[dict[str, Any]]:
    """Within the officer's scope, `people.MOST` at most. What was typed is not written down, only that somebody looked."""
    found = people.find(session, actor, person)
    family = select(Relationship.resident_id).where(Relationship.relative_id.in_(found.relatives))
    query = (
        select(Resident, Ward.name)
        .join(Ward, Ward.id == Resident.ward_id)
        .where(or_(Resident.id.in_(found.residents), Resident.id.in_(family)))
        .limit(people.MOST)
    )
    rows = session.execute(scope.of_residents(actor, query)).all()
    audit.record(
        session, actor, "residents.found", "site", actor.site_id or "", count=len(rows)
    )  # fmt: skip
    return [
        {"id": one.id, "name": one.name, "number": one.number, "ward_name": ward}
        for one, ward in rows
    ]
