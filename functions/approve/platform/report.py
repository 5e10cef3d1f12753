"""The figures of a period as a Word report."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.approve.platform import figures, handed_out, names
from shared import audit
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.documents import word
from shared.models.officers import Officer


def make_report(*, actor: Actor, since: datetime, until: datetime, reason: str) -> dict[str, Any]:
    """Raises as `require_period`."""
    figures.require_period(since, until)
    key, found, officer = _collect(actor=actor, since=since, until=until, reason=reason)
    return handed_out.hand_out(key, _document(found, officer), word.DOCX)


@in_transaction
def _collect(
    session: Session, *, actor: Actor, since: datetime, until: datetime, reason: str
) -> tuple[str, dict[str, Any], str]:
    found = figures.figures(session, actor, since, until)
    officer = session.get_one(Officer, actor.id).name
    audit.record(session, actor, "report.made", "site", actor.site_id or "", reason=reason)
    return handed_out.place(session, actor, "docx"), found, officer


def _document(found: dict[str, Any], officer: str) -> bytes:
    document = word.new_document(
        "会见与通联情况报告",
        f"单位：{found['site']}",
        f"统计时间：{_day(found['since'])} 至 {_last_day(found['until'])}",
        f"制表：{officer}　{_day(now())}",
    )
    document.add_heading("一、总体情况", level=1)
    word.paragraphs(document, _summary(found["total"]))
    document.add_heading("二、各大队情况", level=1)
    wards = [{"name": one["ward"], **one} for one in found["wards"]]
    _table(document, "大队", [*wards, {"name": "合计", **found["total"]}])
    document.add_heading("三、每日情况", level=1)
    _table(document, "日期", [{"name": str(one["day"]), **one} for one in found["days"]])
    return word.saved(document, now())


def _summary(total: dict[str, Any]) -> str:
    text = (
        f"本期共有远程会见申请 {total['requested']} 次，完成 {total['completed']} 次，"
        f"未通过 {total['refused']} 次，家属未到场 {total['no_shows']} 次，产生预警 {total['alerts']} 次；"
        f"现场会见 {total['onsite']} 次；亲情电话接通 {total['calls']} 次，"
        f"共 {round(total['call_seconds'] / 60)} 分钟。"
    )
    if total["decided"]:
        text += (
            f"申请平均等待 {total['waited_seconds'] / total['decided'] / 3600:.1f} 小时得到答复。"
        )
    return text


def _table(document: Any, first: str, lines: list[dict[str, Any]]) -> None:
    rows = [(line["name"], *(str(line[name]) for name in names.FIGURES)) for line in lines]
    word.table(document, (first, *names.FIGURES.values()), rows)


def _day(moment: datetime) -> str:
    return f"{in_shanghai(moment):%Y年%m月%d日}"


def _last_day(until: datetime) -> str:
    """The last day that is inside."""
    return _day(until - timedelta(microseconds=1))
