"""The residents of a site, page by page, or those of one ward, or who is called or numbered so."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.people import Resident
from shared.models.places import Ward
from shared.sealing import blind_index

PAGE = 50


@in_transaction
def list_residents(
    session: Session, *, actor: Actor, ward_id: str | None, person: str | None, before: str | None
) -> dict[str, Any]:
    """Whoever was entered last comes first. `person`: a whole name or a number. `next`: what to give as `before`."""
    query = select(Resident, Ward.name).join(Ward, Ward.id == Resident.ward_id)
    wanted = [Resident.ward_id == ward_id] if ward_id else []
    wanted += [_called(person)] if person else []
    wanted += [Resident.id < before] if before else []
    newest = query.where(*wanted).order_by(Resident.id.desc()).limit(PAGE + 1)
    found = session.execute(scope.of_residents(actor, newest)).all()
    page = found[:PAGE]
    audit.record(
        session, actor, "residents.listed", "site", actor.site_id or "", count=len(page)
    )  # fmt: skip
    return {
        "residents": [
            {
                "id": one.id,
                "name": one.name,
                "number": one.number,
                "ward_name": ward,
                "status": one.status,
            }
            for one, ward in page
        ],
        "next": page[-1][0].id if len(found) > PAGE else None,
    }


def _called(person: str) -> Any:
    name = blind_index(person, context="name")
    number = blind_index(person, context="resident_number")
    return or_(Resident.name_index == name, Resident.number_index == number)
