"""The waiting room: whoever comes early sees how long it still takes, and what is left to do until then."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit, participant
from functions.booking.visit_texts import NEXT
from shared.clock import chinese, now, seconds_until
from shared.database import in_transaction
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.site_rules import SiteRules
from shared.site_rules import rules_of_visit

TEXTS = {
    "not_approved": "这次会见还在等待审核，请留意通知。",
    "too_early": "您来得早，{opens}起可以核验人脸、进入会见室。可以先做设备检测。",
    "face_check": "请先完成本次会见的人脸核验；不便核验的，可申请民警人工核验。",
    "waiting": "一切就绪，会见将准时开始，请保持页面打开、不要离开。",
    "open": "会见时间到了，请进入会见室。",
}


@in_transaction
def show_waiting_room(session: Session, *, relative_id: str, visit_id: str) -> dict[str, Any]:
    visit = own_visit(session, relative_id, visit_id)
    rules = rules_of_visit(session, visit)
    mine = participant(visit, relative_id)
    opens_at = visit.starts_at - timedelta(minutes=rules.check_in_minutes_before)
    state = _state(visit, mine, rules, opens_at)
    return {
        "state": state,
        "text": NEXT[visit.status]
        if state == "over"
        else TEXTS[state].format(opens=chinese(opens_at)),
        "opens_at": opens_at,
        "starts_at": visit.starts_at,
        "seconds_until_open": seconds_until(opens_at),
        "seconds_until_start": seconds_until(visit.starts_at),
        "face_checked": face_good(mine, visit, rules),
        "device_test_passed": mine.device_test and mine.device_test["passed"],
        "resident_told": visit.resident_told_at is not None,
    }


def face_good(mine: VisitParticipant, visit: Visit, rules: SiteRules) -> bool:
    """Once inside, a drop must not ask for the face again."""
    if mine.face_checked_at is None:
        return False
    fresh = now() - mine.face_checked_at <= timedelta(minutes=rules.face_check_minutes)
    return fresh or visit.status is VisitStatus.IN_PROGRESS


def _state(visit: Visit, mine: VisitParticipant, rules: SiteRules, opens_at: datetime) -> str:
    if visit.status is VisitStatus.REQUESTED:
        return "not_approved"
    if visit.status not in (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS):
        return "over"
    if now() < opens_at:
        return "too_early"
    if not face_good(mine, visit, rules):
        return "face_check"
    return "waiting" if now() < visit.starts_at else "open"
