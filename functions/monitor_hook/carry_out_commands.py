"""Timers: what the visits asked of TRTC and COS, carried out from the outbox."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from functions.monitor_hook import find_late_recordings, recording_files, warn_of_end
from functions.monitor_hook.room_facts import ROBOTS_EVERY, state_of
from shared import outbox, room_commands
from shared.clients import storage, trtc
from shared.clients.errors import ProviderRefused
from shared.clock import now
from shared.database import in_transaction
from shared.models.rooms import RoomStateRow
from shared.models.visits import Visit, VisitStatus
from shared.rules.room_state import FAMILY, RESIDENT
from shared.site_rules import rules_of, rules_of_visit

COLUMN = {"record": "recording_task_id", "slice": "slicing_task_id"}


FILMS = 5  # a run: each is read to its end for its checksum
FILM_LEASE = timedelta(seconds=storage.CHECKSUM_S) + outbox.LEASE


def carry_out_commands() -> int:
    return outbox.deliver(
        {
            room_commands.START_RECORDING: _start_recording,
            room_commands.START_SLICING: _start_slicing,
            room_commands.CLOSE_ROOM: _close_room,
            room_commands.WARN_ROOM: warn_of_end.send,
        }
    )


def verify_recordings() -> int:
    """By itself: no room waits for its recorder while films are read."""
    return outbox.deliver(
        {
            room_commands.VERIFY_RECORDING: recording_files.verify,
            room_commands.FIND_RECORDINGS: find_late_recordings.find_untold,
        },
        limit=FILMS,
        lease=FILM_LEASE,
    )


def _start_recording(body: dict[str, Any]) -> outbox.Finish | None:
    def start(visit: Visit) -> str:
        # A fixed robot id: should this run twice, TRTC lets only one robot of that name stay.
        return trtc.start_recording(
            room_id=visit.room_id,
            robot_id=f"rec_{visit.id}",
            prefix=(room_commands.RECORDINGS, visit.id),
        )

    return _start(body, "record", start)


def _start_slicing(body: dict[str, Any]) -> outbox.Finish | None:
    def start(visit: Visit) -> str:
        return trtc.start_slicing(
            room_id=visit.room_id,
            robot_id=f"cut_{visit.id}",
            prefix=(room_commands.FRAMES, visit.id),
            watched=(FAMILY, RESIDENT),
            every_s=_frame_seconds(visit_id=visit.id),
        )

    return _start(body, "slice", start)


@in_transaction
def _frame_seconds(session: Session, *, visit_id: str) -> int:
    return rules_of(session, session.get_one(Visit, visit_id).site_id).frame_seconds


def _start(body: dict[str, Any], kind: str, start: Any) -> outbox.Finish | None:
    """Unless one works already: stored, or told by its own event after we died before storing it."""
    visit, live = _running(visit_id=body["visit_id"], kind=kind)
    if visit is None or getattr(visit, COLUMN[kind]) not in (None, *body.get("ended", [])):
        return None
    return _store_task(body, kind, live[0] if live else start(visit))


def _store_task(body: dict[str, Any], kind: str, task_id: str) -> outbox.Finish:
    def finish(session: Session) -> None:
        visit = session.get_one(Visit, body["visit_id"], with_for_update=True)
        setattr(visit, COLUMN[kind], task_id)
        _ask_later(session, visit.id)
        if kind == "record" and _left_a_film(session, visit.id, body.get("ended", [])):
            recording_files.expect(session, visit, now())

    return finish


def _ask_later(session: Session, visit_id: str) -> None:
    """Whether TRTC knows a task at once is not documented."""
    mine = update(RoomStateRow).where(RoomStateRow.visit_id == visit_id)
    session.execute(mine.values(robots_due_at=now() + ROBOTS_EVERY))


def _left_a_film(session: Session, visit_id: str, ended: list[str]) -> bool:
    """Whether the last one did: one that could not start leaves what was expected of it to the next."""
    return bool(ended) and not state_of(session, visit_id).tasks[ended[-1]].failed


@in_transaction
def _running(session: Session, *, visit_id: str, kind: str) -> tuple[Visit | None, list[str]]:
    visit = session.get_one(Visit, visit_id)
    if visit.status is not VisitStatus.IN_PROGRESS:
        return None, []
    return visit, state_of(session, visit_id).live_tasks(kind)


def _close_room(body: dict[str, Any]) -> outbox.Finish:
    """Recording and slicing first: an upload goes on after its task is stopped."""
    visit, recorders, slicers = _robots(visit_id=body["visit_id"])
    for stop, task_ids in ((trtc.stop_recording, recorders), (trtc.stop_slicing, slicers)):
        for task_id in task_ids:
            _ignore_ended(stop, task_id)
    trtc.dismiss_room(visit.room_id)
    return _expect_recording_soon(visit.id)


@in_transaction
def _robots(session: Session, *, visit_id: str) -> tuple[Visit, set[str], set[str]]:
    """Those we know of and those that TRTC told of."""
    visit, state = session.get_one(Visit, visit_id), state_of(session, visit_id)
    recorders = {visit.recording_task_id, *state.live_tasks("record")} - {None}
    slicers = {visit.slicing_task_id, *state.live_tasks("slice")} - {None}
    return visit, {str(one) for one in recorders}, {str(one) for one in slicers}


def _ignore_ended(stop: Any, task_id: str) -> None:
    with suppress(ProviderRefused):  # the task ended by itself; closing the room must go on
        stop(task_id)


def _expect_recording_soon(visit_id: str) -> outbox.Finish:
    def finish(session: Session) -> None:
        visit = session.get_one(Visit, visit_id)
        late = timedelta(minutes=rules_of_visit(session, visit).recording_late_minutes)
        for recording in recording_files.expected(session, visit_id):
            # Closed once more, it is not waited for longer.
            recording.due_at = min(recording.due_at or now() + late, now() + late)

    return finish
