"""The clip has arrived: decide, and write the decision so that it can be explained later."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from functions.verify_face.start_check import tries_left
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import BadInput, Conflict, NotFound, Unavailable, reason
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus, FaceTemplate
from shared.models.people import Relative
from shared.models.visits import VisitParticipant

if TYPE_CHECKING:
    from functions.verify_face.local_engine.result import ClipResult

MAX_CLIP_BYTES = 8_000_000
MAX_PHOTO_BYTES = 5_000_000
STATUS = {
    "pass": FaceCheckStatus.PASSED,
    "refuse": FaceCheckStatus.REFUSED,
    "review": FaceCheckStatus.REVIEW,
    "ask_again": FaceCheckStatus.ASK_AGAIN,
}
OPEN = (FaceCheckStatus.CHALLENGED, FaceCheckStatus.CHECKING)


@dataclass(frozen=True)
class Order:
    """What the engine is given."""

    check_id: str
    clip_key: str
    photo_key: str
    challenge: list[str]


def submit_check(*, actor: Actor, check_id: str) -> dict[str, Any]:
    """Submitting again gives the same answer. Raises NotFound, Conflict (over), BadInput (no clip, too large)."""
    order = _order(actor=actor, check_id=check_id)
    if order is not None:
        clip = _read(order.clip_key, MAX_CLIP_BYTES, missing="clip_missing", large="clip_too_large")
        photo = _read(
            order.photo_key, MAX_PHOTO_BYTES, missing="photo_missing", large="photo_too_large"
        )
        _store(actor=actor, check_id=check_id, result=_check(clip, photo, order.challenge))
    return show_check(actor=actor, check_id=check_id)


@in_transaction
def show_check(session: Session, *, actor: Actor, check_id: str) -> dict[str, Any]:
    check = _own(session, actor, check_id)
    shown = [reason(code) for code in check.reasons]
    return {
        "id": check.id,
        "purpose": check.purpose,
        "status": check.status,
        "reasons": [{"code": one.code, "text": one.text} for one in shown],
        "tries_left": tries_left(session, actor.id, check.purpose),
    }


@in_transaction
def _order(session: Session, *, actor: Actor, check_id: str) -> Order | None:
    """None when it is decided already."""
    check = _own(session, actor, check_id)
    if check.status not in OPEN:
        return None
    if now() > check.expires_at:
        raise Conflict.of("check_over")
    check.status = FaceCheckStatus.CHECKING
    photo_key = session.get_one(Relative, check.subject_id).id_photo_key
    assert photo_key is not None  # start_check asked for it
    return Order(check.id, check.clip_key, photo_key, check.challenge)


def _own(session: Session, actor: Actor, check_id: str) -> FaceCheck:
    check = session.get(FaceCheck, check_id)
    if check is None or check.relative_id != actor.id:
        raise NotFound.of("not_found")
    return check


def _read(key: str, limit: int, *, missing: str, large: str) -> bytes:
    try:
        return storage.read(key, limit=limit)
    except storage.ObjectMissing as error:
        raise BadInput.of(missing) from error
    except storage.ObjectTooLarge as error:
        raise BadInput.of(large) from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error


def _check(clip: bytes, photo: bytes, challenge: list[str]) -> "ClipResult":
    # dlib and OpenCV load here, at the first check, not when a session is asked for.
    from functions.verify_face.local_engine.check import check_clip

    return check_clip(clip, photo, challenge)


@in_transaction
def _store(session: Session, *, actor: Actor, check_id: str, result: "ClipResult") -> None:
    decided = (
        update(FaceCheck)
        .where(FaceCheck.id == check_id, FaceCheck.status == FaceCheckStatus.CHECKING)
        .values(status=STATUS[result.outcome], decided_at=now(), **_explained(result))
    )
    if not compare_and_set(session, decided):
        return  # submitted twice at once: the other one's decision stands
    check = session.get_one(FaceCheck, check_id, populate_existing=True)
    audit.record(
        session, actor, f"face_check.{check.status.value}", "face_check", check_id,
        distance=result.distance,
    )  # fmt: skip
    if check.status is FaceCheckStatus.PASSED:
        _passed(session, check, result)


def _explained(result: "ClipResult") -> dict[str, Any]:
    return {
        "engine": f"{result.engine} {result.engine_version}",
        "reasons": list(result.reasons),
        "evidence": {
            "distance": result.distance,
            "missed": result.missed,
            "measured": result.measured,
            "thresholds": result.thresholds,
        },
    }


def _passed(session: Session, check: FaceCheck, result: "ClipResult") -> None:
    from shared.faces.describe import pack

    if check.purpose is FaceCheckPurpose.RECOVERY:
        return  # proves that this is the person of the old registration; booking moves the account
    relative = session.get_one(Relative, check.relative_id, with_for_update=True)
    relative.face_checked_at = now()
    for vector in result.templates:
        session.add(
            FaceTemplate(relative_id=relative.id, face_check_id=check.id, vector=pack(vector))
        )
    if check.purpose is FaceCheckPurpose.VISIT:
        mine = session.get_one(VisitParticipant, (check.visit_id, relative.id))
        mine.face_checked_at = now()
