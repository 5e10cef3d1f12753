"""A resident's contact history as an Excel file: with a reason, for one officer, for minutes."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from functions.approve.platform import handed_out, names, people, timeline
from functions.approve.platform.timeline import Filters
from shared import audit
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.documents.excel import XLSX, Sheet, workbook
from shared.models.officers import Officer
from shared.pages import Place

PAGE, MOST = 500, 20_000
COLUMNS = {
    "时间": 18, "方式": 10, "状态": 10, "时长（分）": 10, "方向": 8, "对方": 24, "号码": 16,
    "预警": 20, "录音录像": 10, "说明": 30,
}  # fmt: skip


def export_history(
    *, actor: Actor, resident_id: str, filters: Filters, reason: str
) -> dict[str, Any]:
    """Raises NotFound outside of the officer's scope."""
    key, head, rows = _collect(actor=actor, resident_id=resident_id, filters=filters, reason=reason)
    book = workbook([Sheet("通联记录", head, COLUMNS, rows)], now())
    return {**handed_out.hand_out(key, book, XLSX), "count": len(rows)}


@in_transaction
def _collect(
    session: Session, *, actor: Actor, resident_id: str, filters: Filters, reason: str
) -> tuple[str, list[str], list[list[object]]]:
    resident = people.resident(session, actor, resident_id)
    officer = session.get_one(Officer, actor.id)
    rows: list[list[object]] = []
    place: Place | None = None
    while len(rows) < MOST:
        page = timeline.newest(session, resident_id, filters, place, PAGE)
        rows += [_row(one) for one in timeline.described(session, page)]
        if len(page) < PAGE:
            break
        place = Place(page[-1].at, page[-1].id)
    audit.record(
        session, actor, "history.exported", "resident", resident_id, reason=reason,
        count=len(rows),
    )  # fmt: skip
    head = [
        f"{resident.name}（{resident.number}）通联记录",
        f"导出：{officer.name}　{_time(now())}　理由：{reason}",
    ]
    return handed_out.place(session, actor, "xlsx"), head, rows


def _row(one: dict[str, Any]) -> list[object]:
    seconds = one.get("seconds")
    if seconds is None and one.get("ends_at"):
        seconds = (one["ends_at"] - one["at"]).total_seconds()
    return [
        _time(one["at"]),
        names.CHANNELS[one["channel"]],
        names.STATES[one["status"]],
        round((seconds or 0) / 60, 1),
        names.DIRECTIONS[one["direction"]] if "direction" in one else "",
        "、".join(f"{who['name']}（{who['kinship']}）" for who in one["people"]),
        one["number"] or "",
        "、".join(names.ALERTS[kind] for kind in one["alerts"]),
        "、".join(dict.fromkeys(names.FILES[film["status"]] for film in one["recordings"])),
        one.get("reason") or "",
    ]


def _time(moment: datetime) -> str:
    return f"{in_shanghai(moment):%Y-%m-%d %H:%M}"
