"""A frame of a visit's room landed in COS: who is in it, and is it time for an alert?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.monitor_hook import raise_alerts
from functions.monitor_hook.cameras import Camera, Shot, camera_of, templates_of
from functions.monitor_hook.frames_behind import newest_instead
from shared import message_senders
from shared.clients import storage
from shared.clients.storage import ObjectMissing, ObjectTooLarge
from shared.clock import now
from shared.database import in_transaction
from shared.ids import new_id
from shared.models.rooms import Frame
from shared.models.visits import Visit
from shared.rules.frames import is_late, is_of_the_future

MAX_FRAME_BYTES = 4_000_000


def watch_frame(key: str) -> bool:
    """False for a frame that is none of ours, of a visit that is over, seen before, too old, of the future, one of too
    many, or no picture.

    When frames back up, the newest of each camera is looked at and the others are passed over, which takes a
    hundredth of the time: the work stays bounded, and what is looked at is what happens now.
    """
    shot = Shot.of(key)
    if shot is None or is_of_the_future(shot.taken_at, now()):
        return False
    camera = camera_of(shot=shot)
    if camera is None:
        return False
    if is_late(shot.taken_at, now()):
        newest = newest_instead(shot, camera)
        if newest is None:
            return False
        shot = newest
    return _watch(shot, camera)


def _watch(shot: Shot, camera: Camera) -> bool:
    faces = _faces(_picture(shot.key), templates_of(camera=camera), camera.unknown_over)
    if faces is None:
        return False
    told = _store(shot=shot, camera=camera, faces=faces)
    if told:  # at once: an officer should know within 2 s, not at the next timer
        message_senders.deliver_wecom(told)
    return True


def _picture(key: str) -> bytes:
    """Empty for an object that is gone already or larger than any frame."""
    try:
        return storage.read(key, limit=MAX_FRAME_BYTES)
    except (ObjectMissing, ObjectTooLarge):
        return b""


def _faces(
    picture: bytes, templates: Sequence[bytes], unknown_over: float
) -> list[dict[str, Any]] | None:
    # dlib and OpenCV load here, in the first frame, and not when a callback wakes this function.
    from functions.monitor_hook.look_at_frame import look_at_frame

    return look_at_frame(picture, templates, unknown_over=unknown_over)


@in_transaction
def _store(
    session: Session, *, shot: Shot, camera: Camera, faces: list[dict[str, Any]]
) -> list[str]:
    """Keys of the messages that tell of something new."""
    # The visit's row first: two frames of one visit are judged one after the other.
    visit = session.get_one(Visit, shot.visit_id, with_for_update=True)
    frame = {
        "id": new_id(),
        "visit_id": visit.id,
        "cos_key": shot.key,
        "taken_at": shot.taken_at,
        "people": len(faces),
        "faces": faces,
    }
    try:
        with session.begin_nested():
            session.execute(insert(Frame).values(**frame))
    except IntegrityError:  # the same event again
        return []
    return raise_alerts.raise_alerts(session, visit, camera)
