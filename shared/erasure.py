"""Deleting what a person no longer agrees to, or what has served its purpose.

Rows go in the transaction; objects in COS go by the outbox after it, tried until they are gone.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared import outbox
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import Relative

DELETE_OBJECT = "delete_object"


def erase_face_data(session: Session, relative: Relative) -> None:
    """Templates, clips and the ID photo; what was decided stays on record without them."""
    session.execute(delete(FaceTemplate).where(FaceTemplate.relative_id == relative.id))
    clips = select(FaceCheck.clip_key).where(FaceCheck.relative_id == relative.id)
    for key in session.scalars(clips):
        delete_later(session, key)
    if relative.id_photo_key is not None:
        delete_later(session, relative.id_photo_key)
    relative.id_photo_key = None
    relative.face_checked_at = None


def delete_later(session: Session, key: str) -> None:
    outbox.put(session, kind=DELETE_OBJECT, body={"key": key})


def _delete(body: dict[str, str]) -> None:
    from shared.clients import storage

    storage.delete(body["key"])


SENDERS: dict[str, outbox.Handler] = {DELETE_OBJECT: _delete}
