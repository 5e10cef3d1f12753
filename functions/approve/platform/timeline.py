"""A resident's whole contact history on one time line: remote visits, on-site visits, phone calls.

Each of the three tables is read along its own index (resident, time) for one page of keys, and the three are merged;
only then are the rows read that the page shows. So a page costs the same however long the history is, and nothing is
kept twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, literal, select, union_all
from sqlalchemy.orm import Session

from functions.approve.platform import contacts, people
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.models.calls import PhoneCall
from shared.models.onsite import OnsiteVisit
from shared.models.phones import FamilyPhone
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


class Key(NamedTuple):
    channel: Channel
    id: str
    at: datetime


@in_transaction
def show_timeline(
    session: Session, *, actor: Actor, resident_id: str, filters: Filters, before: str | None
) -> dict[str, Any]:
    """The newest page, or the one after `before`. Raises NotFound outside of the officer's scope."""
    resident = people.resident(session, actor, resident_id)
    found = newest(session, resident_id, filters, Place.read(before), PAGE + 1)
    page = found[:PAGE]
    audit.record(session, actor, "history.read", "resident", resident_id, count=len(page))
    return {
        "resident": {"id": resident.id, "name": resident.name, "number": resident.number},
        "contacts": described(session, page),
        "next": Place(page[-1].at, page[-1].id).written() if len(found) > PAGE else None,
    }


def newest(
    session: Session, resident_id: str, filters: Filters, place: Place | None, limit: int
) -> list[Key]:
    """Keys of all channels together, the newest first, out of the indexes alone."""
    pages = []
    for channel, table, at in TABLES:
        if channel in filters.channels and (conditions := CONDITIONS[channel](filters)) is not None:
            query = select(literal(channel.value).label("channel"), table.id, at.label("at"))
            query = query.where(table.resident_id == resident_id, *conditions)
            if place is not None:
                query = query.where(place.after(at, table.id))
            page = query.order_by(at.desc(), table.id.desc()).limit(limit).subquery()
            pages.append(select(page))
    if not pages:
        return []
    merged = union_all(*pages).subquery()
    query = select(merged).order_by(merged.c.at.desc(), merged.c.id.desc()).limit(limit)
    return [Key(Channel(channel), one, at) for channel, one, at in session.execute(query)]


def described(session: Session, page: Sequence[Key]) -> list[dict[str, Any]]:
    wanted = {channel: [one.id for one in page if one.channel is channel] for channel in Channel}
    found = contacts.load(session, wanted)
    return [found[one.id] for one in page]


Conditions = list[ColumnElement[bool]]


def _of_visits(filters: Filters) -> Conditions | None:
    found = _between(Visit.starts_at, filters)
    if filters.relative_id:
        mine = VisitParticipant.relative_id == filters.relative_id
        found.append(exists().where(VisitParticipant.visit_id == Visit.id, mine))
    if filters.recorded:
        playable = Recording.status == RecordingStatus.PLAYABLE
        found.append(exists().where(Recording.visit_id == Visit.id, playable))
    if filters.alerted:
        found.append(exists().where(Alert.visit_id == Visit.id))
    return found


def _of_onsite(filters: Filters) -> Conditions | None:
    """Alerts are raised in remote visits alone; whom an on-site visit was with, its own system knows."""
    if filters.alerted or filters.relative_id:
        return None
    found = _between(OnsiteVisit.started_at, filters)
    return [*found, _has_file(OnsiteVisit.recording_id)] if filters.recorded else found


def _of_calls(filters: Filters) -> Conditions | None:
    if filters.alerted:
        return None
    found = _between(PhoneCall.started_at, filters)
    if filters.relative_id:
        mine = FamilyPhone.relative_id == filters.relative_id
        found.append(exists().where(FamilyPhone.id == PhoneCall.family_phone_id, mine))
    return [*found, _has_file(PhoneCall.recording_id)] if filters.recorded else found


def _has_file(recording_id: Any) -> ColumnElement[bool]:
    playable = Recording.status == RecordingStatus.PLAYABLE
    return exists().where(Recording.id == recording_id, playable)


def _between(at: Any, filters: Filters) -> Conditions:
    found: Conditions = []
    if filters.since is not None:
        found.append(at >= filters.since)
    if filters.until is not None:
        found.append(at < filters.until)
    return found


TABLES: tuple[tuple[Channel, Any, Any], ...] = (
    (Channel.REMOTE, Visit, Visit.starts_at),
    (Channel.ONSITE, OnsiteVisit, OnsiteVisit.started_at),
    (Channel.PHONE, PhoneCall, PhoneCall.started_at),
)
# None: no contact of this channel can be what is asked for.
CONDITIONS: dict[Channel, Callable[[Filters], Conditions | None]] = {
    Channel.REMOTE: _of_visits,
    Channel.ONSITE: _of_onsite,
    Channel.PHONE: _of_calls,
}
