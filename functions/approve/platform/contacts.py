"""What belongs to contacts besides their own rows: who took part, recordings, alerts. A few queries a page."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.models.onsite import OnsiteVisit
from shared.models.people import OnsiteVisitor, Relative
from shared.models.phones import FamilyPhone, PhoneCall
from shared.models.rooms import Alert, Recording
from shared.models.visits import VisitParticipant

Person = dict[str, Any]


@dataclass
class Details:
    """By the id of the visit, on-site visit or call."""

    people: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, str] = field(default_factory=dict)
    alerts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    recordings: dict[str, Recording] = field(default_factory=dict)


def details(
    session: Session,
    *,
    visits: Collection[str] = (),
    onsite: Collection[str] = (),
    calls: Collection[str] = (),
    recordings: bool = True,
) -> Details:
    found = Details()
    if visits:
        _participants(session, found, visits)
        _alerts(session, found, visits)
    if onsite:
        _visitors(session, found, onsite)
    if calls:
        _other_ends(session, found, calls)
    if recordings:
        _recordings(session, found, visits, onsite, calls)
    return found


def _participants(session: Session, found: Details, visits: Collection[str]) -> None:
    query = (
        select(VisitParticipant.visit_id, VisitParticipant.kinship, Relative.name)
        .join(Relative, Relative.id == VisitParticipant.relative_id)
        .where(VisitParticipant.visit_id.in_(visits))
        .order_by(VisitParticipant.lead.desc())
    )
    for visit_id, kinship, name in session.execute(query):
        found.people[visit_id].append({"name": name or "", "kinship": kinship})


def _alerts(session: Session, found: Details, visits: Collection[str]) -> None:
    query = select(Alert.visit_id, Alert.kind).where(Alert.visit_id.in_(visits))
    for visit_id, kind in session.execute(query.order_by(Alert.first_at)):
        found.alerts[visit_id].append(kind)


def _visitors(session: Session, found: Details, onsite: Collection[str]) -> None:
    rows = session.execute(
        select(OnsiteVisit.id, OnsiteVisit.site_id, OnsiteVisit.visitor_ids).where(
            OnsiteVisit.id.in_(onsite)
        )
    ).all()
    wanted = {one for row in rows for one in row.visitor_ids}
    if not wanted:
        return
    query = select(OnsiteVisitor.external_id, OnsiteVisitor.name, OnsiteVisitor.kinship).where(
        OnsiteVisitor.site_id == rows[0].site_id, OnsiteVisitor.external_id.in_(wanted)
    )
    known = {
        one: {"name": name, "kinship": kinship} for one, name, kinship in session.execute(query)
    }
    for row in rows:
        found.people[row.id] += [known[one] for one in row.visitor_ids if one in known]


def _other_ends(session: Session, found: Details, calls: Collection[str]) -> None:
    query = (
        select(
            PhoneCall.id,
            PhoneCall.number,
            FamilyPhone.kinship,
            FamilyPhone.owner_name,
            Relative.name,
        )
        .outerjoin(FamilyPhone, FamilyPhone.id == PhoneCall.family_phone_id)
        .outerjoin(Relative, Relative.id == FamilyPhone.relative_id)
        .where(PhoneCall.id.in_(calls))
    )
    for call_id, number, kinship, owner, relative in session.execute(query):
        found.numbers[call_id] = number
        if kinship is not None:
            found.people[call_id].append({"name": owner or relative or "", "kinship": kinship})


def _recordings(
    session: Session,
    found: Details,
    visits: Collection[str],
    onsite: Collection[str],
    calls: Collection[str],
) -> None:
    if visits:
        query = select(Recording).where(Recording.visit_id.in_(visits))
        found.recordings |= {one.visit_id or "": one for one in session.scalars(query)}
    for table, ids in ((OnsiteVisit, onsite), (PhoneCall, calls)):
        if ids:
            pairs = select(table.id, Recording).join(Recording, Recording.id == table.recording_id)
            for contact_id, recording in session.execute(pairs.where(table.id.in_(ids))):
                found.recordings[contact_id] = recording
