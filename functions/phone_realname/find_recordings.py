"""Timers: recordings of the centre's other systems count once their file is seen in COS; calls find their resident."""

from datetime import timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from functions.phone_realname import call_effects
from functions.phone_realname.call_effects import Known
from shared import audit, due_recordings, tickets
from shared.actors import SYSTEM
from shared.batches import each, in_batches, in_time
from shared.clients import storage
from shared.clients.errors import ProviderRefused
from shared.clients.storage import ObjectMissing, StoredObject
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.calls import PhoneCall
from shared.models.people import Resident
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.models.tickets import Severity

CALLS, ROUNDS = 200, 20  # some 6 ms a call, within the function's minute
BUDGET_S = 40.0  # and one more file is read after it, for five minutes at most
LOOK_AGAIN = timedelta(minutes=10)
LOST_AFTER = timedelta(days=1)
# A remote visit's own are TRTC's, and looked for by `monitor_hook`.
KINDS = {RecordingKind.PHONE: "亲情电话录音", RecordingKind.ONSITE: "现场会见录像"}


def find_recordings() -> int:
    """How many were found. One that does not come within a day is lost, and opens an incident."""
    return each(in_time(iter(_take_due, None), seconds=BUDGET_S), _look)


@in_transaction
def _take_due(session: Session) -> tuple[str, str] | None:
    expected = and_(Recording.status == RecordingStatus.EXPECTED, Recording.kind.in_(KINDS))
    found = due_recordings.take(session, expected, again=LOOK_AGAIN)
    return None if found is None else (found.id, found.cos_key or "")


def _look(due: tuple[str, str]) -> bool:
    recording_id, key = due
    try:
        head = storage.head(key)
        digest = storage.sha256(key) if head and head.size else None
    except ObjectMissing:
        head = digest = None
    except ProviderRefused as error:
        _tell_unreadable(recording_id=recording_id, code=error.code)
        return False
    return _settle(recording_id=recording_id, key=key, head=head, digest=digest)


@in_transaction
def _settle(
    session: Session, *, recording_id: str, key: str, head: StoredObject | None, digest: str | None
) -> bool:
    recording = session.get_one(Recording, recording_id, with_for_update=True)
    if recording.status is not RecordingStatus.EXPECTED or recording.cos_key != key:
        return False  # found by another, or corrected meanwhile
    if head is None or digest is None:
        if now() - recording.created_at >= LOST_AFTER:
            _lose(session, recording)
        return False
    recording.status, recording.due_at = RecordingStatus.PLAYABLE, None
    recording.bytes, recording.sha256 = head.size, digest
    audit.record(
        session, SYSTEM, "recording.verified", "recording", recording.id,
        site_id=recording.site_id, sha256=digest,
    )  # fmt: skip
    return True


def _lose(session: Session, recording: Recording) -> None:
    recording.status = RecordingStatus.LOST
    audit.record(
        session, SYSTEM, "recording.lost", "recording", recording.id, site_id=recording.site_id
    )
    tickets.open_incident(
        session,
        site_id=recording.site_id,
        severity=Severity.II,
        source_key=f"{recording.kind.value}_recordings_lost:{recording.site_id}:{in_shanghai(now()):%Y%m%d}",
        title=f"{KINDS[recording.kind]}未到达存储",
        text=f"记录已到，文件一天内未到达存储。第一个编号 {recording.id}，"
        "今天其余的请在录音录像列表中按“缺失”查看。请核对对方系统的上传。",
    )


@in_transaction
def _tell_unreadable(session: Session, *, recording_id: str, code: str) -> None:
    """It is there, so it is not lost: somebody must look at the bucket's rights."""
    recording = session.get_one(Recording, recording_id)
    tickets.open_incident(
        session,
        site_id=recording.site_id,
        severity=Severity.II,
        source_key=f"{recording.kind.value}_recordings_unreadable:{recording.site_id}:{in_shanghai(now()):%Y%m%d}",
        title=f"{KINDS[recording.kind]}无法读取",
        text=f"文件已到达存储但读取被拒绝（{code}），系统每 10 分钟再试一次。第一个编号 {recording.id}。"
        "请检查存储桶权限、对象状态（如归档）与密钥。",
    )


def link_calls() -> int:
    """Calls whose resident has come meanwhile: how many found theirs."""
    return in_batches(lambda: each(_to_link(), _link), size=CALLS, rounds=ROUNDS)


@in_transaction
def _to_link(session: Session) -> list[tuple[str, str]]:
    query = (
        select(PhoneCall.id, Resident.id)
        .join(
            Resident,
            (Resident.site_id == PhoneCall.site_id)
            & (Resident.number_index == PhoneCall.resident_number_index),
        )
        .where(PhoneCall.resident_id.is_(None))
        .limit(CALLS)
    )
    return [(call_id, resident_id) for call_id, resident_id in session.execute(query)]


@in_transaction
def _link(session: Session, found: tuple[str, str]) -> None:
    call = session.get_one(PhoneCall, found[0], with_for_update=True)
    if call.resident_id is not None:
        raise Conflict.of("changed_meanwhile")
    call.resident_id = found[1]
    if call.recording_key and _is_taken(session, call.recording_key):
        call.recording_key = None
    known = Known({call.external_id: call}, {}, {})
    call_effects.begin(known, call)
    call_effects.finish(session, SYSTEM, known)


def _is_taken(session: Session, key: str) -> bool:
    return session.scalar(select(Recording.id).where(Recording.cos_key == key)) is not None
