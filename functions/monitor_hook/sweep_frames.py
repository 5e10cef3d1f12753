"""Pictures that nobody looked at: every second one of the terminal, what was passed over, what no event told of. They have
no row by which they would be deleted, so a visit's folder is swept when the time of its pictures is over."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shared import erasure, outbox, room_commands
from shared.batches import in_batches
from shared.clients import storage
from shared.models.rooms import Alert, Frame, Recording

VISITS, ROUNDS, SECONDS = 100, 30, 120.0
PICTURES = 1000  # one page of COS's listing


def sweep_frames() -> int:
    """How many visits' folders were swept."""
    batch = partial(outbox.deliver, {room_commands.SWEEP_FRAMES: _sweep}, limit=VISITS)
    return in_batches(batch, size=VISITS, rounds=ROUNDS, seconds=SECONDS)


def _sweep(body: dict[str, Any]) -> outbox.Finish | None:
    folder = f"{room_commands.FRAMES}/{body['visit_id']}/"
    found = [one.key for one in storage.keys(folder, limit=PICTURES, after=body["seen"])]
    return partial(_finish, visit_id=body["visit_id"], found=found) if found else None


def _finish(session: Session, *, visit_id: str, found: Sequence[str]) -> None:
    held = exists().where(Recording.visit_id == visit_id, Recording.legal_hold.is_(True))
    if session.scalar(select(held)):
        room_commands.sweep_frames(session, visit_id, after=room_commands.FRAMES_KEPT)
        return
    erasure.delete_all_later(session, sorted({*found} - _kept(session, visit_id)))
    if len(found) == PICTURES:
        room_commands.sweep_frames(session, visit_id, seen=found[-1])


def _kept(session: Session, visit_id: str) -> set[str]:
    """What has a row goes by it; what raised an alert stays."""
    rows = select(Frame.cos_key).where(Frame.visit_id == visit_id)
    shown = select(Alert.frame_key).where(Alert.visit_id == visit_id)
    return {*session.scalars(rows), *session.scalars(shown)}
