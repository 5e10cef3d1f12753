"""What has happened, and what happens now: two visits run, another comes, and the brother has a past."""

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
from shared.models.people import Relationship, Relative, Resident
from shared.models.rooms import AlertKind
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.sealing import blind_index
from tests.e2e.people import LIVE, book
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
def add_live(session: Session) -> list[str]:
    """Ids of two visits that have just begun, every face checked; a third one comes."""
    guo, brother = people(session)
    began, next_one = (_slot(session, brother.site_id, minutes=minutes) for minutes in (-1, 29))
    running = [
        _running(session, began, guo, brother, "兄弟"),
        _running(session, began, *_family(session, LIVE[0])),
    ]
    book(session, *_family(session, LIVE[1]), next_one, VisitStatus.APPROVED)
    return [visit.id for visit in running]


def _running(
    session: Session, slot: Slot, relative: Relative, resident: Resident, kinship: str
) -> Visit:
    visit = book(session, relative, resident, kinship, slot, VisitStatus.APPROVED)
    session.refresh(visit)
    visit.participants[0].face_checked_at = now()
    _enrol(session, relative, visit)
    return visit


def _family(session: Session, named: tuple[str, str, str]) -> tuple[Relative, Resident, str]:
    """Of the first site."""
    name, kinship, resident_name = named
    site_id = people(session)[1].site_id
    query = (
        select(Relative, Resident)
        .join(Relationship, Relationship.relative_id == Relative.id)
        .join(Resident, Resident.id == Relationship.resident_id)
        .where(Resident.site_id == site_id)
    )
    tied = session.execute(query)
    relative, resident = next(
        one for one in tied if (one[0].name, one[1].name) == (name, resident_name)
    )
    return relative, resident, kinship


def _enrol(session: Session, relative: Relative, visit: Visit) -> None:
    """As after a face check: what is needed to know this face again in the room."""
    check = FaceCheck(
        relative_id=relative.id, subject_id=relative.id, visit_id=visit.id,
        purpose=FaceCheckPurpose.VISIT, status=FaceCheckStatus.PASSED, challenge=["blink"],
        expires_at=now(), clip_key=f"clips/e2e/{relative.id}.mp4", decided_at=now(),
    )  # fmt: skip
    session.add(check)
    session.flush()
    card = encode_jpeg(sample_clips.grace_hopper())
    for vector in templates([card] * 3):
        session.add(FaceTemplate(relative_id=relative.id, face_check_id=check.id, vector=vector))


def _slot(session: Session, site_id: str, *, minutes: int) -> Slot:
    start = now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    slot = Slot(
        site_id=site_id, starts_at=start, ends_at=start + timedelta(minutes=30), capacity=4, taken=0
    )
    session.add(slot)
    session.flush()
    return slot


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
