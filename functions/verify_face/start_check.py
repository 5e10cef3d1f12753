"""A face check begins: a challenge bound to person and purpose, and a place for the clip."""

import hmac
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
from shared.consents import require_consents
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Refused, TooMany
from shared.ids import new_id
from shared.models.faces import FaceCheck, FaceCheckPurpose
from shared.models.people import ConsentPurpose, Relative
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.sealing import blind_index

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
    session: Session,
    *,
    actor: Actor,
    purpose: FaceCheckPurpose,
    visit_id: str | None = None,
    name: str | None = None,
    id_number: str | None = None,
) -> dict[str, Any]:
    """Raises Refused (consent, identity), NotFound (visit), TooMany (tries of the day)."""
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    require_consents(session, relative.id, ConsentPurpose.FACE)
    subject = _subject(session, relative, purpose, name, id_number)
    _require_visit(session, actor.id, purpose, visit_id)
    left = tries_left(session, actor.id, purpose)
    if left <= 0:
        raise TooMany.of("tries_used_up")
    check = _new_check(actor.id, subject.id, purpose, visit_id)
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


def _new_check(
    relative_id: str, subject_id: str, purpose: FaceCheckPurpose, visit_id: str | None
) -> FaceCheck:
    check_id = new_id()
    return FaceCheck(
        id=check_id,
        relative_id=relative_id,
        subject_id=subject_id,
        visit_id=visit_id,
        purpose=purpose,
        challenge=list(draw(SystemRandom())),
        expires_at=now() + CHALLENGE_GOOD_FOR,
        clip_key=f"clips/{relative_id}/{check_id}.mp4",
        reasons=[],
        evidence={},
    )


def _subject(
    session: Session,
    relative: Relative,
    purpose: FaceCheckPurpose,
    name: str | None,
    id_number: str | None,
) -> Relative:
    """Whose ID photo counts: one's own, or that of the registration to be recovered. Raises Refused."""
    subject: Relative | None = relative
    if purpose is FaceCheckPurpose.RECOVERY:
        index = blind_index(id_number or "", context="id_number")
        subject = session.scalar(select(Relative).where(Relative.id_number_index == index))
        if subject is None or not hmac.compare_digest(
            (subject.name or "").encode(), (name or "").encode()
        ):
            raise Refused.of("recovery_unknown")
    if subject is None or subject.id_photo_key is None:
        raise Refused.of("identity_missing")
    return subject


def _require_visit(
    session: Session, relative_id: str, purpose: FaceCheckPurpose, visit_id: str | None
) -> None:
    if purpose is not FaceCheckPurpose.VISIT:
        return
    if visit_id is None:
        raise BadInput.of("field_invalid", "visit_id", name="会见", problem="必填")
    visit = session.scalar(
        select(Visit)
        .join(VisitParticipant)
        .where(Visit.id == visit_id, VisitParticipant.relative_id == relative_id)
    )
    if visit is None:
        raise NotFound.of("not_found")
    if visit.status not in (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS):
        raise Conflict.of("visit_not_approved")
