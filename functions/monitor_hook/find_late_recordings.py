"""Timer: recordings that are late. What TRTC and COS have is healed; what they do not opens a ticket."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.monitor_hook import recording_files
from functions.monitor_hook.room_facts import state_of
from shared import audit, tickets
from shared.actors import SYSTEM
from shared.clients import trtc
from shared.clients.errors import ProviderRefused
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.models.rooms import Recording, RecordingStatus
from shared.models.tickets import Severity
from shared.models.visits import Visit
from shared.outbox import Finish

BATCH = 50
NEVER_STARTED, UNKNOWN = "never_started", "unknown"


def find_late_recordings() -> int:
    """How many were late."""
    late = _late()
    for visit_id in late:
        found = recording_files.find(visit_id)
        if found:
            _settle(recording_files.store(visit_id, found))
        else:
            _settle(_declare_lost(visit_id, _ask_trtc(visit_id)))
    return len(late)


@in_transaction
def _late(session: Session) -> list[str]:
    query = select(Recording.visit_id).where(
        Recording.status == RecordingStatus.EXPECTED,
        Recording.due_at <= now(),
        Recording.visit_id.is_not(None),
    )
    return [one for one in session.scalars(query.order_by(Recording.due_at).limit(BATCH)) if one]


def _ask_trtc(visit_id: str) -> str:
    """What the vendor says of the visit's robot. One that still works after the end is stopped: its film comes then."""
    task_id = _task(visit_id=visit_id)
    if task_id is None:
        return NEVER_STARTED
    try:
        task = trtc.describe_recording(task_id)
    except ProviderRefused as error:  # it is forgotten after 72 hours
        return f"{UNKNOWN} ({error.code})"
    if task.status == "InProgress":
        with suppress(ProviderRefused):
            trtc.stop_recording(task_id)
    return task.status


@in_transaction
def _task(session: Session, *, visit_id: str) -> str | None:
    visit = session.get_one(Visit, visit_id)
    told = [n for n, one in state_of(session, visit_id).tasks.items() if one.kind == "record"]
    return visit.recording_task_id or (told[-1] if told else None)


@in_transaction
def _settle(session: Session, finish: Finish) -> None:
    finish(session)


def _declare_lost(visit_id: str, said: str) -> Finish:
    def finish(session: Session) -> None:
        problems = state_of(session, visit_id).problems
        for recording in recording_files.expected(session, visit_id):
            recording.status = RecordingStatus.LOST
            audit.record(
                session,
                SYSTEM,
                "recording.lost",
                "recording",
                recording.id,
                site_id=recording.site_id,
                task=said,
            )
            _open_ticket(session, recording, said, problems)

    return finish


def _open_ticket(session: Session, recording: Recording, said: str, problems: list[str]) -> None:
    tickets.open_incident(
        session,
        site_id=recording.site_id,
        severity=Severity.II,
        source_key=f"recording_lost:{recording.id}",
        title="会见录像未按时生成",
        text=f"{chinese(recording.starts_at)}开始的会见，录像文件未在规定时间内到达存储。"
        f"录像编号 {recording.id}，会见编号 {recording.visit_id}。\n"
        f"录制任务状态：{said}；回调报告的问题：{'、'.join(problems) or '无'}。请核对录制任务与存储桶。",
    )
