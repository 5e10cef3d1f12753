"""A recording counts once its file stands in COS, with size and checksum."""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, outbox, room_commands
from shared.actors import SYSTEM
from shared.clients import storage, trtc_keys
from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.models.rooms import Recording, RecordingStatus
from shared.models.visits import Visit
from shared.settings import settings

log = logging.getLogger("visits.recordings")


@dataclass(frozen=True)
class StoredFile:
    key: str
    bytes: int
    sha256: str


def verify(body: dict[str, Any]) -> outbox.Finish | None:
    """For the outbox: look where the vendor's rules put the file; missing yet means try again."""
    visit_id = body["visit_id"]
    key = trtc_keys.recording_key(
        prefix_of(visit_id),
        body["task_id"],
        settings().trtc_sdk_app_id,
        f"visit-{visit_id}",
    )
    found = look_at(key)
    if found is None:
        raise ProviderUnavailable("cos", "recording_not_there_yet")
    return store(visit_id, found)


def find(visit_id: str) -> StoredFile | None:
    """Whatever recording COS holds for the visit, when no callback told of it."""
    listed = storage.keys("/".join(prefix_of(visit_id)) + "/", limit=100)
    films = [one.key for one in listed if one.key.endswith(".mp4")]
    return look_at(films[0]) if films else None


def look_at(key: str) -> StoredFile | None:
    head = storage.head(key)
    if head is None or head.size == 0:
        return None
    return StoredFile(key, head.size, storage.sha256(key))


def store(visit_id: str, found: StoredFile) -> outbox.Finish:
    def finish(session: Session) -> None:
        recording = recording_of(session, visit_id)
        if recording is None or recording.status is RecordingStatus.PLAYABLE:
            return
        visit = session.get_one(Visit, visit_id)
        recording.status = RecordingStatus.PLAYABLE
        recording.cos_key, recording.bytes, recording.sha256 = found.key, found.bytes, found.sha256
        recording.ends_at = visit.ended_at or now()
        recording.due_at = None
        audit.record(
            session,
            SYSTEM,
            "recording.verified",
            "recording",
            recording.id,
            site_id=recording.site_id,
            sha256=found.sha256,
        )

    return finish


def recording_of(session: Session, visit_id: str) -> Recording | None:
    return session.scalar(select(Recording).where(Recording.visit_id == visit_id).with_for_update())


def prefix_of(visit_id: str) -> tuple[str, str]:
    return (room_commands.RECORDINGS, visit_id)
