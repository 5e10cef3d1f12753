"""A recording is kept beyond its time while a case needs it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.rooms import Recording, RecordingStatus


@in_transaction
def set_legal_hold(
    session: Session, *, actor: Actor, recording_id: str, held: bool, reason: str
) -> Recording:
    """Raises NotFound, Conflict when it is so already."""
    recording = scope.one(session, actor, Recording, recording_id)
    changed = (
        update(Recording)
        .where(Recording.id == recording.id, Recording.legal_hold.is_(not held))
        # Once its deletion has begun there is nothing left to hold.
        .where(Recording.status != RecordingStatus.DELETED)
        .values(legal_hold=held)
    )
    if not compare_and_set(session, changed):
        raise Conflict.of("changed_meanwhile")
    session.refresh(recording)
    action = "recording.held" if held else "recording.released"
    audit.record(session, actor, action, "recording", recording.id, reason=reason)
    return recording
