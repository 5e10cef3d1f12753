"""Inspections with their checklists, photos as links of minutes, and how far they are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.inspections import CheckResult, Inspection, InspectionItem

SHOWN = 40
LINK_SECONDS = 300


@in_transaction
def list_inspections(session: Session, *, actor: Actor) -> Sequence[dict[str, Any]]:
    """The newest first."""
    mine = select(Inspection).where(Inspection.site_id == actor.site_id)
    newest = session.scalars(
        mine.order_by(Inspection.due_on.desc(), Inspection.id).limit(SHOWN)
    ).all()
    counts = (
        select(
            InspectionItem.inspection_id,
            func.count(),
            func.count(InspectionItem.result),
            func.count(InspectionItem.ticket_id),
        )
        .where(InspectionItem.inspection_id.in_([one.id for one in newest]))
        .group_by(InspectionItem.inspection_id)
    )
    found = {row[0]: tuple(row[1:]) for row in session.execute(counts)}
    return [_line(one, *found.get(one.id, (0, 0, 0))) for one in newest]


@in_transaction
def show_inspection(session: Session, *, actor: Actor, inspection_id: str) -> dict[str, Any]:
    return shown(session, actor, own(session, actor, inspection_id))


def own(session: Session, actor: Actor, inspection_id: str, *, lock: bool = False) -> Inspection:
    """Raises NotFound for another site's as for none."""
    found = session.get(Inspection, inspection_id, with_for_update=lock, populate_existing=lock)
    if found is None or found.site_id != actor.site_id:
        raise NotFound.of("not_found")
    return found


def items_of(session: Session, inspection_id: str) -> Sequence[InspectionItem]:
    mine = select(InspectionItem).where(InspectionItem.inspection_id == inspection_id)
    return session.scalars(mine.order_by(InspectionItem.position)).all()


def shown(session: Session, actor: Actor, one: Inspection) -> dict[str, Any]:
    items = items_of(session, one.id)
    if any(item.photo_keys for item in items):
        audit.record(session, actor, "inspection.photos_read", "inspection", one.id)
    checked = sum(item.result is not None for item in items)
    faults = sum(item.result is CheckResult.FAULT for item in items)
    return {**_line(one, len(items), checked, faults), "items": [_item(item) for item in items]}


def _line(one: Inspection, items: int, checked: int, faults: int) -> dict[str, Any]:
    columns = {column.key: getattr(one, column.key) for column in Inspection.__table__.columns}
    return {**columns, "items_count": items, "checked": checked, "faults": faults}


def _item(item: InspectionItem) -> dict[str, Any]:
    columns = {column.key: getattr(item, column.key) for column in InspectionItem.__table__.columns}
    links = [storage.presigned_get(key, seconds=LINK_SECONDS) for key in item.photo_keys]
    return {
        **columns,
        "photos": [{"key": k, "url": u} for k, u in zip(item.photo_keys, links, strict=True)],
    }
