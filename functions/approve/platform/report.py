"""The figures of a period as a Word report."""

import io
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.approve.platform import figures, handed_out, names
from shared import audit
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.officers import Officer

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY_FONT, HEAD_FONT = "宋体", "黑体"


def make_report(*, actor: Actor, since: datetime, until: datetime, reason: str) -> dict[str, Any]:
    """Raises as `require_period`."""
    figures.require_period(since, until)
    key, found, officer = _collect(actor=actor, since=since, until=until, reason=reason)
    return handed_out.hand_out(key, _document(found, officer), DOCX)


@in_transaction
def _collect(
    session: Session, *, actor: Actor, since: datetime, until: datetime, reason: str
) -> tuple[str, dict[str, Any], str]:
    found = figures.figures(session, actor, since, until)
    officer = session.get_one(Officer, actor.id).name
    audit.record(session, actor, "report.made", "site", actor.site_id or "", reason=reason)
    return handed_out.place(session, actor, "docx"), found, officer


def _document(found: dict[str, Any], officer: str) -> bytes:
    from docx import Document

    document = Document()
    _use_chinese_fonts(document)
    document.add_heading("会见与通联情况报告", level=0)
    document.add_paragraph(f"单位：{found['site']}")
    document.add_paragraph(f"统计时间：{_day(found['since'])} 至 {_last_day(found['until'])}")
    document.add_paragraph(f"制表：{officer}　{_day(now())}")
    document.add_heading("一、总体情况", level=1)
    document.add_paragraph(_summary(found["total"]))
    document.add_heading("二、各大队情况", level=1)
    wards = [{"name": one["ward"], **one} for one in found["wards"]]
    _table(document, "大队", [*wards, {"name": "合计", **found["total"]}])
    document.add_heading("三、每日情况", level=1)
    _table(document, "日期", [{"name": str(one["day"]), **one} for one in found["days"]])
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


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
    table = document.add_table(rows=1, cols=1 + len(names.FIGURES), style="Table Grid")
    for cell, title in zip(table.rows[0].cells, (first, *names.FIGURES.values()), strict=True):
        cell.text = title
    for line in lines:
        values = (line["name"], *(str(line[name]) for name in names.FIGURES))
        for cell, value in zip(table.add_row().cells, values, strict=True):
            cell.text = value


def _use_chinese_fonts(document: Any) -> None:
    """Word takes a font for Latin letters from one attribute and for Chinese ones from another."""
    from docx.oxml.ns import qn

    styles = [("Normal", BODY_FONT), *((one, HEAD_FONT) for one in ("Title", "Heading 1"))]
    for name, font in styles:
        style = document.styles[name]
        style.font.name = font
        properties = style.element.get_or_add_rPr().get_or_add_rFonts()
        properties.set(qn("w:eastAsia"), font)
        # The theme's fonts would win over these.
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            properties.attrib.pop(qn(theme), None)


def _day(moment: datetime) -> str:
    return f"{in_shanghai(moment):%Y年%m月%d日}"


def _last_day(until: datetime) -> str:
    """The last day that is inside."""
    return _day(until - timedelta(microseconds=1))
