"""What the room's state means for its visit. Told again with the same state, nothing happens a second time."""

from datetime import datetime, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.monitor_hook import recording_files
from shared import audit, messages, room_commands, tickets
from shared.actors import SYSTEM
from shared.clock import chinese, in_shanghai
from shared.errors import Conflict
from shared.models.officers import Role
from shared.models.rooms import Recording
from shared.models.tickets import Severity
from shared.models.visits import Visit, VisitStatus
from shared.rules.room_state import FAMILY, FORCED, RESIDENT, TIMED_OUT, RoomState
from shared.visits import HOLDING, move

MOST_STARTS = 5


def apply(session: Session, visit: Visit, state: RoomState) -> None:
    _joined(visit, state)
    if state.opened_ms is not None:
        _opened(session, visit, _moment(state.opened_ms))
    if visit.status is VisitStatus.IN_PROGRESS:
        _keep_robots(session, visit, state)
        _watch_terminal(session, visit, state)
    elif visit.status not in HOLDING and state.inside():
        # A pass lives until the visit's time is up, whatever became of the visit: nobody sits there unrecorded.
        entries = sum(one.entries for one in state.people.values())
        room_commands.close_room(session, visit, entries=entries)
    for task_id, names in state.files.items():
        for name in names:
            room_commands.verify_recording(
                session, visit_id=visit.id, file_name=name, task_id=task_id
            )


def _joined(visit: Visit, state: RoomState) -> None:
    for one in visit.participants:
        person = state.people.get(f"{FAMILY}{one.relative_id}")
        if person is not None:
            one.joined_at = _moment(person.first_ms)


def _opened(session: Session, visit: Visit, at: datetime) -> None:
    """The first sign of life opens the visit; an earlier one that comes later says when it was."""
    try:
        move(
            session,
            SYSTEM,
            visit,
            only_from={VisitStatus.APPROVED},
            to=VisitStatus.IN_PROGRESS,
            started_at=at,
        )
    except Conflict:  # it runs already, or is over
        if visit.started_at is not None:
            visit.started_at = at
        return
    room_commands.open_room(session, visit)
    known = select(Recording.id).where(Recording.visit_id == visit.id).limit(1)
    if session.scalar(known) is None:  # its file may have been told of before the room was
        recording_files.expect(session, visit, at)
    audit.record(session, SYSTEM, "visit.started", "visit", visit.id, site_id=visit.site_id)


def _keep_robots(session: Session, visit: Visit, state: RoomState) -> None:
    """A robot that failed, died, or left while the room was empty, is sent again once somebody is inside."""
    if not state.inside():
        return
    for kind, column, restart in (
        ("record", "recording_task_id", room_commands.START_RECORDING),
        ("slice", "slicing_task_id", room_commands.START_SLICING),
    ):
        ended = state.ended_tasks(kind)
        ours = getattr(visit, column)
        gone = ended and not state.live_tasks(kind) and ours in (None, *ended)
        if gone and len(ended) < MOST_STARTS:
            room_commands.start_again(session, visit, restart, ended)
        elif gone:
            _give_up(session, visit, kind)


def _give_up(session: Session, visit: Visit, kind: str) -> None:
    lost = {"record": "没有录像", "slice": "没有画面分析和预警"}[kind]
    what = f"{chinese(visit.starts_at)}开始的会见，{MOST_STARTS} 次启动后仍中断，此后{lost}。"
    tickets.open_incident(
        session,
        site_id=visit.site_id,
        severity=Severity.II,
        source_key=f"robot_gone:{kind}:{visit.id}",
        title="会见录制或截帧无法恢复",
        text=f"{what}会见编号 {visit.id}。请在 TRTC 控制台按房间号查任务的退出原因，核对欠费、用量上限和存储桶密钥。",
    )
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER, Role.SUPERVISOR],
        text=f"【会见录制中断】{visit.place} 号会见位\n{what}请现场值守，并决定会见是否继续。",
        dedupe_key=f"robot_gone:{kind}:{visit.id}",
    )


def _watch_terminal(session: Session, visit: Visit, state: RoomState) -> None:
    """The resident's side fell out of the room: whoever is on duty should look at once."""
    person = state.people.get(f"{RESIDENT}{visit.resident_id}")
    if person is None or person.inside or person.left_ms is None:
        return
    if person.left_reason not in (TIMED_OUT, FORCED):
        return
    at = in_shanghai(_moment(person.left_ms))
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER, Role.OPS_ENGINEER],
        text=f"【终端掉线】{visit.place} 号会见位的终端于 {at:%H:%M:%S} 掉线\n"
        f"会见时间：{chinese(visit.starts_at)}。请检查终端与网络，家属仍在等待。",
        dedupe_key=f"terminal_lost:{visit.id}:{person.left_ms}",
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.utc)
