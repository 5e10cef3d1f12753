"""A face check begins: a challenge bound to person and purpose, and a place for the clip."""

import hmac
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from functions.verify_face import eid_check, engines
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.clock import in_shanghai, now
from shared.consents import require_consents
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Refused, TooMany
from shared.ids import new_id
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus
from shared.models.people import ConsentPurpose, Relative
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.sealing import blind_index

Method = Literal["clip", "eid"]

CHALLENGE_GOOD_FOR = timedelta(minutes=5)
TRIES_A_DAY = 6
CLIP_TYPE = "video/mp4"
PROMPTS = {
    "blink": "请眨一下眼睛",
    "mouth": "请张一下嘴",
    "left": "请向您的左侧转头，再转回正面",
    "right": "请向您的右侧转头，再转回正面",
}


def start_check(*, actor: Actor, method: Method, **asked: Any) -> dict[str, Any]:
    """`asked`: purpose, and what it needs. Raises Refused (consent, identity), NotFound (visit), TooMany (tries
    of the day), BadInput (method not offered), Unavailable."""
    if method == "eid":
        eid_check.require_offered()
        begun = _begin(actor=actor, good_for=eid_check.GOOD_FOR, challenge=[], **asked)
        return {**begun, **eid_check.ask_token(actor=actor, check_id=begun["id"])}
    challenge = engines.draw_challenge()
    return _begin(actor=actor, good_for=CHALLENGE_GOOD_FOR, challenge=challenge, **asked)


@in_transaction
def _begin(
    session: Session,
    *,
    actor: Actor,
    good_for: timedelta,
    challenge: list[str],
    purpose: FaceCheckPurpose,
    visit_id: str | None = None,
    name: str | None = None,
    id_number: str | None = None,
    mirrored: bool = False,
) -> dict[str, Any]:
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    require_consents(session, relative.id, ConsentPurpose.FACE)
    subject = _subject(session, relative, purpose, name, id_number)
    _require_visit(session, actor.id, purpose, visit_id)
    left = tries_left(session, actor.id, subject.id, purpose)
    if left <= 0:
        raise TooMany.of("tries_used_up")
    check = _new_check(actor.id, subject.id, purpose, visit_id, challenge, good_for)
    check.mirrored = mirrored
    session.add(check)
    audit.record(session, actor, "face_check.started", "face_check", check.id)
    return _shown(check, left - 1)


def _shown(check: FaceCheck, left: int) -> dict[str, Any]:
    shown = {
        "id": check.id,
        "method": "clip" if check.challenge else "eid",
        "actions": check.challenge,
        "prompts": [PROMPTS[action] for action in check.challenge],
        "expires_at": check.expires_at,
        "tries_left": left,
    }
    if not check.challenge:
        return shown
    seconds = int(CHALLENGE_GOOD_FOR.total_seconds())
    url = storage.presigned_put(check.clip_key, content_type=CLIP_TYPE, seconds=seconds)
    return {**shown, "url": url, "content_type": CLIP_TYPE}


def tries_left(
    session: Session, relative_id: str, subject_id: str, purpose: FaceCheckPurpose
) -> int:
    """What could not be checked uses up no try. A recovery also counts the tries of others at the same person."""
    midnight = in_shanghai(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    who = FaceCheck.relative_id == relative_id
    if purpose is FaceCheckPurpose.RECOVERY:
        who = or_(who, FaceCheck.subject_id == subject_id)
    used = session.scalar(
        select(func.count())
        .select_from(FaceCheck)
        .where(
            who,
            FaceCheck.purpose == purpose,
            FaceCheck.created_at >= midnight,
            FaceCheck.status != FaceCheckStatus.COULD_NOT_CHECK,
        )
    )
    return max(0, TRIES_A_DAY - (used or 0))


def _new_check(
    relative_id: str,
    subject_id: str,
    purpose: FaceCheckPurpose,
    visit_id: str | None,
    challenge: list[str],
    good_for: timedelta,
) -> FaceCheck:
    check_id = new_id()
    return FaceCheck(
        id=check_id,
        relative_id=relative_id,
        subject_id=subject_id,
        visit_id=visit_id,
        purpose=purpose,
        challenge=challenge,
        expires_at=now() + good_for,
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
        subject = session.scalar(
            select(Relative).where(Relative.id_number_index == index).with_for_update()
        )
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
        if visit_id is not None:  # a check counts for what it was asked for, and nothing else
            raise BadInput.of("field_invalid", "visit_id", name="会见", problem="只用于会见前核验")
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
