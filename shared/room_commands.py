"""What the product asks of TRTC, as outbox rows: `monitor_hook` carries them out."""

from sqlalchemy.orm import Session

from shared import outbox
from shared.models.visits import Visit

START_RECORDING = "start_recording"
START_SLICING = "start_slicing"
CLOSE_ROOM = "close_room"
VERIFY_RECORDING = "verify_recording"

# First part of the keys in COS; the visit's id is the second (serverless.yml's COS trigger names the first).
RECORDINGS = "recordings"
FRAMES = "frames"


def open_room(session: Session, visit: Visit) -> None:
    """Recording and slicing start once a visit, whichever callback came first."""
    for kind in (START_RECORDING, START_SLICING):
        outbox.put(session, kind=kind, body={"visit_id": visit.id}, dedupe_key=f"{kind}:{visit.id}")


def close_room(session: Session, visit: Visit) -> None:
    outbox.put(
        session,
        kind=CLOSE_ROOM,
        body={"visit_id": visit.id},
        dedupe_key=f"{CLOSE_ROOM}:{visit.id}",
    )


def verify_recording(session: Session, *, visit_id: str, file_name: str, task_id: str) -> None:
    outbox.put(
        session,
        kind=VERIFY_RECORDING,
        body={"visit_id": visit_id, "file_name": file_name, "task_id": task_id},
    )
