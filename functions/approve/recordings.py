"""Recordings on the one platform: found, and played with a reason."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.people import Resident
from shared.models.rooms import Recording, RecordingStatus

PLAYBACK_SECONDS = 300
SHOWN = 100


@in_transaction
def list_recordings(session: Session, *, actor: Actor) -> Sequence[Recording]:
    query = select(Recording).join(Resident, Resident.id == Recording.resident_id)
    newest = scope.of_residents(actor, query).order_by(Recording.starts_at.desc()).limit(SHOWN)
    return session.scalars(newest).all()


@in_transaction
def play_recording(
    session: Session, *, actor: Actor, recording_id: str, reason: str
) -> dict[str, Any]:
    """An address that works for minutes. The audit row is safe before anybody sees a picture."""
    recording = scope.one(session, actor, Recording, recording_id)
    if recording.status is not RecordingStatus.PLAYABLE or recording.cos_key is None:
        raise Conflict.of("recording_not_ready")
    audit.record(session, actor, "recording.played", "recording", recording.id, reason=reason)
    url = storage.presigned_get(recording.cos_key, seconds=PLAYBACK_SECONDS)
    return {"url": url, "expires_in": PLAYBACK_SECONDS}
