"""What a family reads about a visit. Who acted is told by kind, an officer's name never."""

from datetime import datetime

from shared.clock import chinese
from shared.models.visits import Visit, VisitStatus

STATES = {
    VisitStatus.REQUESTED: "待审核",
    VisitStatus.APPROVED: "已通过",
    VisitStatus.REJECTED: "未通过",
    VisitStatus.IN_PROGRESS: "会见中",
    VisitStatus.COMPLETED: "已完成",
    VisitStatus.CANCELLED: "已取消",
    VisitStatus.NO_SHOW: "未到",
    VisitStatus.TERMINATED: "已由民警结束",
    VisitStatus.EXPIRED: "未进行",
}
NEXT = {
    VisitStatus.REJECTED: "请查看原因，准备好后可以重新预约。",
    VisitStatus.IN_PROGRESS: "会见正在进行，掉线后可以重新进入。",
    VisitStatus.COMPLETED: "会见已完成，感谢您的配合。",
    VisitStatus.CANCELLED: "名额已退还，可以重新预约。",
    VisitStatus.NO_SHOW: "如有特殊情况，请联系本所说明，核实后可以免记。",
    VisitStatus.TERMINATED: "请查看原因；如有疑问，请联系本所。",
    VisitStatus.EXPIRED: "名额已退还，请重新预约。",
}
# What of the audit a family may see. Texts only: a reason stands with the visit.
EVENTS = {
    "visit.requested": "提交了会见申请",
    "visit.approved": "审核通过",
    "visit.rejected": "审核未通过",
    "visit.cancelled": "取消了会见",
    "visit.expired": "申请未能及时审核",
    "visit.called_off": "会见未能进行，不计入次数",
    "visit.reminded": "发送了会见提醒",
    "visit.resident_told": "已告知会见对象",
    "visit.flagged": "会见安排有变，等待民警处理",
    "visit.flag_lifted": "安排的变化已消除",
    "visit.flag_settled": "确认会见照常进行",
    "visit.left": "一位同行亲属退出了会见",
    "visit.started": "会见开始",
    "visit.completed": "会见结束",
    "visit.terminated": "结束了会见",
    "visit.no_show": "按未到处理",
    "visit.excused": "免记本次未到",
}
SELF, COMPANION = "您", "同行亲属"
KINDS = {"officer": "民警", "terminal": "会见室"}
SYSTEM = "系统"


def actor_of(kind: str, actor_id: str | None, reader_id: str) -> str:
    if kind == "relative":
        return SELF if actor_id == reader_id else COMPANION
    return KINDS.get(kind, SYSTEM)


def next_step(visit: Visit, *, opens_at: datetime) -> str:
    if visit.status is VisitStatus.REQUESTED:
        until = chinese(visit.held_until or visit.starts_at)
        return f"请等待民警审核，最迟{until}前会有结果，逾期自动退还名额。"
    if visit.status is VisitStatus.APPROVED:
        return f"请提前做好设备检测，{chinese(opens_at)}起可以核验人脸、进入会见室。"
    return NEXT[visit.status]
