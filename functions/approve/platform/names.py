"""Codes in the words of the people who read an export or a report."""

from shared.models.calls import CallDirection, CallResult
from shared.models.onsite import OnsiteVisitStatus
from shared.models.rooms import AlertKind, RecordingStatus
from shared.models.visits import VisitStatus
from shared.rules.quota import Channel

CHANNELS = {Channel.REMOTE: "远程会见", Channel.ONSITE: "现场会见", Channel.PHONE: "亲情电话"}
STATES = {
    VisitStatus.REQUESTED: "待审核",
    VisitStatus.APPROVED: "已通过",
    VisitStatus.REJECTED: "未通过",
    VisitStatus.IN_PROGRESS: "进行中",
    VisitStatus.COMPLETED: "已完成",
    VisitStatus.CANCELLED: "已取消",
    VisitStatus.NO_SHOW: "未到场",
    VisitStatus.TERMINATED: "被终止",
    VisitStatus.EXPIRED: "已过期",
    OnsiteVisitStatus.COMPLETED: "已完成",
    OnsiteVisitStatus.CANCELLED: "已取消",
    CallResult.ANSWERED: "已接通",
    CallResult.NO_ANSWER: "未接",
    CallResult.BUSY: "占线",
    CallResult.FAILED: "失败",
}
DIRECTIONS = {CallDirection.OUTGOING: "呼出", CallDirection.INCOMING: "呼入"}
ALERTS = {
    AlertKind.EXTRA_PERSON: "人数超出",
    AlertKind.UNKNOWN_PERSON: "陌生人员",
    AlertKind.ABSENT: "无人在场",
    AlertKind.FACE_MISMATCH: "人脸不符",
}
FILES = {
    RecordingStatus.EXPECTED: "等待文件",
    RecordingStatus.PLAYABLE: "可播放",
    RecordingStatus.LOST: "缺失",
}
FIGURES = {
    "requested": "申请",
    "completed": "完成",
    "refused": "未通过",
    "cancelled": "取消",
    "no_shows": "未到场",
    "alerts": "预警",
    "onsite": "现场会见",
    "calls": "亲情电话",
}
