"""Where a relative stands in registration; every step can be left and taken up again."""

from typing import Any

from sqlalchemy.orm import Session

from functions.booking.ask_relationship import list_asked
from shared.consents import missing_consents
from shared.database import in_transaction
from shared.models.people import Relative

STEPS = {
    "consents": "请阅读并同意各项说明。",
    "identity": "请填写姓名、身份证号码并上传证件照片。",
    "phone": "请授权手机号完成实名核验。",
    "face": "请按提示完成人脸核验。",
    "relationship": "请提交与戒毒人员的亲属关系。",
}


@in_transaction
def show_registration(session: Session, *, relative_id: str) -> dict[str, Any]:
    return registration(session, session.get_one(Relative, relative_id))


def registration(session: Session, relative: Relative) -> dict[str, Any]:
    done = _done(session, relative)
    next_step = next((step for step in STEPS if step not in done), None)
    return {
        "relative_id": relative.id,
        "done": done,
        "next_step": next_step,
        "hint": STEPS[next_step] if next_step else "登记已完成，可以预约会见。",
    }


def _done(session: Session, relative: Relative) -> list[str]:
    facts = {
        "consents": not missing_consents(session, relative.id),
        "identity": relative.id_number is not None,
        "phone": relative.phone_checked_at is not None,
        "face": relative.face_checked_at is not None,
        "relationship": _has_relationship(session, relative.id),
    }
    return [step for step, is_done in facts.items() if is_done]


def _has_relationship(session: Session, relative_id: str) -> bool:
    return bool(list_asked(session, relative_id))
