"""Rows made by hand, for tests that begin in the middle."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.database import engine
from shared.ids import new_id
from shared.models.every import Base
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.models.places import Site, Ward
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus


def add(*rows: Base) -> None:
    """Each flushed after the one before, so that later ones may point at earlier ones."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        for row in rows:
            session.add(row)
            session.flush()


def all_of(table: type, **where: object) -> list:  # type: ignore[type-arg]
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        return list(session.scalars(select(table).filter_by(**where)))


def add_site() -> str:
    site = Site(id=new_id(), name="示例所", rules={})
    officer = Officer(id=new_id(), site_id=site.id, name="值守民警", wecom_user_id="duty")
    add(site, officer, OfficerRole(officer_id=officer.id, role=Role.VISIT_OFFICER))
    return site.id


def add_relative(relative_id: str | None = None, *, checked_at: datetime) -> str:
    relative = Relative(
        id=relative_id or new_id(),
        openid=f"openid-{relative_id or new_id()}",
        name="示例亲属",
        phone_checked_at=checked_at,
        face_checked_at=checked_at,
    )
    add(relative)
    return relative.id


def add_visit(
    *,
    starts_at: datetime,
    visit_id: str | None = None,
    relative_id: str | None = None,
    status: VisitStatus = VisitStatus.APPROVED,
) -> str:
    """With a site, a resident and a slot of its own."""
    site_id = add_site()
    ward = Ward(id=new_id(), site_id=site_id, name="一大队")
    resident = Resident(
        id=new_id(), site_id=site_id, ward_id=ward.id, number=new_id(), name="示例人员"
    )
    ends_at = starts_at + timedelta(minutes=30)
    slot = Slot(
        id=new_id(), site_id=site_id, starts_at=starts_at, ends_at=ends_at, capacity=1, taken=1
    )
    relative_id = add_relative(relative_id, checked_at=starts_at)
    tie = Relationship(
        site_id=site_id,
        relative_id=relative_id,
        resident_id=resident.id,
        kinship="母亲",
        status=RelationshipStatus.APPROVED,
    )
    visit = Visit(
        id=visit_id or new_id(),
        site_id=site_id,
        slot_id=slot.id,
        resident_id=resident.id,
        status=status,
        place=1,
        starts_at=starts_at,
        ends_at=ends_at,
        requested_by=relative_id,
        participants=[VisitParticipant(relative_id=relative_id, kinship="母亲", lead=True)],
    )
    add(ward, resident, slot, tie, visit)
    return visit.id
