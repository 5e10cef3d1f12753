"""What every kind of waiting thing looks like in the list, and the names that stand on it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.models.people import Relative, Resident
from shared.models.places import Site, Ward
from shared.models.visits import Visit
from shared.rules.review import due_at, urgency
from shared.rules.site_rules import SiteRules

Item = dict[str, Any]
SHOWN = 200


def item(
    kind: str,
    row_id: str,
    *,
    rules: SiteRules,
    asked_at: datetime,
    resident: Resident,
    ward: Ward,
    people: list[dict[str, Any]],
    starts_at: datetime | None = None,
    latest: datetime | None = None,
    **more: Any,
) -> Item:
    due = due_at(asked_at, starts_at, rules)
    due = min(due, latest) if latest else due
    return {
        "kind": kind,
        "id": row_id,
        "asked_at": asked_at,
        "starts_at": starts_at,
        "due_at": due,
        "urgency": urgency(due, now(), rules),
        "resident_name": resident.name,
        "resident_number": resident.number,
        "ward_name": ward.name,
        "people": people,
        "relative_name": people[0]["name"] if people else "",
        "kinship": people[0]["kinship"] if people else "",
        **more,
    }


def rules_of(session: Session, actor: Actor) -> SiteRules:
    return SiteRules.of(session.get_one(Site, actor.site_id).rules)


def names(session: Session, relative_ids: Iterable[str]) -> dict[str, str]:
    query = select(Relative.id, Relative.name).where(Relative.id.in_(set(relative_ids)))
    return {row.id: row.name or "" for row in session.execute(query)}


def people_of(visit: Visit, named: dict[str, str]) -> list[dict[str, Any]]:
    """Whoever booked first."""
    return [
        {"id": one.relative_id, "name": named[one.relative_id], "kinship": one.kinship}
        for one in visit.family
    ]
