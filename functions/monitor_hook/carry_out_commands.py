"""Timer: what the visits asked of TRTC and COS, carried out from the outbox."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.monitor_hook import recording_files
from shared import outbox, room_commands
from shared.clients import trtc
from shared.clients.errors import ProviderRefused
from shared.clock import now
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY
from shared.rules.site_rules import SiteRules


def carry_out_commands() -> int:
    return outbox.deliver(
        {
            room_commands.START_RECORDING: _start_recording,
            room_commands.START_SLICING: _start_slicing,
            room_commands.CLOSE_ROOM: _close_room,
            room_commands.VERIFY_RECORDING: recording_files.verify,
        }
    )


def _start_recording(body: dict[str, Any]) -> outbox.Finish | None:
    visit = _running(visit_id=body["visit_id"])
    if visit is None or visit.recording_task_id:
        return None
    # A fixed robot id: should this run twice, TRTC lets only one robot of that name stay.
    task_id = trtc.start_recording(
        room_id=visit.room_id,
        robot_id=f"rec_{visit.id}",
        prefix=(room_commands.RECORDINGS, visit.id),
    )
    return _store_task(visit.id, "recording_task_id", task_id)


def _start_slicing(body: dict[str, Any]) -> outbox.Finish | None:
    visit = _running(visit_id=body["visit_id"])
    if visit is None or visit.slicing_task_id:
        return None
    task_id = trtc.start_slicing(
        room_id=visit.room_id,
        robot_id=f"cut_{visit.id}",
        prefix=(room_commands.FRAMES, visit.id),
        watched=FAMILY,
    )
    return _store_task(visit.id, "slicing_task_id", task_id)


def _store_task(visit_id: str, column: str, task_id: str) -> outbox.Finish:
    def finish(session: Session) -> None:
        setattr(session.get_one(Visit, visit_id, with_for_update=True), column, task_id)

    return finish


@in_transaction
def _running(session: Session, *, visit_id: str) -> Visit | None:
    visit = session.get_one(Visit, visit_id)
    return visit if visit.status is VisitStatus.IN_PROGRESS else None


def _close_room(body: dict[str, Any]) -> outbox.Finish:
    """Recording and slicing first: an upload goes on after its task is stopped."""
    visit = _visit(visit_id=body["visit_id"])
    for stop, task_id in (
        (trtc.stop_recording, visit.recording_task_id),
        (trtc.stop_slicing, visit.slicing_task_id),
    ):
        if task_id:
            _ignore_ended(stop, task_id)
    trtc.dismiss_room(visit.room_id)
    return _expect_recording_soon(visit.id)


@in_transaction
def _visit(session: Session, *, visit_id: str) -> Visit:
    return session.get_one(Visit, visit_id)


def _ignore_ended(stop: Any, task_id: str) -> None:
    with suppress(ProviderRefused):  # the task ended by itself; closing the room must go on
        stop(task_id)


def _expect_recording_soon(visit_id: str) -> outbox.Finish:
    def finish(session: Session) -> None:
        visit = session.get_one(Visit, visit_id)
        recording = recording_files.recording_of(session, visit_id)
        rules = SiteRules.of(session.get_one(Site, visit.site_id).rules)
        if recording is not None:
            recording.due_at = now() + timedelta(minutes=rules.recording_late_minutes)

    return finish
