"""Visits that took place on site: stored for the history, and counted in the quota ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.onsite import visit_recordings
from functions.booking.onsite.records import Outcome, Taken, compare, find_residents
from functions.booking.onsite.schemas import VisitRecord
from shared import audit, quota
from shared.actors import Actor
from shared.errors import Reason
from shared.ids import new_id
from shared.models.onsite import OnsiteVisit, OnsiteVisitStatus
from shared.rules.quota import Channel


def take_visits(
    session: Session, actor: Actor, site_id: str, records: Sequence[VisitRecord]
) -> list[Taken | Reason]:
    """One answer a record, in order; a Reason: not taken. The site is locked."""
    ids = [one.visit_id for one in records]
    query = select(OnsiteVisit).where(
        OnsiteVisit.site_id == site_id, OnsiteVisit.external_id.in_(ids)
    )
    known = {one.external_id: one for one in session.scalars(query)}
    residents = find_residents(session, site_id, (one.resident_number for one in records))
    return [_take(session, actor, site_id, known, residents, one) for one in records]


def recount(session: Session, actor: Actor, visit: OnsiteVisit) -> None:
    """One line of the ledger for a visit that took place; an older line of it is given back first."""
    if visit.quota_source_id is not None:
        line = quota.counted(session, visit.quota_source_id)
        if _counts(visit) and (line.resident_id, line.at) == (visit.resident_id, visit.started_at):
            return
        quota.refund(session, actor, line)
        visit.quota_source_id = None
    if _counts(visit):
        visit.quota_source_id = new_id()
        quota.use(session, actor, _contact(visit, visit.quota_source_id))


def _take(
    session: Session,
    actor: Actor,
    site_id: str,
    known: dict[str, OnsiteVisit],
    residents: dict[str, str],
    record: VisitRecord,
) -> Taken | Reason:
    values = _values(record, residents.get(record.resident_number))
    waiting = values["resident_id"] is None
    row = known.get(record.visit_id)
    why = visit_recordings.refusal(session, site_id, record.recording_key, row)
    if why is not None:
        return why
    if row is None:
        row = OnsiteVisit(site_id=site_id, external_id=record.visit_id, **values)
        known[record.visit_id] = row
        _store(session, actor, row, values)
        return Taken(Outcome.CREATED, waiting)
    same = all(
        getattr(row, name) == value for name, value in values.items() if name != "resident_id"
    )
    answer = compare(row.changed_at, record.changed_at, same)
    if answer is Outcome.UPDATED or (same and not waiting and row.resident_id is None):
        _store(session, actor, row, values)
    return Taken(answer, waiting) if isinstance(answer, Outcome) else answer


def _store(session: Session, actor: Actor, row: OnsiteVisit, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    recount(session, actor, row)
    visit_recordings.expect(session, row)
    audit.record(
        session, actor, f"onsite_visit.{row.status.value}", "onsite_visit", row.id,
        site_id=row.site_id,
    )  # fmt: skip


def _values(record: VisitRecord, resident_id: str | None) -> dict[str, Any]:
    """A record that names no recording does not take one away."""
    key = {} if record.recording_key is None else {"recording_key": record.recording_key}
    return {
        **key,
        "resident_id": resident_id,
        "resident_number": record.resident_number,
        "visitor_ids": list(record.visitor_ids),
        "status": record.status,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "changed_at": record.changed_at,
    }


def _counts(visit: OnsiteVisit) -> bool:
    return visit.status is OnsiteVisitStatus.COMPLETED and visit.resident_id is not None


def _contact(visit: OnsiteVisit, source_id: str) -> quota.Contact:
    assert visit.resident_id is not None
    return quota.Contact(
        visit.site_id, visit.resident_id, Channel.ONSITE, visit.started_at, source_id
    )
