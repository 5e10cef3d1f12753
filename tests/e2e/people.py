"""A site with enough going on for a page to look as it does on a working day. Everybody is made up."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from local import sample_data, sample_life
from local.sample_people import SampleOfficer, made_up_id_number
from shared import audit, quota
from shared.actors import SYSTEM, Actor
from shared.clients import storage
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.officers import Role
from shared.models.people import (
    ManualCheck,
    ManualCheckPurpose,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.places import Site, Terminal, TerminalStatus, Ward
from shared.models.timetable import SessionTemplate, Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.quota import Channel
from tests.e2e import drawn

FAMILIES = sample_life.FAMILIES[:20]
LIVE = (
    sample_life.LIVE
)  # of the first site, and ask for nothing: tests/e2e/history.py lets them meet
VISITS, RELATIONSHIPS = 14, 4
TERMINALS = 4
HOURS = ((9, 0), (11, 30)), ((14, 0), (17, 0))
DAYS = 14


# Of the second site, which has as full a queue: each width of the page clears one.
MENG = SampleOfficer("meng", "meng.lead", "孟所长", (Role.SUPERVISOR,))
AGAIN = 12  # requests more at the first site, for officers who want to decide the same ones and answers that are lost


@in_transaction
def add_people(session: Session) -> None:
    """For each of two sites: 20 things to decide (visits, relationships, checks by hand), opening hours for two weeks."""
    first = session.scalars(select(Site)).one()
    asked = _fill(session, first, at=0)
    ward = session.scalars(select(Ward).where(Ward.site_id == first.id)).first()
    assert ward is not None
    for order, named in enumerate(LIVE, start=len(FAMILIES)):
        session.add(_tie(*_pair(session, ward, named, order), named[1]))
    for relative, resident, kinship, slot in asked[:AGAIN]:
        book(session, relative, resident, kinship, slot)
    _fill(session, _second_site(session), at=1)


def _second_site(session: Session) -> Site:
    site = Site(name="示例第二强制隔离戒毒所", rules={})
    session.add(site)
    session.flush()
    wards = {name: Ward(site_id=site.id, name=name) for name in ("一大队", "二大队")}
    session.add_all(wards.values())
    session.flush()
    sample_data.add_officer(session, site, wards, MENG)
    audit.record(session, SYSTEM, "site.added", "site", site.id, site_id=site.id)
    return site


def _fill(session: Session, site: Site, *, at: int) -> list[tuple[Relative, Resident, str, Slot]]:
    """Who asked for a visit, and a slot a week later for which nobody asked yet: one a week is what a family may have."""
    query = select(Ward).where(Ward.site_id == site.id).order_by(Ward.name)
    wards = session.scalars(query).all()
    for number in range(3, TERMINALS + 2):
        session.add(
            Terminal(site_id=site.id, name=f"{number} 号会见位", status=TerminalStatus.WORKING)
        )
    slots = _slots(session, site)
    by_start = {one.starts_at: one for one in slots}
    asked = []
    for order, named in enumerate(FAMILIES):
        relative, resident = _pair(session, wards[order % len(wards)], named, order, at=at)
        _ask(session, order, relative, resident, named[1], slots)
        if order < VISITS:
            later = slots[order * 2].starts_at + timedelta(days=7)
            asked.append((relative, resident, named[1], by_start[later]))
    return asked


def _pair(
    session: Session, ward: Ward, named: tuple[str, str, str], order: int, *, at: int = 0
) -> tuple[Relative, Resident]:
    name, _, resident_name = named
    number = f"2026{1001 + order * 7}"
    resident = Resident(site_id=ward.site_id, ward_id=ward.id, number=number, name=resident_name)
    relative = _relative(name, 100 * at + order)
    session.add_all([resident, relative])
    session.flush()
    return relative, resident


def _tie(
    relative: Relative, resident: Resident, kinship: str, *, pending_h: int | None = None
) -> Relationship:
    """Approved long ago, or `pending_h`: since so many hours."""
    pages = () if pending_h is None else (1, 2)
    return Relationship(
        site_id=resident.site_id,
        relative_id=relative.id,
        resident_id=resident.id,
        kinship=kinship,
        status=RelationshipStatus.PENDING if pages else RelationshipStatus.APPROVED,
        asked_at=now() - timedelta(hours=pending_h or 2400),
        proof_keys=[
            _put(f"proofs/{relative.id}/{n}.jpg", drawn.page_of_a_register(n)) for n in pages
        ],
    )


def _relative(name: str, order: int) -> Relative:
    return Relative(
        openid=f"openid-e2e-{order}",
        name=name,
        id_number=made_up_id_number("19700415", 300 + order),
        phone=f"13900001{order:03d}",
        id_photo_key=_put(f"id-photos/e2e/{order}.jpg", drawn.portrait()),
        phone_checked_at=now(),
        face_checked_at=now(),
    )


def _put(key: str, picture: bytes) -> str:
    storage.write(key, picture, "image/jpeg")
    return key


def _ask(
    session: Session,
    order: int,
    relative: Relative,
    resident: Resident,
    kinship: str,
    slots: list[Slot],
) -> None:
    decided = order < VISITS or order >= VISITS + RELATIONSHIPS
    pending_h = None if decided else 2 + 3 * (order - VISITS)
    session.add(_tie(relative, resident, kinship, pending_h=pending_h))
    session.flush()
    if order < VISITS:
        book(session, relative, resident, kinship, slots[order * 2])
    elif decided:
        session.add(
            ManualCheck(
                site_id=resident.site_id,
                resident_id=resident.id,
                relative_id=relative.id,
                purpose=ManualCheckPurpose.FACE,
                asked_at=now() - timedelta(hours=order - 14),
            )
        )


def book(
    session: Session,
    relative: Relative,
    resident: Resident,
    kinship: str,
    slot: Slot,
    status: VisitStatus = VisitStatus.REQUESTED,
) -> Visit:
    slot.taken += 1
    visit = Visit(
        site_id=resident.site_id,
        slot_id=slot.id,
        resident_id=resident.id,
        status=status,
        place=slot.taken,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        requested_by=relative.id,
        requested_at=now() - timedelta(hours=20),
    )
    session.add(visit)
    session.flush()
    session.add(
        VisitParticipant(visit_id=visit.id, relative_id=relative.id, kinship=kinship, lead=True)
    )
    contact = quota.Contact(resident.site_id, resident.id, Channel.REMOTE, slot.starts_at, visit.id)
    quota.use(session, Actor("relative", relative.id), contact)
    return visit


def _slots(session: Session, site: Site) -> list[Slot]:
    """Of every day but today and Sunday, in order; each cut out of its template."""
    today = in_shanghai(now()).date()
    made: list[Slot] = []
    templates = {
        (weekday, opens): SessionTemplate(
            site_id=site.id, weekday=weekday, opens_at=time(*opens), closes_at=time(*closes),
            valid_from=today,
        )
        for weekday in range(6)
        for opens, closes in HOURS
    }  # fmt: skip
    session.add_all(templates.values())
    session.flush()
    for days in range(1, DAYS + 1):
        day = today + timedelta(days=days)
        for opens, closes in HOURS:
            template = templates.get((day.weekday(), opens))
            start = datetime.combine(day, time(*opens), in_shanghai(now()).tzinfo)
            while template and start.time() < time(*closes):
                made.append(
                    Slot(
                        site_id=site.id, template_id=template.id, starts_at=start,
                        ends_at=start + timedelta(minutes=30), capacity=TERMINALS, taken=0,
                    )
                )  # fmt: skip
                start += timedelta(minutes=30)
    session.add_all(made)
    session.flush()
    return made
