"""A verdict becomes the decision, once, with everything that explains it later."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from functions.verify_face.engine import Verdict
from functions.verify_face.start_check import tries_left
from shared import audit, erasure, face_checks, messages
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import compare_and_set, in_transaction
from shared.models.faces import FaceCheck, FaceCheckStatus
from shared.models.officers import Role
from shared.models.people import Relative
from shared.models.visits import Visit

NOT_PASSED = (FaceCheckStatus.REFUSED, FaceCheckStatus.ASK_AGAIN)


@dataclass(frozen=True)
class Decision:
    """`keys`: the copies of clip and photo that were judged, by name."""

    check_id: str
    verdict: Verdict
    keys: dict[str, str] = field(default_factory=dict)
    frame_keys: list[str] = field(default_factory=list)
    card: str = "not_used"
    clip_sha256: str | None = None


@in_transaction
def store_decision(session: Session, *, actor: Actor, decision: Decision) -> None:
    """Nothing, when somebody else decided first. Raises IntegrityError when the clip counted for another check."""
    session.get_one(
        Relative, actor.id, with_for_update=True
    )  # before the check: the order of locks
    check = session.get_one(FaceCheck, decision.check_id)
    status, reasons = _decided(session, check, decision.verdict)
    undecided = update(FaceCheck).where(
        FaceCheck.id == check.id, FaceCheck.status == FaceCheckStatus.CHECKING
    )
    values = {"status": status, "reasons": reasons, "decided_at": now(), **_explained(decision)}
    if not compare_and_set(session, undecided.values(**values)):
        _leave_nothing(session, check)
        return
    session.refresh(check)
    erasure.delete_later(session, check.clip_key)  # the copy that was judged stays
    audit.record(
        session, actor, f"face_check.{status.value}", "face_check", check.id, codes=reasons
    )
    if status is FaceCheckStatus.PASSED:
        face_checks.take_effect(session, check, decision.verdict.vectors)
    if status is FaceCheckStatus.REVIEW:
        _await_officer(session, check, decision.verdict)


def _leave_nothing(session: Session, check: FaceCheck) -> None:
    """Submitted twice at once, the other one's decision stands. But what was erased while this clip was being
    judged (consent withdrawn) must stay so: copies were made meanwhile."""
    if check.media_erased_at is not None:
        erasure.erase_check_media(session, check)


def _decided(
    session: Session, check: FaceCheck, verdict: Verdict
) -> tuple[FaceCheckStatus, list[str]]:
    """Whoever has no try left is not sent away: an officer looks."""
    left = tries_left(session, check.relative_id, check.subject_id, check.purpose)
    if verdict.status in NOT_PASSED and left == 0:
        return FaceCheckStatus.REVIEW, [*verdict.reasons, "tries_used_up_review"]
    return verdict.status, verdict.reasons


def _explained(decision: Decision) -> dict[str, Any]:
    verdict = decision.verdict
    return {
        "engine": f"{verdict.engine} {verdict.version}"[:64],
        "clip_sha256": decision.clip_sha256,
        "evidence": {
            "outcome": verdict.status.value,
            "scores": verdict.scores,
            "thresholds": verdict.thresholds,
            "missed": verdict.missed,
            "code": verdict.code,
            "request_id": verdict.request_id,
            "card_text": decision.card,
            "keys": decision.keys,
            "frame_keys": decision.frame_keys,
        },
    }


def _await_officer(session: Session, check: FaceCheck, verdict: Verdict) -> None:
    check.enrolment = face_checks.packed(verdict.vectors)
    if check.visit_id is None:
        return  # it waits in the queue; only a visit that is about to begin is worth a message
    visit = session.get_one(Visit, check.visit_id)
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER, Role.SUPERVISOR],
        text=f"【人脸复核】{chinese(visit.starts_at)}，{visit.place} 号会见位的会见，有家属等待人工核对照片，请打开审核队列处理。",
        dedupe_key=f"face_review:{check.id}",
    )
