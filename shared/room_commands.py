"""What the product asks of TRTC, as outbox rows: `monitor_hook` carries them out."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from shared import outbox
from shared.clock import now
from shared.models.rooms import RoomStateRow
from shared.models.visits import Visit
from shared.site_rules import rules_of_visit

START_RECORDING = "start_recording"
START_SLICING = "start_slicing"
CLOSE_ROOM = "close_room"
VERIFY_RECORDING = "verify_recording"
FIND_RECORDINGS = "find_recordings"
SWEEP_FRAMES = "sweep_frames"
WARN_ROOM = "warn_room"

# First part of the keys in COS; the visit's id is the second (serverless.yml's COS trigger names the first).
RECORDINGS = "recordings"
FRAMES = "frames"

HELD_UP = timedelta(days=1)  # an upload, at most
RUN_OUT = timedelta(seconds=10)  # by TRTC's clock, too
FRAMES_KEPT = timedelta(days=30)


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


def close_room(session: Session, visit: Visit, *, entries: int = 0) -> None:
    """Once, once more for each number of `entries` that were counted when somebody is inside afterwards, and once more
    when the last pass has run out: of who came in between, perhaps nobody told."""
    _close(session, visit, str(entries or ""))
    if now() < visit.closes_at:
        _close(session, visit, "passes", after=visit.closes_at - now() + RUN_OUT)
    _look_for_films(session, visit)
    swept = f"{SWEEP_FRAMES}:{visit.id}"
    sweep_frames(session, visit.id, dedupe_key=swept, after=FRAMES_KEPT)


def sweep_frames(
    session: Session,
    visit_id: str,
    *,
    seen: str = "",
    dedupe_key: str | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Pictures that nobody looked at have no row by which they would go. `seen`: the key after which to begin."""
    body = {"visit_id": visit_id, "seen": seen}
    outbox.put(session, kind=SWEEP_FRAMES, body=body, dedupe_key=dedupe_key, after=after)


def close_if_opened(session: Session, visit: Visit) -> None:
    """For a visit that did not take place: somebody may have a pass already, or sit inside."""
    passes = [visit.terminal_id, *(one.pass_given_at for one in visit.participants)]
    if any(passes) or session.get(RoomStateRow, visit.id) is not None:
        close_room(session, visit)


def _close(session: Session, visit: Visit, why: str, *, after: timedelta = timedelta(0)) -> None:
    key = f"{CLOSE_ROOM}:{visit.id}" + (f":{why}" if why else "")
    outbox.put(session, kind=CLOSE_ROOM, body={"visit_id": visit.id}, dedupe_key=key, after=after)


def _look_for_films(session: Session, visit: Visit) -> None:
    """Also those that nobody told of: once all should be there, and once when an upload that was held up is over."""
    late = timedelta(minutes=rules_of_visit(session, visit).recording_late_minutes)
    for number, after in enumerate((late, HELD_UP)):
        outbox.put(
            session,
            kind=FIND_RECORDINGS,
            body={"visit_id": visit.id},
            dedupe_key=f"{FIND_RECORDINGS}:{visit.id}:{number}",
            after=after,
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
