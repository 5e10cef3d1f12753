"""What an officer needs to decide: who, the history, the quota, earlier refusals, and which pictures there are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import quota
from shared.clock import now
from shared.models.officers import Officer
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.models.places import Site, Ward
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules import id_number
from shared.rules.quota import next_period, used
from shared.rules.site_rules import SiteRules

HISTORY = 10


@dataclass(frozen=True)
class Picture:
    """`key` never leaves the function: the page asks for a link, and the asking is on record."""

    label: str
    key: str


@dataclass
class Card:
    resident: dict[str, Any]
    people: list[dict[str, Any]]
    quota: list[dict[str, Any]]
    history: list[dict[str, Any]]
    refusals: list[dict[str, Any]]
    pictures: list[Picture] = field(default_factory=list)
    phone: dict[str, Any] | None = None


def visit_card(session: Session, visit: Visit) -> Card:
    parts = visit.family
    people = [(one.relative_id, one.kinship) for one in parts]
    return _card(session, visit.resident_id, people, visit.starts_at, but=visit.id)


def person_card(
    session: Session,
    resident_id: str,
    relative_id: str,
    kinship: str,
    *,
    pictures: list[Picture] | None = None,
) -> Card:
    made = _card(session, resident_id, [(relative_id, kinship)], now())
    made.pictures += pictures or []
    return made


def _card(
    session: Session,
    resident_id: str,
    people: list[tuple[str, str]],
    at: datetime,
    but: str | None = None,
) -> Card:
    resident = session.get_one(Resident, resident_id)
    relatives = [session.get_one(Relative, relative_id) for relative_id, _ in people]
    return Card(
        resident=shown_resident(session, resident),
        people=[
            _person(session, one, kinship, resident_id)
            for one, (_, kinship) in zip(relatives, people, strict=True)
        ],
        quota=shown_quota(session, resident, at),
        history=_history(session, resident_id, but),
        refusals=_refusals(session, resident, [one.id for one in relatives]),
        pictures=[
            Picture(f"{one.name or ''} 证件照片", one.id_photo_key)
            for one in relatives
            if one.id_photo_key
        ],
    )


def shown_resident(session: Session, resident: Resident) -> dict[str, Any]:
    return {
        "id": resident.id,
        "name": resident.name,
        "number": resident.number,
        "ward_name": session.get_one(Ward, resident.ward_id).name,
        "status": resident.status,
        "treatment_level": resident.treatment_level,
    }


def _person(session: Session, relative: Relative, kinship: str, resident_id: str) -> dict[str, Any]:
    mine = (Relationship.relative_id == relative.id, Relationship.resident_id == resident_id)
    tie = session.scalar(select(Relationship.status).where(*mine))
    number = relative.id_number
    return {
        "id": relative.id,
        "name": relative.name or "",
        "kinship": kinship,
        "minor": number is not None and id_number.is_minor(number, now().date()),
        "phone_checked_at": relative.phone_checked_at,
        "face_checked_at": relative.face_checked_at,
        "relationship_status": tie,
    }


def shown_quota(session: Session, resident: Resident, at: datetime) -> list[dict[str, Any]]:
    rules = SiteRules.of(session.get_one(Site, resident.site_id).rules)
    ledger = quota.recent(session, resident.id)
    return [
        {
            "channels": sorted(one.value for one in rule.channels),
            "per": rule.per,
            "count": rule.count,
            "used": used(ledger, rule, at),
            "again_at": next_period(at, rule.per),
        }
        for rule in rules.quota
        if not rule.levels or resident.treatment_level in rule.levels
    ]


def _history(session: Session, resident_id: str, but: str | None) -> list[dict[str, Any]]:
    query = select(Visit).where(Visit.resident_id == resident_id, Visit.id != (but or ""))
    newest = query.order_by(Visit.starts_at.desc()).limit(HISTORY)
    return [
        {
            "id": one.id,
            "starts_at": one.starts_at,
            "status": one.status,
            "reason": one.reason,
            "excused_at": one.excused_at,
        }
        for one in session.scalars(newest)
    ]


def _refusals(
    session: Session, resident: Resident, relative_ids: list[str]
) -> list[dict[str, Any]]:
    """Of these relatives at this site, the newest first."""
    visits = (
        select(Visit.decided_at, Visit.reason, Officer.name)
        .join(VisitParticipant, VisitParticipant.visit_id == Visit.id)
        .outerjoin(Officer, Officer.id == Visit.decided_by)
        .where(VisitParticipant.relative_id.in_(relative_ids))
        .where(Visit.site_id == resident.site_id, Visit.status == VisitStatus.REJECTED)
        .where(Visit.resident_id == resident.id)
        .distinct()
    )
    ties = (
        select(Relationship.decided_at, Relationship.reason, Officer.name)
        .outerjoin(Officer, Officer.id == Relationship.decided_by)
        .where(Relationship.relative_id.in_(relative_ids))
        .where(Relationship.resident_id == resident.id)
        .where(Relationship.status == RelationshipStatus.REJECTED)
    )
    found = [
        {"kind": kind, "at": at, "reason": reason, "by": by}
        for kind, query in (("visit", visits), ("relationship", ties))
        for at, reason, by in session.execute(query)
    ]
    found.sort(key=lambda one: str(one["at"]), reverse=True)
    return found[:HISTORY]
