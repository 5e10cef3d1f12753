"""Who is signed in, for the head of the page."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.database import in_transaction
from shared.models.officers import Officer
from shared.models.places import Site, Ward


@in_transaction
def show_me(session: Session, *, actor: Actor) -> dict[str, Any]:
    officer = session.get_one(Officer, actor.id)
    wards = select(Ward).where(Ward.id.in_(actor.ward_ids)).order_by(Ward.name)
    return {
        "id": officer.id,
        "name": officer.name,
        "roles": sorted(role.value for role in actor.roles),
        "site": session.get_one(Site, officer.site_id),
        "wards": list(session.scalars(wards)),
    }
