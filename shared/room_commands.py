"""What the product asks of TRTC, as outbox rows: `monitor_hook` carries them out."""

import hashlib
from collections.abc import Sequence

from sqlalchemy.orm import Session

from shared import outbox
from shared.models.visits import Visit

START_RECORDING = "start_recording"
START_SLICING = "start_slicing"
CLOSE_ROOM = "close_room"
VERIFY_RECORDING = "verify_recording"
WARN_ROOM = "warn_room"

# First part of the keys in COS; the visit's id is the second (serverless.yml's COS trigger names the first).
RECORDINGS = "recordings"
FRAMES = "frames"


def open_room(session: Session, visit: Visit) -> None:
    """Recording and slicing start once a visit, whichever callback came first."""
    for kind in (START_RECORDING, START_SLICING):
        outbox.put(session, kind=kind, body={"visit_id": visit.id}, dedupe_key=f"{kind}:{visit.id}")


def start_again(session: Session, visit: Visit, kind: str, ended: Sequence[str]) -> None:
    """Once for each number of robots that have ended; `ended`: their task ids."""
    outbox.put(
        session,
        kind=kind,
        body={"visit_id": visit.id, "ended": list(ended)},
        dedupe_key=f"{kind}:{visit.id}:{len(ended)}",
    )


def warn(session: Session, visit: Visit, *, minutes: int, text: str) -> None:
    """Once for each warning and end of the room."""
    closes_at = visit.closes_at.isoformat()
    outbox.put(
        session,
        kind=WARN_ROOM,
        body={"visit_id": visit.id, "closes_at": closes_at, "text": text},
        dedupe_key=f"{WARN_ROOM}:{visit.id}:{minutes}:{closes_at}",
    )


def close_room(session: Session, visit: Visit) -> None:
    outbox.put(
        session,
        kind=CLOSE_ROOM,
        body={"visit_id": visit.id},
        dedupe_key=f"{CLOSE_ROOM}:{visit.id}",
    )


def verify_recording(session: Session, *, visit_id: str, file_name: str, task_id: str) -> None:
    """Once a file, however often its event comes."""
    told = hashlib.sha256(f"{task_id}/{file_name}".encode()).hexdigest()[:32]
    outbox.put(
        session,
        kind=VERIFY_RECORDING,
        body={"visit_id": visit_id, "file_name": file_name, "task_id": task_id},
        dedupe_key=f"{VERIFY_RECORDING}:{visit_id}:{told}",
    )
