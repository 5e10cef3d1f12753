"""A centre's operations as they stand on a working day: registers, inspections, cases, changes, reports. All made up.

Entered through the use cases themselves, so that logs, clocks and histories are as they would be.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.act_on_ticket import Given, act_on_ticket
from functions.ops_ticket.duty.set_shift import set_shift
from functions.ops_ticket.inspections.check_items import Check, check_item, finish_inspection
from functions.ops_ticket.inspections.plan_inspections import plan, plan_inspections
from functions.ops_ticket.inspections.show_inspections import list_inspections, show_inspection
from functions.ops_ticket.knowledge.review_case import Texts, review_case
from functions.ops_ticket.knowledge.show_cases import list_cases
from functions.ops_ticket.registers import antivirus, devices, subscriptions, trainings
from functions.ops_ticket.registers.devices import NewDevice
from functions.ops_ticket.registers.subscriptions import Given as Paid
from functions.ops_ticket.report_problem import report_ticket
from functions.ops_ticket.reports.make_report import make_report
from local.sample_people import OFFICERS, SITE
from shared.actors import SYSTEM, Actor
from shared.clock import SHANGHAI, in_shanghai, now
from shared.database import in_transaction
from shared.models.inspections import CheckResult, Inspection, InspectionKind
from shared.models.officers import Officer
from shared.models.places import DeviceKind, DeviceStatus, Site, Terminal
from shared.models.registers import (
    AntivirusState,
    Subscription,
    SubscriptionKind,
    SubscriptionReading,
)
from shared.models.reports import CaseStatus, ReportKind
from shared.models.tickets import Severity, TicketKind
from shared.rules.sla_policy import Level
from shared.tickets import Report

DEVICES = {
    DeviceKind.PC: "会见主机", DeviceKind.CAMERA: "高清摄像头", DeviceKind.MICROPHONE: "全向麦克风",
}  # fmt: skip
# Kind, name, fee in cents, days left, unit, quota, use of the last days.
PAID: tuple[tuple[SubscriptionKind, str, int, int, str | None, float | None, tuple[float, ...]], ...] = (
    (SubscriptionKind.SERVER, "云函数资源包", 480_000, 203, "万 GBs", 400, (118, 118.5, 119)),
    (SubscriptionKind.DATABASE, "云数据库（主备）", 1_260_000, 203, "GB", 500, (211, 211.4, 211.8)),
    (SubscriptionKind.AUDIO_VIDEO, "实时音视频分钟数", 960_000, 41, "万分钟", 120, (80, 83, 86)),
    (SubscriptionKind.SMS, "短信套餐包", 45_000, 12, "条", 20_000, (17_020, 17_250, 17_480)),
)  # fmt: skip
INCIDENTS = (
    ("2 号会见位没有声音", "家属听不到会见室的声音，画面正常。", "麦克风接线松动", "重新插紧接线并固定，复测收音", "每次巡检检查接线，线缆加固定夹"),
    ("家属进入会见室后画面卡顿", "上午多名家属反映画面卡顿，声音断续。", "会见室上行带宽被文件备份占用", "暂停备份任务，会见时段限制备份带宽", "备份改在每天 22 点以后进行"),
    ("录像回放打不开", "档案页点开录像后提示没能打开。", "存储桶的跨域设置被误改", "恢复跨域设置并重新验证回放", "存储桶设置纳入每月巡检核对"),
)  # fmt: skip
# Who has which shift, from how many days ahead on, and for how many.
SHIFTS = (
    (Level.ENGINEER, "qian", 1, 2), (Level.ENGINEER, "he", 3, 1), (Level.ENGINEER, "qian", 4, 3), (Level.LEAD, "li", 1, 7),
)  # fmt: skip
CHANGES = (("预约页增加交通提示", 50, True), ("统计页增加按周导出", 80, False))


def prepare() -> None:
    """Once; afterwards it is found again."""
    if _known():
        return
    who = {one.username: _actor(username=one.username) for one in OFFICERS}
    _registers(who["qian"])
    _roster(who)
    plan_inspections()
    reported = [(ReportKind.INCIDENT, _incident(who, *incident)) for incident in INCIDENTS]
    shown = list_cases(actor=who["li"], status=CaseStatus.DRAFT)[1:]
    for case in shown:
        texts = Texts(**{name: case[name] for name in Texts.__dataclass_fields__})
        review_case(actor=who["li"], case_id=case["id"], texts=texts, status=CaseStatus.SHOWN)
    for title, days, done in CHANGES:
        _change(who, title, days, done)
    before = in_shanghai(now()).date().replace(day=1) - timedelta(days=1)
    reported += [
        (ReportKind.INSPECTION, _inspected(who["qian"], before)),
        (ReportKind.MONTHLY, f"{before:%Y-%m}"),
    ]
    for kind, subject in reported:
        make_report(actor=SYSTEM, site_id=who["li"].site_id or "", kind=kind, subject=subject)


@in_transaction
def _known(session: Session) -> bool:
    return session.scalar(select(Subscription.id).limit(1)) is not None


@in_transaction
def _actor(session: Session, *, username: str) -> Actor:
    found = session.scalars(select(Officer).where(Officer.username == username)).one()
    roles = next(one.roles for one in OFFICERS if one.username == username)
    return Actor("officer", found.id, found.site_id, frozenset(roles))


@in_transaction
def _terminals(session: Session) -> list[tuple[str, str]]:
    mine = select(Terminal).join(Site, Site.id == Terminal.site_id).where(Site.name == SITE)
    found = session.scalars(mine.order_by(Terminal.name).limit(2))
    return [(one.id, one.name[:1]) for one in found]


def _registers(keeper: Actor) -> None:
    today = in_shanghai(now()).date()
    for terminal_id, number in _terminals():
        for device_kind, name in DEVICES.items():
            serial = f"SN-{number}0{device_kind.value[:3].upper()}"
            given = NewDevice(device_kind, name, serial, terminal_id)
            device = devices.register_device(actor=keeper, given=given)
    broken = DeviceStatus.BROKEN
    devices.set_status(
        actor=keeper, device_id=device["id"], status=broken, note="收音有杂音，已报修"
    )
    for kind, name, fee, left, unit, quota, used in PAID:
        paid = Paid(
            kind, name, "运维单位", fee, today - timedelta(days=160),
            today + timedelta(days=left), unit, quota,
        )  # fmt: skip
        made = subscriptions.store_subscription(actor=keeper, given=paid)
        _readings(subscription_id=made["id"], used=used)
    machines = [
        antivirus.Said(f"PC-{n:02d}", AntivirusState.PROTECTED, 0, today - timedelta(days=n % 3))
        for n in range(1, 6)
    ]
    antivirus.take_states(system=keeper, said=machines)
    done = trainings.plan_training(
        actor=keeper, topic="值守页使用与预警处置", place="一楼会议室",
        planned_on=today - timedelta(days=20),
    )  # fmt: skip
    record = "讲解值守页、预警处置和应急联系方式，现场练习并答疑。"
    trainings.record_training(actor=keeper, training_id=done.id, people=18, record=record)
    trainings.plan_training(
        actor=keeper,
        topic="新任民警操作培训",
        place="会见中心",
        planned_on=today + timedelta(days=9),
    )


def _roster(who: dict[str, Actor]) -> None:
    """Whoever has a shift is called; until tomorrow morning nobody has one, and all of a level are."""
    today = in_shanghai(now()).replace(hour=8, minute=0, second=0, microsecond=0)
    for level, username, after, days in SHIFTS:
        begins = today + timedelta(days=after)
        set_shift(
            actor=who["li"], level=level, officer_id=who[username].id,
            starts_at=begins, ends_at=begins + timedelta(days=days),
        )  # fmt: skip


@in_transaction
def _readings(session: Session, *, subscription_id: str, used: tuple[float, ...]) -> None:
    today = in_shanghai(now()).date()
    session.add_all(
        SubscriptionReading(
            subscription_id=subscription_id, day=today - timedelta(days=len(used) - 1 - n),
            used=one, balance=1_286_400,
        )
        for n, one in enumerate(used)
    )  # fmt: skip


def _inspected(keeper: Actor, day: date) -> str:
    """The id of the inspection of the month of `day`, done two days before it was due, all well."""
    assert keeper.site_id is not None
    plan(site_id=keeper.site_id, kind=InspectionKind.MONTHLY, day=day)
    due = next(one for one in list_inspections(actor=keeper) if one["period"] == f"{day:%Y-%m}")
    inspection_id: str = due["id"]
    for item in show_inspection(actor=keeper, inspection_id=inspection_id)["items"]:
        check = Check(CheckResult.OK)
        check_item(actor=keeper, inspection_id=inspection_id, item_id=item["id"], check=check)
    finish_inspection(actor=keeper, inspection_id=inspection_id)
    _date_back(inspection_id)
    return inspection_id


@in_transaction
def _date_back(session: Session, inspection_id: str) -> None:
    found = session.get_one(Inspection, inspection_id)
    found.done_at = datetime.combine(found.due_on - timedelta(days=2), time(10, 20), SHANGHAI)


def _incident(
    who: dict[str, Actor], title: str, text: str, cause: str, method: str, prevention: str
) -> str:
    ticket = report_ticket(
        actor=who["qian"], report=Report(TicketKind.INCIDENT, Severity.III, title, text)
    )
    closing = Given(cause=cause, method=method, prevention=prevention)
    steps: tuple[tuple[str, str, Given], ...] = (
        ("qian", "acknowledge", Given()),
        ("qian", "resolve", Given(method=method)),
        ("sun", "confirm", Given()),
        ("qian", "submit_report", Given(cause=cause, method=method, loss="无")),
        ("li", "approve_report", Given()),
        ("qian", "close", closing),
    )
    _act(who, ticket["id"], steps)
    return str(ticket["id"])


def _change(who: dict[str, Actor], title: str, days: int, done: bool) -> None:
    ticket = report_ticket(
        actor=who["wang"],
        report=Report(TicketKind.CHANGE, Severity.IV, title, "便于家属和民警使用。"),
    )
    estimate = Given(days=days, text="改一个页面，含测试")
    steps: list[tuple[str, str, Given]] = [
        ("qian", "acknowledge", Given()),
        ("qian", "estimate", estimate),
        ("sun", "sign_off", Given()),
    ]
    if done:
        steps.append(("qian", "complete", Given(days=days, text="已上线并验证")))
    _act(who, ticket["id"], steps)


def _act(who: dict[str, Actor], ticket_id: str, steps: Any) -> None:
    for username, name, given in steps:
        act_on_ticket(actor=who[username], ticket_id=ticket_id, name=name, given=given)
