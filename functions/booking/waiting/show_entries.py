"""Where a relative stands on the waiting lists."""

from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from shared.clock import chinese
from shared.database import in_transaction
from shared.models.timetable import Slot
from shared.models.waiting import WaitingEntry, WaitingStatus

SHOWN = 50
TEXTS = {
    WaitingStatus.WAITING: "候补中，前面还有 {before} 位。有名额时会马上通知您。",
    WaitingStatus.OFFERED: "已为您保留一个名额，请在{until}前确认，逾期将顺延给下一位。",
    WaitingStatus.ACCEPTED: "候补成功，已转为会见申请，请等待审核。",
    WaitingStatus.LEFT: "您已退出候补。",
    WaitingStatus.MISSED: "名额没有在规定时间内确认，已顺延给下一位。您可以重新加入候补。",
}


@in_transaction
def show_entries(session: Session, *, relative_id: str) -> list[dict[str, Any]]:
    """The newest first."""
    query = select(WaitingEntry).where(WaitingEntry.relative_id == relative_id)
    newest = query.order_by(WaitingEntry.joined_at.desc()).limit(SHOWN)
    return [shown(session, entry) for entry in session.scalars(newest)]


def shown(session: Session, entry: WaitingEntry) -> dict[str, Any]:
    slot = session.get_one(Slot, entry.slot_id)
    waits = entry.status is WaitingStatus.WAITING
    before = _before(session, entry) if waits else None
    offered = entry.offer_until if entry.status is WaitingStatus.OFFERED else None
    text = TEXTS.get(entry.status, entry.reason or "")
    return {
        "id": entry.id,
        "slot_id": slot.id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "status": entry.status,
        "text": text.format(before=before, until=offered and chinese(offered)),
        "before_you": before,
        "offer_until": offered,
        "visit_id": entry.visit_id,
    }


def _before(session: Session, entry: WaitingEntry) -> int:
    same_moment = and_(WaitingEntry.joined_at == entry.joined_at, WaitingEntry.id < entry.id)
    longer = (
        select(func.count())
        .select_from(WaitingEntry)
        .where(WaitingEntry.slot_id == entry.slot_id)
        .where(WaitingEntry.status == WaitingStatus.WAITING)
        .where(or_(WaitingEntry.joined_at < entry.joined_at, same_moment))
    )
    return session.scalar(longer) or 0
