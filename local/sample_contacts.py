"""Family phones, calls and on-site visits of a working day, so that the one platform has all three to show."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from local.cloud.film import tiny_mp4
from shared import quota
from shared.actors import SYSTEM
from shared.clock import in_shanghai, now
from shared.ids import new_id
from shared.models.calls import CallDirection, CallResult, PhoneCall
from shared.models.onsite import OnsiteVisit, OnsiteVisitStatus
from shared.models.people import Relative, Resident
from shared.models.phones import FamilyPhone, FamilyPhoneStatus, PhoneCheckResult
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.rules.quota import Channel

WEEKS = 8
PENDING = 3  # numbers that wait for an officer
Family = tuple[Relative, Resident, str]


def add(session: Session, families: Sequence[Family]) -> Iterator[str]:
    """Gives the keys of recordings whose files are still to be written."""
    evening = in_shanghai(now()).replace(hour=19, minute=0, second=0, microsecond=0)
    for order, family in enumerate(families):
        phone = _phone(session, family, pending=order < PENDING)
        for week in range(1, WEEKS + 1):
            at = evening - timedelta(weeks=week, days=order % 5, minutes=-10 * (order % 6))
            if order >= PENDING:
                recording = _recording(session, family[1], at) if (order + week) % 4 else None
                _call(session, family[1], phone, at, recording)
                if recording is not None:
                    yield recording.cos_key or ""
            if (order + week) % 6 == 0:
                _onsite(session, family[1], at - timedelta(hours=4))


def _phone(session: Session, family: Family, *, pending: bool) -> FamilyPhone:
    relative, resident, kinship = family
    phone = FamilyPhone(
        site_id=resident.site_id,
        resident_id=resident.id,
        relative_id=relative.id,
        number=relative.phone,
        kinship=kinship,
        status=FamilyPhoneStatus.PENDING if pending else FamilyPhoneStatus.APPROVED,
        check_result=PhoneCheckResult.MATCH,
        checked_at=now(),
    )
    session.add(phone)
    session.flush()
    return phone


def _recording(session: Session, resident: Resident, at: datetime) -> Recording:
    recording = Recording(
        id=new_id(),
        site_id=resident.site_id,
        kind=RecordingKind.PHONE,
        resident_id=resident.id,
        status=RecordingStatus.PLAYABLE,
        cos_key=f"phone-recordings/{resident.site_id}/{new_id()}.mp4",
        bytes=len(tiny_mp4()),
        sha256=hashlib.sha256(tiny_mp4()).hexdigest(),
        starts_at=at,
        ends_at=at + timedelta(minutes=5),
    )
    session.add(recording)
    session.flush()
    return recording


def _call(
    session: Session,
    resident: Resident,
    phone: FamilyPhone,
    at: datetime,
    recording: Recording | None,
) -> None:
    """Answered when there is a recording, and then counted."""
    counted = new_id() if recording else None
    if counted:
        contact = quota.Contact(resident.site_id, resident.id, Channel.PHONE, at, counted)
        quota.use(session, SYSTEM, contact)
    session.add(
        PhoneCall(
            site_id=resident.site_id,
            external_id=new_id(),
            resident_id=resident.id,
            resident_number=resident.number,
            family_phone_id=phone.id,
            number=phone.number,
            direction=CallDirection.OUTGOING,
            result=CallResult.ANSWERED if recording else CallResult.NO_ANSWER,
            started_at=at,
            seconds=300 if recording else 0,
            recording_key=recording.cos_key if recording else None,
            recording_id=recording.id if recording else None,
            quota_source_id=counted,
            changed_at=at + timedelta(minutes=6),
        )
    )


def _onsite(session: Session, resident: Resident, at: datetime) -> None:
    contact = quota.Contact(resident.site_id, resident.id, Channel.ONSITE, at, new_id())
    quota.use(session, SYSTEM, contact)
    session.add(
        OnsiteVisit(
            site_id=resident.site_id,
            external_id=new_id(),
            resident_id=resident.id,
            resident_number=resident.number,
            visitor_ids=[],
            status=OnsiteVisitStatus.COMPLETED,
            quota_source_id=contact.source_id,
            started_at=at,
            ended_at=at + timedelta(minutes=40),
            changed_at=at + timedelta(minutes=41),
        )
    )
