"""All recordings of a site: by time, person, number, kind, alert.

Always within a span of time, the newest first, along the index that fits the question. What names a person or a
number is looked up first; each way in which it may fit gives a page of its own, and the pages are merged.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from functions.approve.platform import contacts, people
from functions.approve.platform.figures import require_period
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.models.calls import PhoneCall
from shared.models.onsite import OnsiteVisit
from shared.models.people import Resident
from shared.models.phones import FamilyPhone
from shared.models.rooms import Alert, AlertKind, Recording, RecordingKind, RecordingStatus
from shared.models.visits import VisitParticipant
from shared.pages import Place
from shared.rules.quota import Channel
from shared.sealing import blind_index

PAGE = 50
SPAN = timedelta(days=31)  # when no beginning is asked for
SHOWN = (
    "id", "kind", "status", "visit_id", "starts_at", "ends_at", "bytes", "legal_hold",
)  # fmt: skip
MOST = 5000  # visits of a person, calls of a number, visits with an alert: the newest of a span
VISITS_END = timedelta(days=1)  # after their start, with everything that happens in them


@dataclass(frozen=True)
class Question:
    """None or False: whatever it is. `person`: a resident's number, or the whole name of a resident or relative."""

    since: datetime | None = None
    until: datetime | None = None
    kind: RecordingKind | None = None
    status: RecordingStatus | None = None
    person: str | None = None
    number: str | None = None
    alert: AlertKind | None = None
    alerted: bool = False
    held: bool = False


@dataclass(frozen=True)
class Span:
    since: datetime
    until: datetime

    def holds(self, at: Any) -> list[ColumnElement[bool]]:
        return [at >= self.since, at < self.until]

    def up_to(self, place: Place | None) -> "Span":
        """What may still come after `place`: MOST of it is then the newest of what is left, on every page."""
        return self if place is None else Span(self.since, min(self.until, place.at + VISITS_END))


@in_transaction
def search_recordings(
    session: Session, *, actor: Actor, question: Question, before: str | None
) -> dict[str, Any]:
    """A page. Raises as `require_period`."""
    span = _span(question)
    found = _found(session, actor, question, span, Place.read(before))
    page = found[:PAGE]
    asked = [name for name, value in vars(question).items() if value]
    audit.record(
        session, actor, "recordings.searched", "site", actor.site_id or "", count=len(page),
        asked=asked,
    )  # fmt: skip
    last = Place(page[-1].starts_at, page[-1].id) if len(found) > PAGE else None
    return {
        "recordings": _described(session, page),
        "since": span.since,
        "until": span.until,
        "next": last.written() if last else None,
    }


def _span(question: Question) -> Span:
    until = question.until or now() + timedelta(days=1)
    since = question.since or until - SPAN
    require_period(since, until)
    return Span(since, until)


def _found(
    session: Session, actor: Actor, question: Question, span: Span, place: Place | None
) -> list[Recording]:
    base = _base(actor, question, span)
    if place is not None:
        base = base.where(place.after(Recording.starts_at, Recording.id))
    left = span.up_to(place)
    if question.number is not None:
        base = base.where(Recording.id.in_(_of_number(session, actor, question.number, left)))
    if question.alerted or question.alert is not None:
        base = base.where(Recording.visit_id.in_(_with_alert(session, actor, question, left)))
    pages = base.order_by(Recording.starts_at.desc(), Recording.id.desc()).limit(PAGE + 1)
    ways = _ways(session, actor, question.person, left) if question.person else [None]
    found = {
        one.id: one
        for way in ways
        for one in session.scalars(pages if way is None else pages.where(way))
    }
    newest = sorted(found.values(), key=lambda one: (one.starts_at, one.id), reverse=True)
    return newest[: PAGE + 1]


def _base(actor: Actor, question: Question, span: Span) -> Select[Any]:
    query = select(Recording).where(
        Recording.site_id == actor.site_id, *span.holds(Recording.starts_at)
    )
    if actor.ward_ids:
        query = query.join(Resident, Resident.id == Recording.resident_id)
        query = query.where(Resident.ward_id.in_(actor.ward_ids))
    if question.kind is not None:
        query = query.where(Recording.kind == question.kind)
    if question.status is not None:
        query = query.where(Recording.status == question.status)
    if question.held:
        query = query.where(Recording.legal_hold)
    return query


def _with_alert(session: Session, actor: Actor, question: Question, span: Span) -> list[str]:
    kinds = list(AlertKind) if question.alert is None else [question.alert]
    query = select(Alert.visit_id).where(
        Alert.site_id == actor.site_id, Alert.kind.in_(kinds), *span.holds(Alert.first_at)
    )
    return list(session.scalars(query.order_by(Alert.first_at.desc()).limit(MOST)))


def _ways(session: Session, actor: Actor, text: str, span: Span) -> list[ColumnElement[bool]]:
    """How a recording may belong to whoever is meant; none when nobody is."""
    found = people.find(session, actor, text)
    ways: list[ColumnElement[bool]] = []
    if found.residents:
        ways.append(Recording.resident_id.in_(found.residents))
    if found.relatives:
        ways.append(Recording.visit_id.in_(_visits_with(session, found.relatives)))
        ways.append(Recording.id.in_(_calls_to(session, found.relatives, span)))
    return ways


def _visits_with(session: Session, relatives: Collection[str]) -> list[str]:
    # Ids are in the order of time: the last ones are the newest.
    query = select(VisitParticipant.visit_id).where(VisitParticipant.relative_id.in_(relatives))
    return list(session.scalars(query.order_by(VisitParticipant.visit_id.desc()).limit(MOST)))


def _calls_to(session: Session, relatives: Collection[str], span: Span) -> list[str]:
    query = (
        select(PhoneCall.recording_id)
        .join(FamilyPhone, FamilyPhone.id == PhoneCall.family_phone_id)
        .where(FamilyPhone.relative_id.in_(relatives), *span.holds(PhoneCall.started_at))
    )
    return _recordings_of(session, query)


def _of_number(session: Session, actor: Actor, number: str, span: Span) -> list[str]:
    query = select(PhoneCall.recording_id).where(
        PhoneCall.site_id == actor.site_id,
        PhoneCall.number_index == blind_index(number, context="phone"),
        *span.holds(PhoneCall.started_at),
    )
    return _recordings_of(session, query)


def _recordings_of(session: Session, calls: Select[Any]) -> list[str]:
    newest = calls.where(PhoneCall.recording_id.is_not(None))
    found = session.scalars(newest.order_by(PhoneCall.started_at.desc()).limit(MOST))
    return list(found)


def _described(session: Session, page: list[Recording]) -> list[dict[str, Any]]:
    query = select(Resident).where(Resident.id.in_({one.resident_id for one in page}))
    residents = {one.id: one for one in session.scalars(query)}
    calls = _contacts_of(session, PhoneCall, RecordingKind.PHONE, page)
    onsite = _contacts_of(session, OnsiteVisit, RecordingKind.ONSITE, page)
    visits = {one.id: one.visit_id for one in page if one.visit_id}
    found = contacts.load(
        session,
        {
            Channel.REMOTE: visits.values(),
            Channel.ONSITE: onsite.values(),
            Channel.PHONE: calls.values(),
        },
    )
    of = {**visits, **onsite, **calls}
    return [_item(one, residents[one.resident_id], found.get(of.get(one.id, ""))) for one in page]


def _item(one: Recording, resident: Resident, contact: contacts.Item | None) -> dict[str, Any]:
    """`contact` None: the recording came before what it is of."""
    known = contact or {"people": [], "number": None, "alerts": []}
    return {
        **{name: getattr(one, name) for name in SHOWN},
        "resident": {"id": resident.id, "name": resident.name, "number": resident.number},
        **{name: known[name] for name in ("people", "number", "alerts")},
    }


def _contacts_of(
    session: Session,
    table: type[PhoneCall] | type[OnsiteVisit],
    kind: RecordingKind,
    page: list[Recording],
) -> dict[str, str]:
    """The call or on-site visit of each recording of `kind`."""
    ids = [one.id for one in page if one.kind is kind]
    if not ids:
        return {}
    query = select(table.recording_id, table.id).where(table.recording_id.in_(ids))
    return {str(recording): contact for recording, contact in session.execute(query)}
