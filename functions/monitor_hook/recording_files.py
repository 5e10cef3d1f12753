"""A recording counts once its file stands in COS, with size and checksum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.monitor_hook.told_films import key_of, prefix_of, times_of
from shared import audit, outbox
from shared.actors import SYSTEM
from shared.clients import storage
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import now
from shared.database import in_transaction
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.models.visits import Visit
from shared.rules.film_times import FilmTimes
from shared.site_rules import rules_of_visit

MOST_FILES = 100
OPEN = (RecordingStatus.EXPECTED, RecordingStatus.LOST)


@dataclass(frozen=True)
class StoredFile:
    key: str
    bytes: int
    sha256: str
    changed_at: datetime | None = None


def verify(body: dict[str, Any]) -> outbox.Finish | None:
    """For the outbox: look where the vendor's rules put the file; missing yet means try again. One that is known is not
    read again; perhaps its time is over and it is gone."""
    key = key_of(body["visit_id"], body["task_id"], body["file_name"])
    if key is None:
        return None  # a name that is none of ours leads nowhere; the reconciler lists what there is
    if key in _known_keys(visit_id=body["visit_id"]):
        return store(body["visit_id"], [])
    found = look_at(key)
    if found is None:
        raise ProviderUnavailable("cos", "recording_not_there_yet")
    return store(body["visit_id"], [found])


@dataclass
class Found:
    """`refused`: of files that COS lists and does not give, why, by key."""

    files: list[StoredFile] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def find(visit_id: str) -> Found:
    """Whatever recordings COS holds for the visit that we do not know of. Raises ProviderUnavailable."""
    found = Found()
    known = _known_keys(visit_id=visit_id)
    for one in storage.keys("/".join(prefix_of(visit_id)) + "/", limit=MOST_FILES):
        if not one.key.endswith(".mp4") or one.key in known:
            continue
        try:
            film = look_at(one.key)
        except ProviderRefused as error:
            found.refused[one.key] = error.code
        else:
            found.files += [film] if film else []
    return found


@in_transaction
def _known_keys(session: Session, *, visit_id: str) -> set[str | None]:
    return set(session.scalars(select(Recording.cos_key).where(Recording.visit_id == visit_id)))


def look_at(key: str) -> StoredFile | None:
    """None while there is nothing in it. Raises ProviderError, also when it cannot be read to its end."""
    head = storage.head(key)
    if head is None or head.size == 0:
        return None
    return StoredFile(key, head.size, storage.sha256(key))


def store(visit_id: str, found: Sequence[StoredFile]) -> outbox.Finish:
    """Each file once, in the place of an expected recording or beside those that are there. Those that were stored before
    TRTC told of them are given their own times now."""

    def finish(session: Session) -> None:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        told = times_of(session, visit)
        for one in found:
            _store_one(session, visit, one, told.get(one.key))
        _date(session, visit, told)

    return finish


def _store_one(session: Session, visit: Visit, found: StoredFile, told: FilmTimes | None) -> None:
    known = select(Recording.id).where(Recording.cos_key == found.key)
    if session.scalar(known) is not None:
        return
    begins = told.starts_at if told else visit.started_at or visit.starts_at
    recording = _nearest(expected(session, visit.id, OPEN), begins) or expect(
        session, visit, begins
    )
    recording.status = RecordingStatus.PLAYABLE
    recording.cos_key, recording.bytes, recording.sha256 = found.key, found.bytes, found.sha256
    recording.ends_at = visit.ended_at or now()
    recording.due_at = None
    session.flush()
    audit.record(
        session,
        SYSTEM,
        "recording.verified",
        "recording",
        recording.id,
        site_id=recording.site_id,
        sha256=found.sha256,
    )


def _nearest(waiting: Sequence[Recording], begins: datetime) -> Recording | None:
    """A robot that was sent again expects a film of its own, from its own beginning on."""
    return min(waiting, key=lambda one: abs(one.starts_at - begins), default=None)


def _date(session: Session, visit: Visit, told: Mapping[str, FilmTimes]) -> None:
    films = select(Recording).where(Recording.visit_id == visit.id, Recording.cos_key.in_(told))
    for film in session.scalars(films):
        times = told[str(film.cos_key)]
        film.starts_at, film.ends_at = times.starts_at, times.ends_at


def expect(session: Session, visit: Visit, starts_at: datetime) -> Recording:
    """Stands before the file does: what never comes is then known to be missing."""
    late = timedelta(minutes=rules_of_visit(session, visit).recording_late_minutes)
    recording = Recording(
        site_id=visit.site_id,
        kind=RecordingKind.VISIT,
        visit_id=visit.id,
        resident_id=visit.resident_id,
        status=RecordingStatus.EXPECTED,
        starts_at=starts_at,
        due_at=visit.closes_at + late,
    )
    session.add(recording)
    return recording


def expected(
    session: Session,
    visit_id: str,
    statuses: Sequence[RecordingStatus] = (RecordingStatus.EXPECTED,),
) -> list[Recording]:
    query = select(Recording).where(Recording.visit_id == visit_id, Recording.status.in_(statuses))
    return list(session.scalars(query.order_by(Recording.id).with_for_update()))
