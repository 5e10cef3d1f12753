"""Timer, every hour: pictures of rooms that have served, from the table and, through the outbox, from COS; then those that
have no row.

What shows why an alert was raised stays with the alert, and all of a visit whose recording is held.
"""

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from functions.monitor_hook.sweep_frames import sweep_frames
from shared.batches import all_of, in_batches
from shared.clock import now
from shared.database import in_transaction
from shared.erasure import delete_all_later
from shared.ids import first_id_of
from shared.models.rooms import Alert, Frame, Recording
from shared.room_commands import FRAMES_KEPT

BATCH = 500
ROUNDS = 600  # within the function's minute; a province has 300,000 an hour, and what is left waits for the next run


def delete_old_frames() -> int:
    """How many rows went, and how many folders were swept."""
    return all_of(lambda: in_batches(_delete_batch, size=BATCH, rounds=ROUNDS), sweep_frames)


@in_transaction
def _delete_batch(session: Session) -> int:
    """By the key, whose order is that of time: the table has millions of rows and no index on time alone."""
    old = select(Frame.id, Frame.cos_key).where(_served()).order_by(Frame.id).limit(BATCH)
    keys = {row.id: row.cos_key for row in session.execute(old)}
    if keys:
        session.execute(delete(Frame).where(Frame.id.in_(keys)))
        delete_all_later(session, list(keys.values()))
    return len(keys)


def _served() -> ColumnElement[bool]:
    oldest = now() - FRAMES_KEPT
    held = exists().where(Recording.visit_id == Frame.visit_id, Recording.legal_hold.is_(True))
    shown = exists().where(Alert.visit_id == Frame.visit_id, Alert.frame_key == Frame.cos_key)
    return (Frame.id < first_id_of(oldest)) & (Frame.taken_at < oldest) & ~held & ~shown
