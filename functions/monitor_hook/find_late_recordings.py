"""Timer: recordings that are late. What COS holds is healed; what it does not opens a ticket."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.monitor_hook import recording_files
from functions.monitor_hook.recording_files import recording_of
from shared import audit, tickets
from shared.actors import SYSTEM
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.models.rooms import Recording, RecordingStatus
from shared.models.tickets import Severity
from shared.outbox import Finish

BATCH = 50


def find_late_recordings() -> int:
    """How many were late."""
    late = _late()
    for visit_id in late:
        found = recording_files.find(visit_id)
        _settle(recording_files.store(visit_id, found) if found else _declare_lost(visit_id))
    return len(late)


@in_transaction
def _late(session: Session) -> list[str]:
    query = select(Recording.visit_id).where(
        Recording.status == RecordingStatus.EXPECTED,
        Recording.due_at <= now(),
        Recording.visit_id.is_not(None),
    )
    return [one for one in session.scalars(query.order_by(Recording.due_at).limit(BATCH)) if one]


@in_transaction
def _settle(session: Session, finish: Finish) -> None:
    finish(session)


def _declare_lost(visit_id: str) -> Finish:
    def finish(session: Session) -> None:
        recording = recording_of(session, visit_id)
        if recording is None or recording.status is not RecordingStatus.EXPECTED:
            return
        recording.status = RecordingStatus.LOST
        audit.record(
            session,
            SYSTEM,
            "recording.lost",
            "recording",
            recording.id,
            site_id=recording.site_id,
        )
        tickets.open_incident(
            session,
            site_id=recording.site_id,
            severity=Severity.II,
            source_key=f"recording_lost:{recording.id}",
            title="会见录像未按时生成",
            text=f"{chinese(recording.starts_at)}开始的会见，录像文件未在规定时间内到达存储。"
            f"录像编号 {recording.id}，会见编号 {visit_id}。请核对录制任务与存储桶。",
        )

    return finish
