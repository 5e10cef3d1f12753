"""Timer: recording and slicing robots that are gone while people stay inside, of which nobody told.

What is found becomes an event of our own beside TRTC's; what follows from it is the same as from theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from functions.monitor_hook.cameras import Shot
from functions.monitor_hook.carry_out_commands import COLUMN
from functions.monitor_hook.room_facts import ROBOTS_EVERY, state_of
from shared.batches import each, in_time
from shared.clients import storage, trtc
from shared.clock import now
from shared.database import in_transaction
from shared.models.rooms import Frame, RoomStateRow
from shared.models.visits import Visit, VisitStatus
from shared.room_commands import FRAMES
from shared.room_events import note_robot_gone
from shared.room_passes import FAMILY, RESIDENT
from shared.rules.room_state import RoomState
from shared.site_rules import rules_of
from shared.visits import HOLDING

# Of the 20 until the next run. TRTC takes 20 questions a second (document 647/73784); they are asked one by one, and
# where a minute is too short for all visits, each is asked for less often.
BUDGET_S = 16.0
RUNS = {"record": trtc.recording_runs, "slice": trtc.slicing_runs}
SILENT_AFTER = timedelta(seconds=60)
SILENT_FRAMES = 3


@dataclass(frozen=True)
class Robot:
    """Believed to be at work. `seen`: a picture that it took after `since` was looked at. `must_show`: it was there, and
    somebody sent video, all the time since."""

    visit_id: str
    kind: str
    task_id: str
    since: datetime
    seen: bool = False
    must_show: bool = False


def watch_robots() -> int:
    """How many visits were looked after; one whose robots cannot be asked for comes again in its turn."""
    return each(in_time(iter(_take, None), seconds=BUDGET_S), _watch)


@in_transaction
def _take(session: Session) -> str | None:
    """Whichever was looked after longest ago, by moving its due time: two instances do not ask for the same."""
    due = select(RoomStateRow).where(RoomStateRow.robots_due_at <= now())
    oldest = due.order_by(RoomStateRow.robots_due_at, RoomStateRow.visit_id).limit(1)
    row = session.scalar(oldest.with_for_update(skip_locked=True))
    if row is None:
        return None
    status = session.scalar(select(Visit.status).where(Visit.id == row.visit_id))
    row.robots_due_at = now() + ROBOTS_EVERY if status in HOLDING else None
    return row.visit_id


def _watch(visit_id: str) -> None:
    for robot in _at_work(visit_id=visit_id):
        if not robot.seen and not _works(robot):
            _note_gone(robot=robot)


@in_transaction
def _at_work(session: Session, *, visit_id: str) -> list[Robot]:
    """Those nobody told the end of, while somebody is inside."""
    visit, state = session.get_one(Visit, visit_id), state_of(session, visit_id)
    if visit.status is not VisitStatus.IN_PROGRESS or not state.inside():
        return []
    frame_seconds = rules_of(session, visit.site_id).frame_seconds
    since = now() - max(SILENT_AFTER, SILENT_FRAMES * timedelta(seconds=frame_seconds))
    return [
        *(Robot(visit_id, "record", one, since) for one in _believed(visit, state, "record")),
        *(_slicer(session, visit, state, one, since) for one in _believed(visit, state, "slice")),
    ]


def _believed(visit: Visit, state: RoomState, kind: str) -> Iterator[str]:
    """Ours, whose start may not have been told, and those that TRTC told of."""
    ours = getattr(visit, COLUMN[kind])
    yield from {*state.live_tasks(kind), ours} - {None, *state.ended_tasks(kind)}


def _slicer(
    session: Session, visit: Visit, state: RoomState, task_id: str, since: datetime
) -> Robot:
    seen = session.scalar(select(Frame.id).where(_taken_by(visit.id, task_id, since)).limit(1))
    return Robot(
        visit.id, "slice", task_id, since, seen is not None, _must_show(state, task_id, since)
    )


def _taken_by(visit_id: str, task_id: str, since: datetime) -> ColumnElement[bool]:
    folder = trtc.frame_prefix((FRAMES, visit_id), task_id)
    of_task = Frame.cos_key.startswith(folder, autoescape=True)
    return (Frame.visit_id == visit_id) & (Frame.taken_at > since) & of_task


def _must_show(state: RoomState, task_id: str, since: datetime) -> bool:
    since_ms = since.timestamp() * 1000
    task = state.tasks.get(task_id)
    watched = [one for user, one in state.people.items() if user.startswith((FAMILY, RESIDENT))]
    sending = any("video" in one.sends and one.last_ms < since_ms for one in watched)
    return task is not None and task.first_ms < since_ms and sending


def _works(robot: Robot) -> bool:
    return RUNS[robot.kind](robot.task_id) and (not robot.must_show or _shows(robot))


def _shows(robot: Robot) -> bool:
    """What stands in COS is the proof: that we have not looked at it may be our own fault."""
    folder = trtc.frame_prefix((FRAMES, robot.visit_id), robot.task_id)
    shots = (Shot.of(one.key) for one in storage.every_key(folder))
    return any(shot is not None and shot.taken_at > robot.since for shot in shots)


@in_transaction
def _note_gone(session: Session, *, robot: Robot) -> None:
    visit = session.get_one(Visit, robot.visit_id)
    note_robot_gone(session, visit, kind=robot.kind, task_id=robot.task_id)
