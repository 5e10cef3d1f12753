"""A resident's whole contact history on one time line: remote visits, on-site visits, phone calls.

Each of the three tables is read along its own index (resident, time) for one page, and the three are merged: what a
page costs does not depend on how long the history is, and nothing is kept twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from functions.approve.platform import contacts, people
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.onsite import OnsiteVisit
from shared.models.phones import FamilyPhone, PhoneCall
from shared.models.rooms import Alert, Recording, RecordingStatus
from shared.models.visits import Visit, VisitParticipant
from shared.pages import Place
from shared.rules.quota import Channel

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """None or False: whatever it is. `since` inclusive, `until` exclusive."""

    channels: frozenset[Channel] = frozenset(Channel)
    since: datetime | None = None
    until: datetime | None = None
    relative_id: str | None = None
    recorded: bool = False
    alerted: bool = False


Row = dict[str, Any]


@in_transaction
def show_timeline(
    session: Session, *, actor: Actor, resident_id: str, filters: Filters, before: str | None
) -> dict[str, Any]:
    """The newest page, or the one after `before`. Raises NotFound outside of the officer's scope."""
    resident = people.resident(session, actor, resident_id)
    rows = newest(session, resident_id, filters, Place.read(before), PAGE + 1)
    audit.record(
        session, actor, "history.read", "resident", resident_id, count=min(len(rows), PAGE)
    )
    page = rows[:PAGE]
    last = Place(page[-1]["at"], page[-1]["id"]) if len(rows) > PAGE else None
    return {
        "resident": {"id": resident.id, "name": resident.name, "number": resident.number},
        "contacts": described(session, page),
        "next": last.written() if last else None,
    }


def newest(
    session: Session, resident_id: str, filters: Filters, place: Place | None, limit: int
) -> list[Row]:
    """Contacts without what belongs to them, of all channels together, the newest first."""
    found: list[Row] = []
    for channel, query, at, row_id in _queries(resident_id, filters):
        if place is not None:
            query = query.where(place.after(at, row_id))
        page = query.order_by(at.desc(), row_id.desc()).limit(limit)
        found += [{"channel": channel, **row._mapping} for row in session.execute(page)]
    found.sort(key=lambda row: (row["at"], row["id"]), reverse=True)
    return found[:limit]


def described(session: Session, rows: list[Row]) -> list[Row]:
    ids = {channel: [row["id"] for row in rows if row["channel"] is channel] for channel in Channel}
    found = contacts.details(
        session,
        visits=ids[Channel.REMOTE],
        onsite=ids[Channel.ONSITE],
        calls=ids[Channel.PHONE],
    )
    return [
        {
            **row,
            "people": found.people[row["id"]],
            "number": found.numbers.get(row["id"]),
            "alerts": found.alerts[row["id"]],
            "recording": found.recordings.get(row["id"]),
        }
        for row in rows
    ]


def _queries(resident_id: str, filters: Filters) -> Iterator[tuple[Channel, Select[Any], Any, Any]]:
    if Channel.REMOTE in filters.channels:
        yield Channel.REMOTE, _visits(resident_id, filters), Visit.starts_at, Visit.id
    # Alerts are raised in remote visits alone; whom an on-site visit was with, its own system knows.
    if Channel.ONSITE in filters.channels and not (filters.alerted or filters.relative_id):
        yield Channel.ONSITE, _onsite(resident_id, filters), OnsiteVisit.started_at, OnsiteVisit.id
    if Channel.PHONE in filters.channels and not filters.alerted:
        yield Channel.PHONE, _calls(resident_id, filters), PhoneCall.started_at, PhoneCall.id


def _visits(resident_id: str, filters: Filters) -> Select[Any]:
    query = select(
        Visit.id,
        Visit.starts_at.label("at"),
        Visit.ends_at.label("ends_at"),
        Visit.status.label("status"),
        Visit.reason,
    ).where(Visit.resident_id == resident_id, *_between(Visit.starts_at, filters))
    if filters.relative_id:
        query = query.where(
            exists().where(
                VisitParticipant.visit_id == Visit.id,
                VisitParticipant.relative_id == filters.relative_id,
            )
        )
    if filters.recorded:
        playable = Recording.status == RecordingStatus.PLAYABLE
        query = query.where(exists().where(Recording.visit_id == Visit.id, playable))
    if filters.alerted:
        query = query.where(exists().where(Alert.visit_id == Visit.id))
    return query


def _onsite(resident_id: str, filters: Filters) -> Select[Any]:
    query = select(
        OnsiteVisit.id,
        OnsiteVisit.started_at.label("at"),
        OnsiteVisit.ended_at.label("ends_at"),
        OnsiteVisit.status.label("status"),
    ).where(OnsiteVisit.resident_id == resident_id, *_between(OnsiteVisit.started_at, filters))
    return query.where(_has_file(OnsiteVisit.recording_id)) if filters.recorded else query


def _calls(resident_id: str, filters: Filters) -> Select[Any]:
    query = select(
        PhoneCall.id,
        PhoneCall.started_at.label("at"),
        PhoneCall.seconds,
        PhoneCall.direction,
        PhoneCall.result.label("status"),
    ).where(PhoneCall.resident_id == resident_id, *_between(PhoneCall.started_at, filters))
    if filters.relative_id:
        query = query.where(
            PhoneCall.family_phone_id.in_(
                select(FamilyPhone.id).where(
                    FamilyPhone.resident_id == resident_id,
                    FamilyPhone.relative_id == filters.relative_id,
                )
            )
        )
    return query.where(_has_file(PhoneCall.recording_id)) if filters.recorded else query


def _has_file(recording_id: Any) -> ColumnElement[bool]:
    playable = Recording.status == RecordingStatus.PLAYABLE
    return exists().where(Recording.id == recording_id, playable)


def _between(at: Any, filters: Filters) -> list[ColumnElement[bool]]:
    bounds = []
    if filters.since is not None:
        bounds.append(at >= filters.since)
    if filters.until is not None:
        bounds.append(at < filters.until)
    return bounds
