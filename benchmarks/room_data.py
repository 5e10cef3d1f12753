"""Visits for the benchmarks of rooms."""

from datetime import timedelta

from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import engine
from shared.ids import new_id
from shared.models.people import Relative, Resident
from shared.models.places import Site, Ward
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus


def make_visits(count: int, status: VisitStatus) -> list[Visit]:
    """All at the same time, each with a place, a resident and a relative of its own."""
    begins, ends = now() - timedelta(minutes=1), now() + timedelta(minutes=30)
    site = Site(id=new_id(), name="示例所", rules={})
    ward = Ward(id=new_id(), site_id=site.id, name="一大队")
    slot = Slot(
        id=new_id(), site_id=site.id, starts_at=begins, ends_at=ends, capacity=count, taken=count
    )
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        for row in (site, ward, slot):
            session.add(row)
            session.flush()
        visits = [_visit(session, ward, slot, place, status) for place in range(1, count + 1)]
        session.flush()
        return visits


def _visit(session: Session, ward: Ward, slot: Slot, place: int, status: VisitStatus) -> Visit:
    resident = Resident(
        id=new_id(), site_id=ward.site_id, ward_id=ward.id, number=new_id(), name="示例人员"
    )
    relative = Relative(id=new_id(), openid=new_id(), name="示例亲属")
    session.add_all([resident, relative])
    session.flush()
    visit = Visit(
        id=new_id(), site_id=ward.site_id, slot_id=slot.id, resident_id=resident.id,
        status=status, place=place, starts_at=slot.starts_at, ends_at=slot.ends_at,
        requested_by=relative.id,
        participants=[VisitParticipant(relative_id=relative.id, kinship="母亲", lead=True)],
    )  # fmt: skip
    session.add(visit)
    return visit
