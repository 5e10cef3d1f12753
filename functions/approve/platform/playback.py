"""Playing a recording: a reason first, then links of minutes, for this one officer and for a while only."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.clients import storage
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.models.officers import Officer
from shared.models.rooms import PlaybackGrant, Recording, RecordingStatus

LINK_SECONDS = 300
GRANT = timedelta(hours=2)  # longer than any visit


@in_transaction
def play_recording(
    session: Session, *, actor: Actor, recording_id: str, reason: str
) -> dict[str, Any]:
    """The audit row is safe before anybody sees a picture. Raises NotFound, Conflict until the file is there."""
    recording = scope.one(session, actor, Recording, recording_id)
    key = _key(recording)
    grant = PlaybackGrant(
        recording_id=recording.id, officer_id=actor.id, reason=reason, expires_at=now() + GRANT
    )
    session.add(grant)
    session.flush()
    audit.record(
        session, actor, "recording.played", "recording", recording.id, reason=reason,
        grant=grant.id,
    )  # fmt: skip
    return _link(session, actor, grant, key)


@in_transaction
def renew_link(session: Session, *, actor: Actor, grant_id: str) -> dict[str, Any]:
    """A fresh link under a grant: the last one may run out while a long recording plays.

    Raises NotFound for another officer's grant, one that is over, or a recording that left the officer's scope.
    """
    grant = session.get(PlaybackGrant, grant_id)
    if grant is None or grant.officer_id != actor.id or grant.expires_at <= now():
        raise NotFound.of("playback_over")
    recording = scope.one(session, actor, Recording, grant.recording_id)
    audit.record(
        session, actor, "recording.link_renewed", "recording", recording.id, grant=grant.id
    )
    return _link(session, actor, grant, _key(recording))


def _key(recording: Recording) -> str:
    if recording.status is not RecordingStatus.PLAYABLE or recording.cos_key is None:
        raise Conflict.of("recording_not_ready")
    return recording.cos_key


def _link(session: Session, actor: Actor, grant: PlaybackGrant, key: str) -> dict[str, Any]:
    officer = session.get_one(Officer, actor.id)
    return {
        "grant_id": grant.id,
        "granted_until": grant.expires_at,
        "url": storage.presigned_get(key, seconds=LINK_SECONDS),
        "expires_in": LINK_SECONDS,
        # The page writes it over the picture: who films the screen films a name.
        "watermark": f"{officer.name} {chinese(now())}",
    }
