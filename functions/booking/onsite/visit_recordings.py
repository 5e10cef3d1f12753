"""The recording of an on-site visit, on the one platform beside those of remote visits and calls.

Its row is expected until the file is seen in COS; the timer `find-recordings` looks.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.errors import Reason, reason
from shared.ids import new_id
from shared.models.onsite import OnsiteVisit
from shared.models.rooms import Recording, RecordingKind, RecordingStatus


def prefix(site_id: str) -> str:
    """Where the ordinary visit system may put the recordings of a site."""
    return f"onsite-recordings/{site_id}/"


def refusal(
    session: Session, site_id: str, key: str | None, visit: OnsiteVisit | None
) -> Reason | None:
    """Why a visit cannot have the file `key`: it lies elsewhere, or is another recording's."""
    if key is None:
        return None
    if not key.startswith(prefix(site_id)):
        return reason("recording_key_foreign", "recording_key", prefix=prefix(site_id))
    owner = session.scalar(select(Recording.id).where(Recording.cos_key == key))
    if owner is not None and (visit is None or visit.recording_id != owner):
        return reason("recording_key_used", "recording_key")
    return None


def expect(session: Session, visit: OnsiteVisit) -> None:
    """As the visit's record tells it now; nothing while the resident is not known here."""
    if visit.recording_key is None or visit.resident_id is None:
        return
    recording = session.get(Recording, visit.recording_id) if visit.recording_id else None
    if recording is None:
        recording = Recording(id=new_id(), site_id=visit.site_id, kind=RecordingKind.ONSITE)
    if recording.cos_key != visit.recording_key:
        recording.cos_key, recording.bytes, recording.sha256 = visit.recording_key, None, None
        recording.status, recording.due_at = RecordingStatus.EXPECTED, now()
    recording.resident_id = visit.resident_id
    recording.starts_at, recording.ends_at = visit.started_at, visit.ended_at
    session.add(recording)
    session.flush()  # before the visit points at it
    visit.recording_id = recording.id
