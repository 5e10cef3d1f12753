"""巡检报告 [T18]: what was looked at, what was found, and how available the services were meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.ops_ticket.inspections.probe_services import availability_of
from functions.ops_ticket.inspections.show_inspections import items_of
from functions.ops_ticket.reports.month_figures import month_span
from shared import personal
from shared.clock import SHANGHAI, in_shanghai
from shared.documents import word
from shared.documents.charts import bar_chart
from shared.models.inspections import CheckResult, Inspection, InspectionItem, InspectionKind
from shared.models.places import Site

RESULTS = {CheckResult.OK: "正常", CheckResult.FAULT: "异常", None: "未检查"}


@dataclass(frozen=True)
class Inspected:
    site: str
    inspection: Inspection
    items: Sequence[InspectionItem]
    notes: Sequence[str]
    services: Sequence[dict[str, Any]]

    @property
    def title(self) -> str:
        return f"{self.inspection.name}报告"


def collect(session: Session, site_id: str, subject: str) -> Inspected | None:
    """None unless it is a finished one of the site."""
    found = session.get(Inspection, subject)
    if found is None or found.site_id != site_id or found.done_at is None:
        return None
    items = items_of(session, found.id)
    clean = personal.Scrubber(personal.known_names(session, site_id)).clean
    services = availability_of(session, *span_of(found))
    site = session.get_one(Site, site_id).name
    return Inspected(site, found, items, [clean(one.note or "") for one in items], services)


def span_of(one: Inspection) -> tuple[datetime, datetime]:
    """Its month or quarter, as far as it had gone by the day it was finished."""
    assert one.done_at is not None
    if one.kind is InspectionKind.MONTHLY:
        since, until = month_span(one.period)
    else:
        year, quarter = int(one.period[:4]), int(one.period[-1])
        since = datetime(year, quarter * 3 - 2, 1, tzinfo=SHANGHAI)
        until = (since + timedelta(days=95)).replace(day=1)
    return since, min(until, one.done_at.replace(minute=0, second=0, microsecond=0))


def document(found: Inspected) -> bytes:
    one, items = found.inspection, found.items
    assert one.done_at is not None
    made = word.new_document(
        found.title,
        f"服务对象：{found.site}",
        f"完成时间：{in_shanghai(one.done_at):%Y-%m-%d %H:%M}",
    )
    faults = [(item, note) for item, note in zip(items, found.notes, strict=True) if item.ticket_id]
    photos = sum(len(item.photo_keys) for item in items)
    made.add_heading("一、巡检结论", level=1)
    well = sum(item.result is CheckResult.OK for item in items)
    word.paragraphs(
        made,
        f"本次检查 {len(items)} 项，正常 {well} 项，异常 {len(items) - well} 项，"
        f"发现的问题均已开具工单（{len(faults)} 件）。现场照片 {photos} 张，保存在系统中。",
    )
    made.add_heading("二、发现的问题", level=1)
    rows = [(item.what, note or "—", item.ticket_id or "") for item, note in faults]
    if rows:
        word.table(made, ("检查项", "情况", "工单"), rows, (5, 6, 5))
    else:
        word.paragraphs(made, "没有发现问题。")
    made.add_heading("三、服务可用性", level=1)
    availability(made, found.services)
    made.add_heading("四、检查明细", level=1)
    lines = [
        (n, item.what, RESULTS[item.result], note or "—", len(item.photo_keys))
        for n, (item, note) in enumerate(zip(items, found.notes, strict=True), start=1)
    ]
    word.table(made, ("序号", "检查项", "结果", "说明", "照片"), lines, (1.2, 6.6, 1.8, 5, 1.4))
    return word.saved(made, one.done_at)


def availability(made: Any, services: Sequence[dict[str, Any]]) -> None:
    if not services:
        word.paragraphs(made, "本期没有探测记录。")
        return
    rows = [(one["name"], one["probes"], one["failures"], rate(one)) for one in services]
    word.table(made, ("服务", "探测次数", "失败次数", "可用率"), rows)
    bar_chart(
        made,
        "各服务可用率（%）",
        [one["name"] for one in services],
        {"可用率": [round(100 - one["failures"] / one["probes"] * 100, 2) for one in services]},
        height_cm=5.5,
    )


def rate(one: dict[str, Any]) -> str:
    return f"{100 - one['failures'] / one['probes'] * 100:.2f}%"
