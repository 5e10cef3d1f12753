"""The clip has arrived: keep it where nobody can change it, have it judged, write the decision."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.verify_face import eid_check, engines, read_card
from functions.verify_face.engine import EngineDown, Order, Verdict
from functions.verify_face.start_check import CLIP_TYPE, tries_left
from functions.verify_face.store_decision import Decision, store_decision
from shared.actors import Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import BadInput, Conflict, NotFound, Unavailable, reason
from shared.face_checks import evidence_prefix
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus
from shared.models.people import Relative

MAX_CLIP_BYTES = 8_000_000
MAX_PHOTO_BYTES = 5_000_000
OPEN = (FaceCheckStatus.CHALLENGED, FaceCheckStatus.CHECKING)


@dataclass(frozen=True)
class Begun:
    """What was asked for, as plain values: no row outlives its transaction."""

    check_id: str
    purpose: FaceCheckPurpose
    challenge: list[str]
    mirrored: bool
    clip_key: str
    photo_key: str
    name: str
    id_number: str
    eid_token: str | None


def submit_check(*, actor: Actor, check_id: str) -> dict[str, Any]:
    """Submitting again gives the same answer. Raises NotFound, Conflict (over, not finished), BadInput (no clip, too
    large), Unavailable."""
    begun = _begin(actor=actor, check_id=check_id)
    if begun is not None:
        decision = _by_eid(begun) if begun.eid_token else _by_clip(begun)
        _store(actor, decision)
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
        "tries_left": tries_left(session, actor.id, check.subject_id, check.purpose),
        "card_text": check.evidence.get("card_text", read_card.NOT_USED),
    }


@in_transaction
def _begin(session: Session, *, actor: Actor, check_id: str) -> Begun | None:
    """None when it is decided already."""
    check = _own(session, actor, check_id)
    if check.status not in OPEN:
        return None
    if now() > check.expires_at:
        raise Conflict.of("check_over")
    still = update(FaceCheck).where(FaceCheck.id == check.id, FaceCheck.status.in_(OPEN))
    if not compare_and_set(session, still.values(status=FaceCheckStatus.CHECKING)):
        return None  # decided, or ended, at this very moment
    subject = session.get_one(Relative, check.subject_id)
    if subject.id_photo_key is None:  # the consent was withdrawn meanwhile
        raise Conflict.of("check_over")
    return Begun(
        check_id=check.id,
        purpose=check.purpose,
        challenge=check.challenge,
        mirrored=check.mirrored,
        clip_key=check.clip_key,
        photo_key=subject.id_photo_key,
        name=subject.name or "",
        id_number=subject.id_number or "",
        eid_token=check.eid_token,
    )


def _own(session: Session, actor: Actor, check_id: str) -> FaceCheck:
    check = session.get(FaceCheck, check_id)
    if check is None or check.relative_id != actor.id:
        raise NotFound.of("not_found")
    return check


def _by_clip(begun: Begun) -> Decision:
    clip = _read(begun.clip_key, MAX_CLIP_BYTES, missing="clip_missing", large="clip_too_large")
    photo = _read(
        begun.photo_key, MAX_PHOTO_BYTES, missing="photo_missing", large="photo_too_large"
    )
    sha256 = hashlib.sha256(clip).hexdigest()
    if _used_before(check_id=begun.check_id, sha256=sha256):
        return _clip_used(begun.check_id)
    order = Order(
        challenge=begun.challenge,
        mirrored=begun.mirrored,
        clip_key=_keep(begun.check_id, clip, "mp4", CLIP_TYPE),
        photo_key=_keep(begun.check_id, photo, "jpg", "image/jpeg"),
        clip=clip,
        photo=photo,
    )
    verdict = engines.decide(order)
    card = read_card.NOT_USED
    if begun.purpose is FaceCheckPurpose.REGISTRATION:
        verdict, card = read_card.beside(verdict, order.photo_key, begun.name, begun.id_number)
    keys = {"clip": order.clip_key, "photo": order.photo_key}
    return _decision(begun.check_id, verdict, keys=keys, card=card, clip_sha256=sha256)


def _by_eid(begun: Begun) -> Decision:
    """The vendor's page has the clip; what it gives us of it is the best frames."""
    assert begun.eid_token is not None
    photo = _read(
        begun.photo_key, MAX_PHOTO_BYTES, missing="photo_missing", large="photo_too_large"
    )
    try:
        verdict = eid_check.judge(begun.check_id, begun.eid_token)
    except EngineDown as down:
        engines.note(down)
        verdict = engines.without_engine(down)
    keys = {"photo": _keep(begun.check_id, photo, "jpg", "image/jpeg")}
    return _decision(begun.check_id, verdict, keys=keys, card=read_card.NOT_USED, clip_sha256=None)


def _decision(
    check_id: str, verdict: Verdict, *, keys: dict[str, str], card: str, clip_sha256: str | None
) -> Decision:
    frames = [_keep(check_id, one, "jpg", "image/jpeg") for one in verdict.frames]
    return Decision(
        check_id, verdict, keys=keys, frame_keys=frames, card=card, clip_sha256=clip_sha256
    )


def _clip_used(check_id: str) -> Decision:
    verdict = Verdict(FaceCheckStatus.ASK_AGAIN, ["clip_used"], engine="rules", version="1")
    return Decision(check_id, verdict)


def _store(actor: Actor, decision: Decision) -> None:
    try:
        store_decision(actor=actor, decision=decision)
    except IntegrityError:  # the same clip, submitted for another check at this very moment
        store_decision(actor=actor, decision=_clip_used(decision.check_id))


@in_transaction
def _used_before(session: Session, *, check_id: str, sha256: str) -> bool:
    used = select(FaceCheck.id).where(FaceCheck.clip_sha256 == sha256, FaceCheck.id != check_id)
    return session.scalar(used) is not None


def _read(key: str, limit: int, *, missing: str, large: str) -> bytes:
    try:
        return storage.read(key, limit=limit)
    except storage.ObjectMissing as error:
        raise BadInput.of(missing) from error
    except storage.ObjectTooLarge as error:
        raise BadInput.of(large) from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error


def _keep(check_id: str, data: bytes, suffix: str, content_type: str) -> str:
    """A copy under a key that tells its content: what was judged cannot be exchanged afterwards."""
    key = f"{evidence_prefix(check_id)}{hashlib.sha256(data).hexdigest()[:32]}.{suffix}"
    try:
        storage.write(key, data, content_type)
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    return key
