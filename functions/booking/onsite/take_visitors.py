"""Registered visitors of the ordinary visit system, however they came: stored, then matched with relatives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.onsite.records import Outcome, Taken, compare, find_residents
from functions.booking.onsite.schemas import VisitorRecord
from shared import erasure, onsite
from shared.actors import Actor
from shared.errors import Reason
from shared.models.people import OnsiteVisitor, Relationship, Relative


@dataclass
class _Batch:
    site_id: str
    known: dict[str, OnsiteVisitor]
    residents: dict[str, str]
    photo_keys: dict[str, str]
    touched: set[bytes] = field(default_factory=set)  # indexes of ID numbers, before and after
    changed: set[str] = field(default_factory=set)


def take_visitors(
    session: Session,
    actor: Actor,
    site_id: str,
    records: Sequence[VisitorRecord],
    photo_keys: dict[str, str] | None = None,
) -> list[Taken | Reason]:
    """One answer a record, in order; a Reason: not taken. The site is locked. `photo_keys` by record id."""
    ids = [one.record_id for one in records]
    query = select(OnsiteVisitor).where(
        OnsiteVisitor.site_id == site_id, OnsiteVisitor.external_id.in_(ids)
    )
    batch = _Batch(
        site_id,
        {one.external_id: one for one in session.scalars(query)},
        find_residents(session, site_id, (one.resident_number for one in records)),
        photo_keys or {},
    )
    answers = [_take(session, batch, one) for one in records]
    session.flush()
    match_relatives(session, actor, indexes=batch.touched, visitor_ids=batch.changed)
    return answers


def match_relatives(
    session: Session, actor: Actor, *, indexes: Collection[bytes], visitor_ids: Collection[str]
) -> None:
    """Everybody whose ID number or whose ties these records concern, in one order of locks."""
    if not indexes and not visitor_ids:
        return
    named = select(Relative.id).where(Relative.id_number_index.in_(indexes))
    tied = select(Relationship.relative_id).where(Relationship.onsite_visitor_id.in_(visitor_ids))
    for relative_id in sorted({*session.scalars(named), *session.scalars(tied)}):
        onsite.match(session, actor, session.get_one(Relative, relative_id, with_for_update=True))


def _take(session: Session, batch: _Batch, record: VisitorRecord) -> Taken | Reason:
    values = _values(batch, record)
    waiting = values["resident_id"] is None
    row = batch.known.get(record.record_id)
    if row is None:
        row = OnsiteVisitor(site_id=batch.site_id, external_id=record.record_id, **values)
        batch.known[record.record_id] = row
        session.add(row)
        batch.touched.add(row.id_number_index)
        return Taken(Outcome.CREATED, waiting)
    same = all(
        getattr(row, name) == value for name, value in values.items() if name != "resident_id"
    )
    answer = compare(row.changed_at, record.changed_at, same)
    if answer is Outcome.UPDATED or (same and not waiting and row.resident_id is None):
        _update(session, batch, row, values)
    elif record.record_id in batch.photo_keys and values["photo_key"] != row.photo_key:
        erasure.delete_later(session, values["photo_key"])
    return Taken(answer, waiting) if isinstance(answer, Outcome) else answer


def _update(session: Session, batch: _Batch, row: OnsiteVisitor, values: dict[str, Any]) -> None:
    if row.photo_key is not None and values.get("photo_key", row.photo_key) != row.photo_key:
        erasure.delete_later(session, row.photo_key)
    batch.touched.add(bytes(row.id_number_index))
    for name, value in values.items():
        setattr(row, name, value)
    batch.touched.add(row.id_number_index)
    session.flush()  # it may have been added in this batch
    batch.changed.add(row.id)


def _values(batch: _Batch, record: VisitorRecord) -> dict[str, Any]:
    """As OnsiteVisitor has it. Without a photo in the record the one we have stays."""
    photo = batch.photo_keys.get(record.record_id)
    return {
        "name": record.name,
        "id_number": record.id_number,
        "kinship": record.kinship,
        "resident_number": record.resident_number,
        "resident_id": batch.residents.get(record.resident_number),
        "checked_at": record.checked_at,
        "checked_by": record.checked_by or None,
        "revoked_at": record.changed_at if record.status == "revoked" else None,
        "changed_at": record.changed_at,
        **({"photo_key": photo} if photo else {}),
    }
