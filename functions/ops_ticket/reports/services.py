"""The monthly report's sections besides tickets, each a few sentences, a table, and a chart where one helps."""

from typing import Any

from functions.ops_ticket.reports.inspection import availability
from functions.ops_ticket.reports.month_figures import Month
from functions.ops_ticket.reports.names import ANTIVIRUS, BACKUPS, DEVICES, SUBSCRIPTIONS
from functions.ops_ticket.reports.service_figures import Services, SubscriptionLine
from shared.clock import in_shanghai
from shared.documents import word
from shared.documents.charts import bar_chart
from shared.models.inspections import CheckResult
from shared.models.registers import AntivirusState, DeviceEventKind

MB = 1024 * 1024


def write(made: Any, month: Month, found: Services) -> None:
    _inspections(made, month, found)
    _availability(made, found)
    _devices(made, found)
    _subscriptions(made, found)
    _antivirus(made, found)
    _backups(made, found)
    _person_days(made, month)


def _inspections(made: Any, month: Month, found: Services) -> None:
    made.add_heading("四、巡检", level=1)
    if not found.inspections:
        word.paragraphs(made, "本月没有应完成的巡检。")
        return
    done = [
        one.done_at is not None and one.done_at < month.until for one, _, _ in found.inspections
    ]
    word.paragraphs(
        made,
        f"本月应完成巡检 {len(done)} 次，已完成 {sum(done)} 次，检查明细见各次巡检报告。",
    )
    rows = [
        (
            one.name,
            one.due_on,
            f"{in_shanghai(one.done_at):%m-%d %H:%M}" if over and one.done_at else "未完成",
            results.total(),
            results[CheckResult.OK],
            results[CheckResult.FAULT],
            results[None],
            tickets,
        )
        for over, (one, results, tickets) in zip(done, found.inspections, strict=True)
    ]
    head = ("巡检", "应完成", "完成时间", "检查项", "正常", "异常", "未检查", "工单")
    word.table(made, head, rows, (3, 2.4, 2.6, 1.6, 1.6, 1.6, 1.6, 1.6))


def _availability(made: Any, found: Services) -> None:
    made.add_heading("五、服务可用性", level=1)
    availability(made, found.services)
    if sum(found.failures.values()):
        days = {str(day.day): count for day, count in found.failures.items()}
        title = "每日探测失败次数（各服务合计，按日期）"
        bar_chart(made, title, list(days), {"失败": list(days.values())}, height_cm=5)


def _devices(made: Any, found: Services) -> None:
    made.add_heading("六、设备", level=1)
    lines = found.devices.values()
    word.paragraphs(
        made,
        f"登记设备 {sum(one.count for one in lines)} 台，月末停用 {sum(one.broken for one in lines)} 台。"
        "停用以运维登记为准，停用设备所在的会见位不接受预约。",
    )
    happened = (DeviceEventKind.BROKEN, DeviceEventKind.REPAIRED, DeviceEventKind.INSPECTED)
    rows = [
        (DEVICES[kind], one.count, one.broken, *(one.happened[what] for what in happened))
        for kind, one in found.devices.items()
    ]
    word.table(made, ("设备", "台数", "月末停用", "本月报障", "本月修复", "本月巡检"), rows)


def _subscriptions(made: Any, found: Services) -> None:
    made.add_heading("七、云资源", level=1)
    if not found.subscriptions:
        word.paragraphs(made, "没有登记云资源。")
        return
    near = sum(one.days_left <= 60 for one in found.subscriptions)
    word.paragraphs(
        made,
        f"登记云资源 {len(found.subscriptions)} 项，60 天内到期或已到期 {near} 项。"
        "用量和余额取截至月末最近一次读数，预计用完日按近 30 天的用量推算。",
    )
    rows = [_subscription(one) for one in found.subscriptions]
    head = ("类别", "名称", "到期日", "剩余天数", "已用/总量", "余额（元）", "预计用完")
    word.table(made, head, rows, (1.9, 3, 2.1, 1.8, 3.2, 1.9, 2.1))
    parts = {one.one.name: one.percent for one in found.subscriptions if one.percent is not None}
    if parts:
        used = {"已用": list(parts.values())}
        bar_chart(made, "各项云资源用量（%）", list(parts), used, height_cm=5.5)


def _subscription(line: SubscriptionLine) -> tuple[object, ...]:
    one = line.one
    used = "—" if line.used is None else f"{line.used:g}"
    return (
        SUBSCRIPTIONS[one.kind],
        one.name,
        one.expires_on,
        line.days_left if line.days_left >= 0 else "已过期",
        f"{used}/{one.quota:g} {one.unit or ''}".strip() if one.quota else "—",
        "—" if line.balance is None else f"{line.balance / 100:.2f}",
        line.used_up_on or "—",
    )


def _antivirus(made: Any, found: Services) -> None:
    made.add_heading("八、病毒防护", level=1)
    machines, alarms = found.machines, sum(found.threats.values())
    word.paragraphs(
        made,
        f"登记机器 {sum(machines.values())} 台（按最近一次上报：防护正常 {machines[AntivirusState.PROTECTED]} 台，"
        f"发现病毒 {machines[AntivirusState.INFECTED]} 台，防护关闭 {machines[AntivirusState.OFF]} 台），"
        f"本月防护异常告警 {alarms} 件。",
    )
    rows = [(ANTIVIRUS[state], count) for state, count in machines.items()]
    word.table(made, ("防护状态", "机器"), rows)
    if found.threats:
        rows = [(title.partition("：")[2] or title, n) for title, n in found.threats.items()]
        word.table(made, ("本月告警", "件数"), rows)


def _backups(made: Any, found: Services) -> None:
    made.add_heading("九、备份与恢复演练", level=1)
    lines = found.backups.values()
    done, proven = sum(one.made for one in lines), sum(one.proven for one in lines)
    days = "、".join(f"{day:%m-%d}" for day in found.unsaved)
    word.paragraphs(
        made,
        f"本月完成备份 {done} 份，其中 {proven} 份经恢复演练逐行核对一致。"
        + (f"没有备份的日期：{days}。" if days else "每天都有备份。" if done else "本月没有备份。"),
    )
    rows = [
        (BACKUPS[kind], one.made, one.failed, one.proven, f"{one.size / MB:.1f}")
        for kind, one in found.backups.items()
    ]
    word.table(made, ("备份", "完成", "失败", "演练通过", "写入量（MB）"), rows)
    if done:
        sizes = {str(day.day): round(size / MB, 1) for day, size in found.sizes.items()}
        title = "每日备份写入量（MB，按日期）"
        bar_chart(made, title, list(sizes), {"写入量": list(sizes.values())}, height_cm=5)


def _person_days(made: Any, month: Month) -> None:
    made.add_heading("十、小改动工作量", level=1)
    used, allowed = month.person_days["used"], month.person_days["allowed"]
    word.paragraphs(
        made,
        f"本年度合同工作量 {allowed / 100:.2f} 人日，截至月末已批准和使用 {used / 100:.2f} 人日，"
        f"其中本月 {month.person_days['in_month'] / 100:.2f} 人日，剩余 {(allowed - used) / 100:.2f} 人日。",
    )
    months = {f"{number} 月": amount / 100 for number, amount in month.days_by_month.items()}
    bar_chart(
        made, "本年度各月工作量（人日）", list(months), {"人日": list(months.values())}, height_cm=5
    )
