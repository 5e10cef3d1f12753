"""运维总结报告 [2].6: one month as a Word document, its tickets as an Excel annex."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.reports import services
from functions.ops_ticket.reports.month_figures import (
    Month,
    mean,
    month_figures,
    month_span,
)
from functions.ops_ticket.reports.names import CLOCKS, KINDS, SOURCES, STATUSES
from functions.ops_ticket.reports.service_figures import Services, service_figures
from shared.clock import in_shanghai, now
from shared.documents import word
from shared.documents.charts import bar_chart
from shared.documents.excel import Sheet, workbook
from shared.models.places import Site
from shared.models.reports import CaseStatus, KnowledgeCase
from shared.models.tickets import Severity, TicketKind, TicketSource

GRAVE = (Severity.I, Severity.II)
MOST_CASES = 30
COLUMNS = {
    "工单": 30, "类别": 10, "级别": 6, "来源": 10, "事项": 36, "报告时间": 18, "办结时间": 18, "状态": 10, "超时时限": 24,
}  # fmt: skip


@dataclass(frozen=True)
class Monthly:
    site: str
    month: Month
    cases: Sequence[KnowledgeCase]
    services: Services
    told_at: datetime | None = None  # while the month is not over


def collect(session: Session, site_id: str, subject: str) -> Monthly:
    """Raises ValueError for a month that is none."""
    since, until = month_span(subject)
    month = month_figures(session, site_id, since, until)
    return Monthly(
        site=session.get_one(Site, site_id).name,
        month=month,
        cases=_cases(session, month),
        services=service_figures(session, site_id, since, until),
        told_at=now() if now() < until else None,
    )


def _cases(session: Session, month: Month) -> list[KnowledgeCase]:
    """Of the grave or overdue incidents that ended in the month, as far as a person has read them."""
    told = {one.id for one in month.tickets if one.severity in GRAVE} | month.missed.keys()
    ids = [one.id for one in month.tickets if one.kind is TicketKind.INCIDENT and one.id in told]
    shown = select(KnowledgeCase).where(
        KnowledgeCase.site_id == month.site_id,
        KnowledgeCase.status == CaseStatus.SHOWN,
        KnowledgeCase.made_at >= month.since,
        KnowledgeCase.made_at < month.until,
    )
    found = {one.ticket_id: one for one in session.scalars(shown)}
    return [found[one] for one in ids if one in found][:MOST_CASES]


def document(found: Monthly) -> bytes:
    month = found.month
    made = word.new_document(
        f"{month.name}运维总结报告",
        f"服务对象：{found.site}",
        f"统计时间：{_moment(month.since)} 至 {_moment(month.until)}（不含）",
        *([f"本月尚未结束，数字截至 {_moment(found.told_at)}。"] if found.told_at else []),
    )
    _overview(made, month)
    _deadlines(made, month)
    _cases_told(made, found)
    services.write(made, month, found.services)
    return word.saved(made, month.until)


def annex(found: Monthly) -> bytes:
    head = [
        f"{found.site} {found.month.name}工单清单",
        "人员填写的内容不列入本表，请在工单中查看。",
    ]
    rows = [_row(found.month, one) for one in found.month.tickets]
    return workbook([Sheet("工单清单", head, COLUMNS, rows)], found.month.until)


def _row(month: Month, one: Any) -> list[object]:
    return [
        one.id,
        KINDS[one.kind],
        one.severity.value,
        SOURCES[one.source],
        # Ours for an alarm; what a person typed stays in the ticket.
        one.title if one.source is TicketSource.ALARM else KINDS[one.kind],
        _moment(one.reported_at),
        _moment(one.closed_at) if one.closed_at and one.closed_at < month.until else "",
        STATUSES[one.status],
        "、".join(CLOCKS[name] for name in month.missed.get(one.id, ())),
    ]


def _overview(made: Any, month: Month) -> None:
    made.add_heading("一、工单情况", level=1)
    new = sum(one.reported for one in month.kinds.values())
    ended = sum(one.closed for one in month.kinds.values())
    running = sum(one.running for one in month.kinds.values())
    word.paragraphs(
        made,
        f"本月新报工单 {new} 件，办结 {ended} 件，月末在办 {running} 件。其中新报故障 "
        f"{month.kinds[TicketKind.INCIDENT].reported} 件，I、II 级 "
        f"{sum(month.severities[one].reported for one in GRAVE)} 件。",
    )
    lines = [
        (KINDS[kind], one.reported, one.closed, one.running) for kind, one in month.kinds.items()
    ]
    word.table(made, ("类别", "新报", "办结", "月末在办"), [*lines, ("合计", new, ended, running)])
    grades = [
        (f"{grade.value} 级故障", one.reported, one.closed, one.running, mean(month.hours[grade]))
        for grade, one in month.severities.items()
    ]
    word.table(made, ("故障级别", "新报", "办结", "月末在办", "平均解决（小时）"), grades)
    sources = [(SOURCES[source], count) for source, count in month.sources.items()]
    word.table(made, ("来源", "新报"), sources)
    days = {str(day.day): count for day, count in month.days.items()}
    bar_chart(made, "每日新报工单（件，按日期）", list(days), {"新报": list(days.values())})
    bar_chart(
        made,
        "各类工单新报与办结（件）",
        [KINDS[kind] for kind in month.kinds],
        {
            "新报": [one.reported for one in month.kinds.values()],
            "办结": [one.closed for one in month.kinds.values()],
        },
    )


def _deadlines(made: Any, month: Month) -> None:
    made.add_heading("二、服务时限执行情况", level=1)
    kept = sum(one.kept for one in month.clocks.values())
    missed = sum(one.missed for one in month.clocks.values())
    word.paragraphs(
        made,
        f"本月新报工单的时限中，按时 {kept} 项，超时 {missed} 项，涉及工单 {len(month.missed)} 件。"
        "超时工单见附件“工单清单”的“超时时限”一列。",
    )
    rows = [
        (CLOCKS[name], one.kept, one.missed, one.running, one.rate)
        for name, one in month.clocks.items()
    ]
    word.table(made, ("时限", "按时", "超时", "进行中或暂停", "按时率"), rows)


def _cases_told(made: Any, found: Monthly) -> None:
    made.add_heading("三、重点故障分析与整改", level=1)
    if not found.cases:
        word.paragraphs(made, "本月没有已审核的重点故障案例。")
        return
    rows = [(one.title, one.cause, one.method, one.prevention) for one in found.cases]
    head = ("故障", "原因", "处理方法", "整改与预防措施")
    word.table(made, head, rows, (3.4, 4.2, 4.2, 4.2))


def _moment(at: datetime) -> str:
    return f"{in_shanghai(at):%Y-%m-%d %H:%M}"
