"""Deleting what a person no longer agrees to, or what has served its purpose.

Rows go in the transaction; objects in COS go by the outbox after it, tried until they are gone (ops_ticket).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared import face_checks, outbox
from shared.clock import now
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import ConsentPurpose, Relative

DELETE_OBJECT = "delete_object"
DELETE_OBJECTS = "delete_objects"
DELETE_PREFIX = "delete_prefix"
NOTE_PERSON = "note_erased_person"
DELETIONS = (DELETE_OBJECT, DELETE_OBJECTS, DELETE_PREFIX, NOTE_PERSON)
# An empty object each, named by the pseudonym: a restored backup knows nothing of them.
PERSONS, WITHDRAWALS = "erasures/", "withdrawals/"
PREFIX_LIMIT = 1000
KEYS_A_ROW = 35  # of 512 characters, the longest that a key may be, they fit the outbox


def erase_face_data(session: Session, relative: Relative) -> None:
    """Templates, clips and the ID photo; what was decided stays on record without them."""
    session.execute(delete(FaceTemplate).where(FaceTemplate.relative_id == relative.id))
    face_checks.supersede(session, relative.id, reason="face_data_erased")
    kept = select(FaceCheck).where(
        face_checks.of_person(relative.id), FaceCheck.media_erased_at.is_(None)
    )
    for check in session.scalars(kept):
        erase_check_media(session, check)
    if relative.id_photo_key is not None:
        delete_later(session, relative.id_photo_key)
    relative.id_photo_key = None
    relative.face_checked_at = None


def erase_check_media(session: Session, check: FaceCheck) -> None:
    """Clip, photo, frames and waiting templates of one check, also what a process that died left behind."""
    delete_later(session, check.clip_key)
    outbox.put(session, kind=DELETE_PREFIX, body={"prefix": face_checks.evidence_prefix(check.id)})
    check.enrolment = None
    check.media_erased_at = now()


def delete_later(session: Session, key: str, *, after: timedelta = timedelta(0)) -> None:
    outbox.put(session, kind=DELETE_OBJECT, body={"key": key}, after=after)


def delete_all_later(session: Session, keys: Sequence[str]) -> None:
    """However many. COS deletes them one by one, so a row names only so many as its lease allows."""
    for start in range(0, len(keys), KEYS_A_ROW):
        some = list(keys[start : start + KEYS_A_ROW])
        outbox.put(session, kind=DELETE_OBJECTS, body={"keys": some})


def delete_prefix_later(session: Session, prefix: str, *, after: timedelta = timedelta(0)) -> None:
    """`after`: once the addresses for uploads that were given out have ended."""
    outbox.put(session, kind=DELETE_PREFIX, body={"prefix": prefix}, after=after)


def note_person_later(session: Session, relative_id: str) -> None:
    outbox.put(session, kind=NOTE_PERSON, body={"key": f"{PERSONS}{relative_id}"})


def note_withdrawal_later(session: Session, relative_id: str, purpose: ConsentPurpose) -> None:
    key = f"{WITHDRAWALS}{relative_id}/{purpose.value}/{now().isoformat()}"
    outbox.put(session, kind=NOTE_PERSON, body={"key": key})


def erased_persons() -> Iterator[str]:
    """Of all that were ever erased, also after the backup that a database was restored from."""
    return _noted(PERSONS)


def withdrawals() -> Iterator[tuple[str, ConsentPurpose, datetime]]:
    """Whose, of which consent, and when; in this order."""
    for name in _noted(WITHDRAWALS):
        relative_id, purpose, moment = name.split("/")
        yield relative_id, ConsentPurpose(purpose), datetime.fromisoformat(moment)


def _noted(prefix: str) -> Iterator[str]:
    from shared.clients import storage

    for one in storage.every_key(prefix):
        yield one.key.removeprefix(prefix)
