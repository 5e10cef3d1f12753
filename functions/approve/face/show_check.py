"""Why a face check ended as it did, and the pictures it was decided on; whoever looks is on record first."""

from typing import Any

from sqlalchemy.orm import Session

from functions.approve.face.in_scope import one_in_scope
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction
from shared.errors import Conflict, reason
from shared.models.faces import FaceCheck

SECONDS = 300


@in_transaction
def show_face_check(session: Session, *, actor: Actor, check_id: str) -> dict[str, Any]:
    """Scores, thresholds, engine and version, keys; no pictures. Raises NotFound outside the officer's scope."""
    check, _ = one_in_scope(session, actor, check_id)
    audit.record(session, actor, "face_check.read", "face_check", check.id)
    evidence = check.evidence
    return {
        "id": check.id,
        "purpose": check.purpose,
        "visit_id": check.visit_id,
        "status": check.status,
        "outcome": evidence.get("outcome"),
        "reasons": [{"code": code, "text": reason(code).text} for code in check.reasons],
        "engine": check.engine,
        "challenge": check.challenge,
        "missed": evidence.get("missed", []),
        "scores": evidence.get("scores", {}),
        "thresholds": evidence.get("thresholds", {}),
        "provider_code": evidence.get("code"),
        "provider_request_id": evidence.get("request_id"),
        "card_text": evidence.get("card_text"),
        "frame_keys": evidence.get("frame_keys", []),
        "created_at": check.created_at,
        "decided_at": check.decided_at,
        "decided_by": check.decided_by,
        "decision_reason": check.decision_reason,
        "media_erased_at": check.media_erased_at,
    }


@in_transaction
def show_face_pictures(session: Session, *, actor: Actor, check_id: str) -> dict[str, Any]:
    """The ID photo, the clip's best frames and the clip, as they were judged; addresses that work for minutes.

    Raises NotFound, Conflict when they are deleted or never were."""
    check, _ = one_in_scope(session, actor, check_id)
    keys = kept_keys(check)
    if not keys:
        raise Conflict.of("face_pictures_gone")
    audit.record(session, actor, "face_check.pictures_read", "face_check", check.id)
    return {
        "id_photo": _picture(keys.get("photo")),
        "clip": _picture(keys.get("clip")),
        "frames": [_picture(key) for key in check.evidence.get("frame_keys", [])],
    }


def kept_keys(check: FaceCheck) -> dict[str, str]:
    """Of clip and photo as they were judged, by name; empty when they are deleted."""
    if check.media_erased_at is not None:
        return {}
    kept: dict[str, str] = check.evidence.get("keys", {})
    return kept


def _picture(key: str | None) -> dict[str, Any] | None:
    if key is None:
        return None
    return {"url": storage.presigned_get(key, seconds=SECONDS), "expires_in": SECONDS}
