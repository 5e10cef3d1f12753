"""A face check begins: a challenge bound to person and purpose, and a place for the clip."""

from datetime import timedelta
from random import SystemRandom
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.verify_face.local_engine.challenge import draw
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Refused, TooMany
from shared.ids import new_id
from shared.models.faces import FaceCheck, FaceCheckPurpose
from shared.models.people import Consent, ConsentPurpose, Relative
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.consents import NAMES

CHALLENGE_GOOD_FOR = timedelta(minutes=5)
TRIES_A_DAY = 6
CLIP_TYPE = "video/mp4"
PROMPTS = {
    "blink": "请眨一下眼睛",
    "mouth": "请张一下嘴",
    "left": "请向您的左侧转头，再转回正面",
    "right": "请向您的右侧转头，再转回正面",
}


@in_transaction
def start_check(
    session: Session, *, actor: Actor, purpose: FaceCheckPurpose, visit_id: str | None
) -> dict[str, Any]:
    """Raises Refused (consent, identity), NotFound (visit), TooMany (tries of the day)."""
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    _require_ready(session, relative)
    _require_visit(session, actor.id, purpose, visit_id)
    left = tries_left(session, actor.id, purpose)
    if left <= 0:
        raise TooMany.of("tries_used_up")
    check = _new_check(actor.id, purpose, visit_id)
    session.add(check)
    audit.record(session, actor, "face_check.started", "face_check", check.id)
    return {
        "id": check.id,
        "actions": check.challenge,
        "prompts": [PROMPTS[action] for action in check.challenge],
        "url": storage.presigned_put(
            check.clip_key,
            content_type=CLIP_TYPE,
            seconds=int(CHALLENGE_GOOD_FOR.total_seconds()),
        ),
        "content_type": CLIP_TYPE,
        "expires_at": check.expires_at,
        "tries_left": left - 1,
    }


def tries_left(session: Session, relative_id: str, purpose: FaceCheckPurpose) -> int:
    midnight = in_shanghai(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    used = session.scalar(
        select(func.count())
        .select_from(FaceCheck)
        .where(
            FaceCheck.relative_id == relative_id,
            FaceCheck.purpose == purpose,
            FaceCheck.created_at >= midnight,
        )
    )
    return TRIES_A_DAY - (used or 0)


def _new_check(relative_id: str, purpose: FaceCheckPurpose, visit_id: str | None) -> FaceCheck:
    check_id = new_id()
    return FaceCheck(
        id=check_id,
        relative_id=relative_id,
        subject_id=relative_id,
        visit_id=visit_id,
        purpose=purpose,
        challenge=list(draw(SystemRandom())),
        expires_at=now() + CHALLENGE_GOOD_FOR,
        clip_key=f"clips/{relative_id}/{check_id}.mp4",
        reasons=[],
        evidence={},
    )


def _require_ready(session: Session, relative: Relative) -> None:
    consented = select(Consent.id).where(
        Consent.relative_id == relative.id,
        Consent.purpose == ConsentPurpose.FACE,
        Consent.withdrawn_at.is_(None),
    )
    if session.scalar(consented) is None:
        raise Refused.of("consent_missing", purpose=NAMES[ConsentPurpose.FACE])
    if relative.id_photo_key is None:
        raise Refused.of("identity_missing")


def _require_visit(
    session: Session, relative_id: str, purpose: FaceCheckPurpose, visit_id: str | None
) -> None:
    if purpose is FaceCheckPurpose.REGISTRATION:
        return
    if visit_id is None:
        raise BadInput.of("field_invalid", "visit_id", problem="此项必填")
    visit = session.scalar(
        select(Visit)
        .join(VisitParticipant)
        .where(Visit.id == visit_id, VisitParticipant.relative_id == relative_id)
    )
    if visit is None:
        raise NotFound.of("not_found")
    if visit.status not in (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS):
        raise Conflict.of("visit_not_approved")
