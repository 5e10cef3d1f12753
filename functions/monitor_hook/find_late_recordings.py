"""Timer: recordings that are late. What TRTC and COS have is healed; what they do not opens a ticket."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import Session

from functions.monitor_hook import recording_files
from functions.monitor_hook.room_facts import state_of
from shared import audit, due_recordings, tickets
from shared.actors import SYSTEM
from shared.batches import each, in_time
from shared.clients import trtc
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.models.rooms import Recording, RecordingStatus
from shared.models.tickets import Severity
from shared.models.visits import Visit
from shared.outbox import Finish
from shared.site_rules import rules_of_visit

BUDGET_S = 40.0  # one more visit is looked for after it, whose films may take minutes to read
# Unless what was found says otherwise; longer than a film is read.
LOOK_AGAIN = timedelta(minutes=6)
NEVER_STARTED, UNKNOWN, IN_PROGRESS = "never_started", "unknown", "InProgress"
STILL_WORKING = 4  # times the delay after which a recording is late
LOOK_FOR = timedelta(days=3)


def find_late_recordings() -> int:
    """How many were late. Nothing is lost of one that cannot be looked for: it is late again soon."""
    return each(in_time(iter(_take_late, None), seconds=BUDGET_S), _look_for)


def _look_for(visit_id: str) -> None:
    found = recording_files.find(visit_id)
    if found.files:
        _settle(recording_files.store(visit_id, found.files))
    if found.refused:
        _settle(_unreadable(visit_id, found.refused))
    elif not found.files:
        _settle(_not_there(visit_id, _ask_trtc(visit_id)))


def find_untold(body: dict[str, Any]) -> None:
    """For the outbox, when a visit has been over for a while: a film that no callback told of, beside those that were
    expected (TRTC splits large ones)."""
    found = recording_files.find(body["visit_id"])
    _settle(recording_files.store(body["visit_id"], found.files))
    if found.refused:
        _settle(_unreadable(body["visit_id"], found.refused))
        raise ProviderUnavailable("cos", "recording_unreadable")


@in_transaction
def _take_late(session: Session) -> str | None:
    """One visit, also where the recording is lost already, ever more seldom: a film may come when nobody waits for it
    any more."""
    late = and_(Recording.status.in_(recording_files.OPEN), Recording.visit_id.is_not(None))
    found = due_recordings.take(session, late, again=LOOK_AGAIN)
    return None if found is None else found.visit_id


def _ask_trtc(visit_id: str) -> str:
    """What the vendor says of the visit's robot. One that still works after the end is stopped: its film comes then."""
    task_id = _task(visit_id=visit_id)
    if task_id is None:
        return NEVER_STARTED
    try:
        task = trtc.describe_recording(task_id)
    except ProviderRefused as error:  # it is forgotten after 72 hours
        return f"{UNKNOWN} ({error.code})"
    if task.status == IN_PROGRESS:
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


def _unreadable(visit_id: str, refused: Mapping[str, str]) -> Finish:
    """It is there, so it is not lost; somebody must look at the bucket's rights. Asked again meanwhile."""

    def finish(session: Session) -> None:
        visit = session.get_one(Visit, visit_id)
        late = timedelta(minutes=rules_of_visit(session, visit).recording_late_minutes)
        for recording in recording_files.expected(session, visit_id, recording_files.OPEN):
            recording.due_at = now() + late
        tickets.open_incident(
            session,
            site_id=visit.site_id,
            severity=Severity.II,
            source_key=f"recording_unreadable:{visit_id}",
            title="会见录像无法读取",
            text=f"{chinese(visit.starts_at)}开始的会见，存储桶列出了录像文件但读取被拒绝。会见编号 {visit_id}。\n"
            f"原因：{'、'.join(sorted(set(refused.values())))}。请检查存储桶权限、对象状态（如归档）与密钥。",
        )

    return finish


def _not_there(visit_id: str, said: str) -> Finish:
    def finish(session: Session) -> None:
        visit = session.get_one(Visit, visit_id)
        late = timedelta(minutes=rules_of_visit(session, visit).recording_late_minutes)
        over_for = now() - (visit.ended_at or visit.closes_at)
        for recording in recording_files.expected(session, visit_id, recording_files.OPEN):
            if said == IN_PROGRESS and over_for < STILL_WORKING * late:
                recording.due_at = now() + late  # it was stopped just now
            elif recording.status is RecordingStatus.EXPECTED:
                _declare_lost(session, recording, said)
                recording.due_at = now() + late
            else:
                again = now() + max(late, over_for / 2)
                recording.due_at = again if over_for < LOOK_FOR else None

    return finish


def _declare_lost(session: Session, recording: Recording, said: str) -> None:
    assert recording.visit_id is not None
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
    problems = state_of(session, recording.visit_id).problems
    _open_ticket(session, recording, said, problems)


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
