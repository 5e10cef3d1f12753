"""A made-up contact history: visits, on-site visits and calls, some at the very same moment."""

from datetime import datetime, timedelta

from shared.ids import new_id
from shared.models.calls import CallDirection, CallResult, PhoneCall
from shared.models.onsite import OnsiteVisit, OnsiteVisitStatus
from shared.models.people import Relative, Resident
from shared.models.phones import FamilyPhone
from shared.models.rooms import Alert, AlertKind, Recording, RecordingKind, RecordingStatus
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from tests.integration.world import World

NUMBER = "13900000066"


def resident_of(world: World, number: str) -> Resident:
    return next(one for one in world.rows(Resident) if one.number == number)


def add_visit(
    world: World,
    resident: Resident,
    relative: Relative,
    at: datetime,
    *,
    status: VisitStatus = VisitStatus.COMPLETED,
    alerts: tuple[AlertKind, ...] = (),
    requested_at: datetime | None = None,
    decided_at: datetime | None = None,
) -> Visit:
    ends_at = at + timedelta(minutes=30)
    slot = Slot(
        id=new_id(), site_id=resident.site_id, starts_at=at, ends_at=ends_at, capacity=9, taken=1
    )
    visit = Visit(
        id=new_id(),
        site_id=resident.site_id,
        slot_id=slot.id,
        resident_id=resident.id,
        status=status,
        place=1,
        starts_at=at,
        ends_at=ends_at,
        requested_at=requested_at or at - timedelta(days=3),
        decided_at=decided_at,
        requested_by=relative.id,
        participants=[VisitParticipant(relative_id=relative.id, kinship="兄弟", lead=True)],
    )
    world.add(slot, visit)
    if status is VisitStatus.COMPLETED:
        world.add(recording_of(resident, RecordingKind.VISIT, at, visit_id=visit.id))
    for kind in alerts:
        world.add(
            Alert(
                site_id=resident.site_id,
                visit_id=visit.id,
                kind=kind,
                frame_key=f"frames/{new_id()}.jpg",
                first_at=at,
                last_at=at,
            )
        )
    return visit


def add_call(
    world: World, resident: Resident, at: datetime, *, phone: FamilyPhone | None = None
) -> PhoneCall:
    recording = recording_of(resident, RecordingKind.PHONE, at)
    call = PhoneCall(
        site_id=resident.site_id,
        external_id=new_id(),
        resident_id=resident.id,
        resident_number=resident.number,
        family_phone_id=phone.id if phone else None,
        number=phone.number if phone else NUMBER,
        direction=CallDirection.OUTGOING,
        result=CallResult.ANSWERED,
        started_at=at,
        seconds=300,
        recording_id=recording.id,
        changed_at=at,
    )
    recording.ends_at = at + timedelta(seconds=call.seconds)
    world.add(recording, call)
    return call


def add_onsite(world: World, resident: Resident, at: datetime) -> OnsiteVisit:
    visit = OnsiteVisit(
        site_id=resident.site_id,
        external_id=new_id(),
        resident_id=resident.id,
        resident_number=resident.number,
        visitor_ids=[],
        status=OnsiteVisitStatus.COMPLETED,
        started_at=at,
        ended_at=at + timedelta(minutes=40),
        changed_at=at,
    )
    world.add(visit)
    return visit


def recording_of(
    resident: Resident, kind: RecordingKind, at: datetime, *, visit_id: str | None = None
) -> Recording:
    return Recording(
        id=new_id(),
        site_id=resident.site_id,
        kind=kind,
        visit_id=visit_id,
        resident_id=resident.id,
        status=RecordingStatus.PLAYABLE,
        cos_key=f"recordings/{new_id()}.mp4",
        bytes=7,
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
    )
