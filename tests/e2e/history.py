"""What has happened, and what happens now: GUO's visit runs today, another comes, and the brother has a past."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.verify_face.enrol import templates
from local import sample_clips
from local.sample_people import BROTHER, GUO
from shared.clock import now
from shared.database import in_transaction
from shared.faces.pictures import encode_jpeg
from shared.models.base import Base
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus, FaceTemplate
from shared.models.people import Relative, Resident
from shared.models.rooms import AlertKind
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.sealing import blind_index
from tests.e2e.people import FAMILIES, book
from tests.integration.platform import history


class Adder:
    """What the made-up history wants of a world."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, *rows: Base) -> None:
        for row in rows:
            self._session.add(row)
            self._session.flush()


@in_transaction
def add_live(session: Session) -> str:
    """The id of GUO's visit: approved, two minutes after its start, the face just checked."""
    guo, brother = people(session)
    visit = _approved(session, guo, brother, "兄弟", minutes=-2)
    visit.participants[0].face_checked_at = now()
    _enrol(session, guo, visit)
    name, kinship, resident_name = FAMILIES[1]
    relative = next(one for one in session.scalars(select(Relative)) if one.name == name)
    other = next(one for one in session.scalars(select(Resident)) if one.name == resident_name)
    _approved(session, relative, other, kinship, minutes=28)
    return visit.id


def _enrol(session: Session, relative: Relative, visit: Visit) -> None:
    """As after a face check: what is needed to know this face again in the room."""
    check = FaceCheck(
        relative_id=relative.id, subject_id=relative.id, visit_id=visit.id,
        purpose=FaceCheckPurpose.VISIT, status=FaceCheckStatus.PASSED, challenge=["blink"],
        expires_at=now(), clip_key="clips/e2e/1.mp4", decided_at=now(),
    )  # fmt: skip
    session.add(check)
    session.flush()
    card = encode_jpeg(sample_clips.grace_hopper())
    for vector in templates([card] * 3):
        session.add(FaceTemplate(relative_id=relative.id, face_check_id=check.id, vector=vector))


def _approved(
    session: Session, relative: Relative, resident: Resident, kinship: str, *, minutes: int
) -> Visit:
    start = now() + timedelta(minutes=minutes)
    slot = Slot(
        site_id=resident.site_id, starts_at=start, ends_at=start + timedelta(minutes=30),
        capacity=4, taken=0,
    )  # fmt: skip
    session.add(slot)
    session.flush()
    visit = book(session, relative, resident, kinship, slot, VisitStatus.APPROVED)
    session.refresh(visit)
    return visit


@in_transaction
def add_past(session: Session) -> None:
    """Three months of visits, on-site visits and calls of the brother."""
    guo, brother = people(session)
    adder = Adder(session)
    for week in range(1, 13):
        at = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=7 * week)
        alerts = (AlertKind.EXTRA_PERSON,) if week in (2, 7) else ()
        status = VisitStatus.NO_SHOW if week == 4 else VisitStatus.COMPLETED
        history.add_visit(adder, brother, guo, at, status=status, alerts=alerts)  # type: ignore[arg-type]
        if week % 3 == 0:
            history.add_onsite(adder, brother, at + timedelta(days=2))  # type: ignore[arg-type]
        if week % 2:
            history.add_call(adder, brother, at + timedelta(days=3, hours=2))  # type: ignore[arg-type]


def people(session: Session) -> tuple[Relative, Resident]:
    guo = session.scalars(
        select(Relative).where(Relative.openid_index == blind_index(GUO.openid, context="openid"))
    ).one()
    number = blind_index(BROTHER.number, context="resident_number")
    brother = session.scalars(select(Resident).where(Resident.number_index == number)).one()
    return guo, brother
