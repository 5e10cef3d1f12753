"""Where a relative stands in registration; every step can be left and taken up again.

Each step says how it stands and why: done, next, waiting (somebody else is at work), refused (with the reason), later.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.ask_relationship import list_asked
from shared.clock import chinese, now
from shared.consents import missing_consents
from shared.database import in_transaction
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus
from shared.models.people import (
    ManualCheck,
    ManualCheckPurpose,
    ManualCheckStatus,
    Relationship,
    RelationshipStatus,
    Relative,
)
from shared.models.phones import PhoneCheckJob, PhoneCheckJobStatus, PhoneCheckPurpose
from shared.reasons import REASONS
from shared.rules.consents import NAMES
from shared.rules.relationships import stands

STEPS = {
    "consents": "请阅读并同意各项说明。",
    "identity": "请填写姓名、身份证号码并上传证件照片。",
    "phone": "请授权手机号完成实名核验。",
    "face": "请按提示完成人脸核验；不便使用人脸核验的，可申请民警人工核验。",
    "relationship": "请提交与戒毒人员的亲属关系。",
}
READY = "登记已完成，可以预约会见。"
BY_HAND = "已申请民警人工核验，请等待结果，有结果会通知您。"
DONE, NEXT, WAITING, REFUSED, LATER = "done", "next", "waiting", "refused", "later"


@dataclass(frozen=True)
class Step:
    state: str
    text: str = ""

    @property
    def done(self) -> bool:
        return self.state == DONE


@in_transaction
def show_registration(session: Session, *, relative_id: str) -> dict[str, Any]:
    return registration(session, session.get_one(Relative, relative_id))


def registration(session: Session, relative: Relative) -> dict[str, Any]:
    """As schemas.Registration has it."""
    asked = list_asked(session, relative.id)
    steps = {
        "consents": _consents(session, relative),
        "identity": Step(DONE if relative.id_number is not None else NEXT),
        "phone": _phone(session, relative),
        "face": _face(session, relative),
        "relationship": _relationship(asked),
    }
    done = [name for name, step in steps.items() if step.done or (name == "relationship" and asked)]
    next_step = next((name for name in STEPS if name not in done), None)
    return {
        "relative_id": relative.id,
        "done": done,
        "next_step": next_step,
        "hint": _text(next_step, steps[next_step]) if next_step else _hint(steps["relationship"]),
        "can_book": all(step.done for step in steps.values()),
        "steps": [_shown(name, step, next_step) for name, step in steps.items()],
    }


def _hint(relationship: Step) -> str:
    return READY if relationship.done else relationship.text


def _shown(name: str, step: Step, next_step: str | None) -> dict[str, str]:
    """What is not its turn yet is for later."""
    state = LATER if step.state == NEXT and name != next_step else step.state
    return {"name": name, "state": state, "text": "" if step.done else _text(name, step)}


def _text(name: str, step: Step) -> str:
    return step.text or STEPS[name]


def _consents(session: Session, relative: Relative) -> Step:
    missing = missing_consents(session, relative.id)
    if not missing:
        return Step(DONE)
    names = "、".join(NAMES[one] for one in NAMES if one in missing)
    return Step(NEXT, f"请阅读并同意这些说明：{names}。")


def _phone(session: Session, relative: Relative) -> Step:
    if relative.phone_checked_at is not None:
        return Step(DONE)
    by_hand = _by_hand(session, relative, ManualCheckPurpose.PHONE)
    mine = select(PhoneCheckJob).where(
        PhoneCheckJob.relative_id == relative.id,
        PhoneCheckJob.purpose == PhoneCheckPurpose.REGISTRATION,
    )
    job = session.scalar(mine.order_by(PhoneCheckJob.created_at.desc()).limit(1))
    if job is not None and job.status is PhoneCheckJobStatus.WAITING:
        return Step(WAITING, "手机号核验机构暂时没有答复，系统会自动继续核验，有结果会通知您。")
    if job is not None and job.reason is not None and by_hand.state == NEXT:
        return Step(REFUSED, REASONS[job.reason])
    return by_hand


def _face(session: Session, relative: Relative) -> Step:
    if relative.face_checked_at is not None:
        return Step(DONE)
    by_hand = _by_hand(session, relative, ManualCheckPurpose.FACE)
    mine = select(FaceCheck).where(
        FaceCheck.relative_id == relative.id,
        FaceCheck.purpose == FaceCheckPurpose.REGISTRATION,
        FaceCheck.decided_at.is_not(None),
    )
    check = session.scalar(mine.order_by(FaceCheck.created_at.desc()).limit(1))
    if check is None or by_hand.state != NEXT or check.status is FaceCheckStatus.PASSED:
        return by_hand
    state = WAITING if check.status is FaceCheckStatus.REVIEW else REFUSED
    return Step(state, "".join(REASONS[code] for code in check.reasons if code in REASONS))


def _by_hand(session: Session, relative: Relative, purpose: ManualCheckPurpose) -> Step:
    """How an officer's check instead of the machine's stands; NEXT when none was asked for."""
    mine = select(ManualCheck).where(
        ManualCheck.relative_id == relative.id, ManualCheck.purpose == purpose
    )
    check = session.scalar(mine.order_by(ManualCheck.asked_at.desc()).limit(1))
    if check is None or check.status is ManualCheckStatus.APPROVED:
        return Step(NEXT)
    if check.status is ManualCheckStatus.PENDING:
        return Step(WAITING, BY_HAND)
    return Step(REFUSED, f"人工核验未通过：{check.reason}。可补充材料后再次申请。")


def _relationship(asked: list[Any]) -> Step:
    """The best of all ties counts: one that stands is enough to book."""
    steps = [_tie(one) for one in asked]
    order = (DONE, WAITING, REFUSED)
    return min(steps, key=lambda step: order.index(step.state), default=Step(NEXT))


def _tie(one: Any) -> Step:
    until = one.suspended_until if isinstance(one, Relationship) else None
    expires = one.expires_at if isinstance(one, Relationship) else None
    if stands(one.status, until, expires, at=now()):
        return Step(DONE)
    if one.status is RelationshipStatus.PENDING:
        return Step(WAITING, "亲属关系正在审核，有结果会通知您。")
    if one.status is RelationshipStatus.SUSPENDED and until is not None:
        return Step(REFUSED, f"会见资格暂停至{chinese(until)}，到期自动恢复。")
    return Step(
        REFUSED, f"亲属关系未通过：{one.reason or '请联系本所了解'}。可补充证明后重新提交。"
    )
