"""Contacts with all that belongs to them: who took part, the recordings, alerts. A query or two a channel and page."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.models.calls import PhoneCall
from shared.models.onsite import OnsiteVisit
from shared.models.people import OnsiteVisitor, Relative
from shared.models.phones import FamilyPhone
from shared.models.rooms import Alert, Recording
from shared.models.visits import Visit, VisitParticipant
from shared.rules.quota import Channel

Item = dict[str, Any]
RECORDING = (
    Recording.id.label("recording_id"),
    Recording.status.label("file"),
    Recording.legal_hold,
    Recording.starts_at.label("film_starts_at"),
    Recording.ends_at.label("film_ends_at"),
)


def load(session: Session, wanted: Mapping[Channel, Collection[str]]) -> dict[str, Item]:
    """By id. Not more of them than a page holds."""
    loaders = {Channel.REMOTE: _visits, Channel.ONSITE: _onsite, Channel.PHONE: _calls}
    found: dict[str, Item] = {}
    for channel, ids in wanted.items():
        if ids:
            found |= loaders[channel](session, ids)
    return found


def _visits(session: Session, ids: Collection[str]) -> dict[str, Item]:
    query = (
        select(Visit.id, Visit.starts_at.label("at"), Visit.ends_at, Visit.status, Visit.reason)
        .add_columns(*RECORDING)
        .outerjoin(Recording, Recording.visit_id == Visit.id)
        .where(Visit.id.in_(ids))
        .order_by(Recording.starts_at, Recording.id)
    )
    found = _items(session, query, Channel.REMOTE)
    people = (
        select(VisitParticipant.visit_id, VisitParticipant.kinship, Relative.name)
        .join(Relative, Relative.id == VisitParticipant.relative_id)
        .where(VisitParticipant.visit_id.in_(ids))
        .order_by(VisitParticipant.lead.desc())
    )
    for visit_id, kinship, name in session.execute(people):
        found[visit_id]["people"].append(_person(name, kinship))
    alerts = select(Alert.visit_id, Alert.kind).where(Alert.visit_id.in_(ids))
    for visit_id, kind in session.execute(alerts.order_by(Alert.first_at)):
        if kind not in found[visit_id]["alerts"]:  # of both sides
            found[visit_id]["alerts"].append(kind)
    return found


def _onsite(session: Session, ids: Collection[str]) -> dict[str, Item]:
    query = (
        select(
            OnsiteVisit.id,
            OnsiteVisit.started_at.label("at"),
            OnsiteVisit.ended_at.label("ends_at"),
            OnsiteVisit.status,
            OnsiteVisit.site_id,
            OnsiteVisit.visitor_ids,
        )
        .add_columns(*RECORDING)
        .outerjoin(Recording, Recording.id == OnsiteVisit.recording_id)
        .where(OnsiteVisit.id.in_(ids))
    )
    found = _items(session, query, Channel.ONSITE)
    visitors = _visitors(session, found.values())
    for item in found.values():
        item["people"] = [visitors[one] for one in item["visitor_ids"] if one in visitors]
    return found


def _visitors(session: Session, visits: Collection[Item]) -> dict[str, Item]:
    """All of one site: an officer sees no other."""
    wanted = {one for visit in visits for one in visit["visitor_ids"]}
    if not wanted:
        return {}
    query = select(OnsiteVisitor.external_id, OnsiteVisitor.name, OnsiteVisitor.kinship).where(
        OnsiteVisitor.site_id == next(iter(visits))["site_id"],
        OnsiteVisitor.external_id.in_(wanted),
    )
    return {one: _person(name, kinship) for one, name, kinship in session.execute(query)}


def _calls(session: Session, ids: Collection[str]) -> dict[str, Item]:
    query = (
        select(
            PhoneCall.id,
            PhoneCall.started_at.label("at"),
            PhoneCall.seconds,
            PhoneCall.direction,
            PhoneCall.result.label("status"),
            PhoneCall.number,
            FamilyPhone.kinship,
            FamilyPhone.owner_name,
            Relative.name,
        )
        .add_columns(*RECORDING)
        .outerjoin(FamilyPhone, FamilyPhone.id == PhoneCall.family_phone_id)
        .outerjoin(Relative, Relative.id == FamilyPhone.relative_id)
        .outerjoin(Recording, Recording.id == PhoneCall.recording_id)
        .where(PhoneCall.id.in_(ids))
    )
    found = _items(session, query, Channel.PHONE)
    for item in found.values():
        if item["kinship"] is not None:
            item["people"] = [_person(item["owner_name"] or item["name"], item["kinship"])]
    return found


def _items(session: Session, query: Select[Any], channel: Channel) -> dict[str, Item]:
    """A visit has a row for each of its films: TRTC splits large ones, and a robot may be sent again."""
    found: dict[str, Item] = {}
    for row in session.execute(query):
        item = found.setdefault(row.id, _item(dict(row._mapping), channel))
        if row.recording_id:
            item["recordings"].append(_film(row))
    return found


def _item(row: Item, channel: Channel) -> Item:
    return {
        "people": [],
        "alerts": [],
        "number": None,
        **row,
        "channel": channel,
        "recordings": [],
    }


def _film(row: Any) -> Item:
    return {
        "id": row.recording_id,
        "status": row.file,
        "legal_hold": row.legal_hold,
        "starts_at": row.film_starts_at,
        "ends_at": row.film_ends_at,
    }


def _person(name: str | None, kinship: str) -> Item:
    return {"name": name or "", "kinship": kinship}
