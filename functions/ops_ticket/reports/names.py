"""The words of the reports."""

from shared.models.tickets import TicketKind, TicketSource, TicketStatus
from shared.rules.sla_policy import ClockName
from shared.tickets import KINDS

CLOCKS = {
    ClockName.RESPONSE: "响应",
    ClockName.PLAN: "处理方案",
    ClockName.RESOLUTION: "解决",
    ClockName.CONTINGENCY: "应急方案",
    ClockName.REPORT: "故障处理报告",
}
SOURCES = {
    TicketSource.INSPECTION: "巡检发现",
    TicketSource.ALARM: "系统告警",
    TicketSource.PERSON: "人员反映",
}
STATUSES = {
    TicketStatus.OPEN: "待响应",
    TicketStatus.ACKNOWLEDGED: "处理中",
    TicketStatus.ANALYSED: "待签字",
    TicketStatus.APPROVED: "已签字",
    TicketStatus.RESOLVED: "已解决",
    TicketStatus.CONFIRMED: "已确认",
    TicketStatus.REPORTED: "已上报",
    TicketStatus.CLOSED: "已办结",
    TicketStatus.REFUSED: "未批准",
}
__all__ = ["CLOCKS", "KINDS", "SOURCES", "STATUSES", "TicketKind"]
