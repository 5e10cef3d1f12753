"""The words of the reports."""

from shared.models.backups import BackupKind
from shared.models.places import DeviceKind
from shared.models.registers import AntivirusState, SubscriptionKind
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
DEVICES = {
    DeviceKind.PC: "主机",
    DeviceKind.DISPLAY: "显示器",
    DeviceKind.CAMERA: "摄像头",
    DeviceKind.MICROPHONE: "麦克风",
    DeviceKind.SPEAKER: "扬声器",
    DeviceKind.NETWORK: "网络",
}
SUBSCRIPTIONS = {
    SubscriptionKind.SERVER: "云服务器",
    SubscriptionKind.DATABASE: "云数据库",
    SubscriptionKind.LOAD_BALANCER: "负载均衡",
    SubscriptionKind.NETWORK: "私有网络",
    SubscriptionKind.IM: "即时通讯",
    SubscriptionKind.AUDIO_VIDEO: "音视频",
    SubscriptionKind.SMS: "短信",
    SubscriptionKind.DATABASE_STEWARD: "数据库管家",
}
ANTIVIRUS = {
    AntivirusState.PROTECTED: "防护正常",
    AntivirusState.INFECTED: "发现病毒",
    AntivirusState.OFF: "防护关闭",
}
BACKUPS = {BackupKind.FULL: "全量", BackupKind.INCREMENTAL: "增量"}
__all__ = [
    "ANTIVIRUS",
    "BACKUPS",
    "CLOCKS",
    "DEVICES",
    "KINDS",
    "SOURCES",
    "STATUSES",
    "SUBSCRIPTIONS",
    "TicketKind",
]
