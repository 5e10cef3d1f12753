"""Who did what, when and why: to one record, or at the whole site in some days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.models.officers import Officer
from shared.models.plumbing import AuditEvent
from shared.pages import Place

PAGE = 100
# Of a whole site, where nothing is said: a page must not read years.
DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Filters:
    """None: whatever it is. `since` inclusive, `until` exclusive; `kind`: of the record, as `subject_kind`."""

    subject_id: str | None = None
    kind: str | None = None
    actor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@in_transaction
def show_audit_trail(
    session: Session, *, actor: Actor, filters: Filters, before: str | None
) -> dict[str, Any]:
    """The newest page, or the one after `before`."""
    query = (
        select(AuditEvent, Officer.name)
        .outerjoin(
            Officer, and_(Officer.id == AuditEvent.actor_id, Officer.site_id == actor.site_id)
        )
        .where(AuditEvent.site_id == actor.site_id, *_wanted(filters))
        .order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())
    )
    place = Place.read(before)
    if place:
        query = query.where(place.after(AuditEvent.happened_at, AuditEvent.id))
    found = session.execute(query.limit(PAGE + 1)).all()
    page = found[:PAGE]
    last = page[-1][0] if page else None
    return {
        "events": [_shown(event, name) for event, name in page],
        "next": Place(last.happened_at, last.id).written() if last and len(found) > PAGE else None,
    }


def _wanted(filters: Filters) -> list[ColumnElement[bool]]:
    since = filters.since or (None if filters.subject_id else now() - DAYS)
    return [
        *([AuditEvent.subject_id == filters.subject_id] if filters.subject_id else []),
        *([AuditEvent.subject_kind == filters.kind] if filters.kind else []),
        *([AuditEvent.actor_id == filters.actor_id] if filters.actor_id else []),
        *([AuditEvent.happened_at >= since] if since else []),
        *([AuditEvent.happened_at < filters.until] if filters.until else []),
    ]


def _shown(event: AuditEvent, name: str | None) -> dict[str, Any]:
    names = (
        "id", "happened_at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id",
        "reason", "details",
    )  # fmt: skip
    return {"actor_name": name, **{field: getattr(event, field) for field in names}}
