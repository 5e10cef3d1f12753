"""故障处理报告 [4.1]: kind, cause, method and loss of one incident, with what happened when."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.reports.names import CLOCKS, SOURCES
from shared import personal, ticket_log
from shared.clock import in_shanghai
from shared.documents import word
from shared.models.places import Site
from shared.models.tickets import Ticket, TicketClock, TicketEvent, TicketKind
from shared.rules import ticket_flow
from shared.rules.sla_policy import ClockName
from shared.rules.ticket_flow import Fact

STEPS = {
    "opened": "报告",
    "acknowledged": "响应",
    "plan_submitted": "提交处理方案",
    "severity_set": "调整级别",
    "contingency_submitted": "提交应急方案",
    "system_down": "业务停止",
    "system_up": "业务恢复",
    "paused": "暂停计时",
    "resumed": "恢复计时",
    "resolved": "解决",
    "reopened": "退回重新处理",
    "confirm": "甲方确认",
    "report_approved": "报告签批",
    "closed": "办结",
}


@dataclass(frozen=True)
class Told:
    site: str
    ticket: Ticket
    log: Sequence[TicketEvent]
    clocks: Sequence[TicketClock]
    texts: dict[str, str]


def collect(session: Session, site_id: str, subject: str) -> Told | None:
    """None unless it is an incident of the site whose report somebody has approved."""
    ticket = session.get(Ticket, subject)
    if ticket is None or ticket.site_id != site_id or ticket.kind is not TicketKind.INCIDENT:
        return None
    log = ticket_log.lines(session, [ticket.id])[ticket.id]
    if Fact.REPORT_APPROVED not in ticket_flow.facts(one.kind for one in log):
        return None
    clean = personal.Scrubber(personal.known_names(session, site_id)).clean
    names = ("title", "text", "cause", "method", "loss", "prevention")
    texts = {name: clean(getattr(ticket, name) or "") for name in names}
    clocks = (
        select(TicketClock)
        .where(TicketClock.ticket_id == ticket.id)
        .order_by(TicketClock.started_at, TicketClock.name)
    )
    return Told(
        session.get_one(Site, site_id).name, ticket, log, session.scalars(clocks).all(), texts
    )


def title(ticket: Ticket) -> str:
    """For the message and the database: nothing that somebody typed."""
    day = in_shanghai(ticket.reported_at)
    return f"故障处理报告（{day.year}年{day.month}月{day.day}日，{ticket.severity.value}级）"


def document(found: Told) -> bytes:
    ticket = found.ticket
    made = word.new_document("故障处理报告", f"服务对象：{found.site}", f"工单：{ticket.id}")
    word.table(made, ("项目", "内容"), _facts(found), (3.5, 12.5))
    made.add_heading("一、处理经过", level=1)
    steps = [
        (_moment(one), STEPS[one.kind], one.value if one.kind in ("opened", "severity_set") else "")
        for one in found.log
        if one.kind in STEPS
    ]
    word.table(made, ("时间", "经过", "级别"), steps, (5, 8, 3))
    made.add_heading("二、时限", level=1)
    word.table(made, ("时限", "到期", "完成", "结果"), [_clock(one) for one in found.clocks])
    for number, (title, name) in enumerate(
        (
            ("故障现象", "text"),
            ("故障原因", "cause"),
            ("处理方法", "method"),
            ("故障损失", "loss"),
            ("预防措施", "prevention"),
        )
    ):
        made.add_heading(f"{'三四五六七'[number]}、{title}", level=1)
        word.paragraphs(made, *(found.texts[name] or "（未填写）").split("\n"))
    return word.saved(made, found.log[-1].happened_at)


def _facts(found: Told) -> list[tuple[str, str]]:
    ticket = found.ticket
    return [
        ("故障", found.texts["title"]),
        ("级别", f"{ticket.severity.value} 级"),
        ("来源", SOURCES[ticket.source]),
        ("报告时间", f"{in_shanghai(ticket.reported_at):%Y-%m-%d %H:%M}"),
    ]


def _clock(one: TicketClock) -> tuple[str, ...]:
    due = f"{in_shanghai(one.due_at):%m-%d %H:%M}" if one.due_at else "暂停"
    done = f"{in_shanghai(one.answered_at):%m-%d %H:%M}" if one.answered_at else "—"
    kept = one.due_at is None or (one.answered_at is not None and one.answered_at <= one.due_at)
    return CLOCKS[ClockName(one.name)], due, done, "按时" if kept else "超时"


def _moment(line: TicketEvent) -> str:
    return f"{in_shanghai(line.happened_at):%Y-%m-%d %H:%M}"
