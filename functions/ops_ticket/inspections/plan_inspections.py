"""Timer, daily: this month's and this quarter's inspection of each site, with the checklist of the day; and reminders."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared import messages
from shared.batches import all_of, each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.inspections import Inspection, InspectionItem, InspectionKind
from shared.models.officers import Role
from shared.models.places import Device, DeviceKind, Site, Terminal

REMIND_DAYS = 3
DEVICES = {
    DeviceKind.PC: "主机：开机、温度、磁盘空间",
    DeviceKind.DISPLAY: "显示器：显示清晰、无坏点",
    DeviceKind.CAMERA: "摄像头：画面清晰、角度正确",
    DeviceKind.MICROPHONE: "麦克风：收音清晰、无杂音",
    DeviceKind.SPEAKER: "扬声器：音量合适、无破音",
    DeviceKind.NETWORK: "网络：指示灯正常、测速达标",
}
# [2][5.2][6]: what is looked at beside the devices.
MONTHLY = (
    "会见室网络：有线连接、上行不低于 4 Mbps",
    "应用服务：登录、预约、会见、录像回放各试一次",
    "病毒防护：各机器病毒库在 7 天内更新",
    "数据备份：每日增量、每周全量均成功",
    "日志与时钟：日志正常写入，各机器时间误差不超过 1 秒",
    "存储空间：录像与数据库剩余空间足够三个月",
)
QUARTERLY = (
    *MONTHLY,
    "备份恢复演练：抽取一份备份恢复并核对",
    "账号与权限：离岗人员账号已停用，三员分立",
    "数据库优化：慢查询、缺失和多余的索引",
    "应急预案：通讯录、值班表、备品备件核对",
)


def plan_inspections() -> int:
    """How many were planned and reminded of."""
    return all_of(_plan_all, lambda: each(_unfinished(), lambda one: _remind(inspection_id=one)))


def _plan_all() -> int:
    today = in_shanghai(now()).date()
    wanted = [(site_id, kind) for site_id in _sites() for kind in InspectionKind]
    return each(wanted, lambda one: plan(site_id=one[0], kind=one[1], day=today))


def period_of(kind: InspectionKind, day: date) -> tuple[str, date]:
    """The period that `day` lies in, and when its inspection should be done."""
    if kind is InspectionKind.MONTHLY:
        return f"{day:%Y-%m}", day.replace(day=25)
    quarter = (day.month + 2) // 3
    return f"{day.year}-Q{quarter}", date(day.year, quarter * 3, 20)


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id).order_by(Site.id)))


@in_transaction
def plan(session: Session, *, site_id: str, kind: InspectionKind, day: date) -> bool:
    """Of the period that `day` lies in. False when it is planned already."""
    period, due_on = period_of(kind, day)
    known = select(Inspection.id).where(
        Inspection.site_id == site_id, Inspection.kind == kind, Inspection.period == period
    )
    if session.scalar(known) is not None:
        return False
    made = Inspection(site_id=site_id, kind=kind, period=period, due_on=due_on)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # another instance planned it meanwhile
        return False
    session.add_all(_items(session, made))
    return True


def _items(session: Session, made: Inspection) -> list[InspectionItem]:
    rows = session.execute(
        select(Device, Terminal.name)
        .outerjoin(Terminal, Terminal.id == Device.terminal_id)
        .where(Device.site_id == made.site_id)
        .order_by(Terminal.name, Device.kind, Device.id)
    )
    lines = [
        (device.id, f"{terminal or device.name or '全所'} {DEVICES[device.kind]}")
        for device, terminal in rows
    ]
    fixed = MONTHLY if made.kind is InspectionKind.MONTHLY else QUARTERLY
    lines += [(None, what) for what in fixed]
    return [
        InspectionItem(inspection_id=made.id, position=n, device_id=device_id, what=what[:200])
        for n, (device_id, what) in enumerate(lines)
    ]


@in_transaction
def _unfinished(session: Session) -> list[str]:
    """From three days before they are due."""
    near = Inspection.due_on <= in_shanghai(now()).date() + timedelta(days=REMIND_DAYS)
    return list(session.scalars(select(Inspection.id).where(Inspection.done_at.is_(None), near)))


@in_transaction
def _remind(session: Session, *, inspection_id: str) -> None:
    """Once a day."""
    one, today = session.get_one(Inspection, inspection_id), in_shanghai(now()).date()
    left = (one.due_on - today).days
    said = f"还有 {left} 天到期" if left > 0 else "今天到期" if left == 0 else f"已逾期 {-left} 天"
    messages.tell_staff(
        session,
        site_id=one.site_id,
        roles=[Role.OPS_ENGINEER, Role.OPS_LEAD],
        text=f"【巡检提醒】{one.name}{said}，请登录后在“巡检”中完成。",
        dedupe_key=f"inspection:{one.id}:{today}",
    )
