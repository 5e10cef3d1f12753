"""The monthly report's sections besides tickets, read back figure by figure against bare SQL."""

from datetime import date, timedelta
from statistics import linear_regression
from typing import Any

import pytest

from benchmarks.report_services import add_services
from functions.ops_ticket.reports.month_figures import month_span
from shared.database import engine
from shared.models.places import Site
from tests.integration.test_reports import MONTH, ask, chart_values, files, make, month, tables
from tests.integration.world import World

__all__ = ["month"]  # the fixture
DEVICES = {"pc": "主机", "display": "显示器", "camera": "摄像头", "microphone": "麦克风", "speaker": "扬声器", "network": "网络"}  # fmt: skip
CLOUD = {"server": "云服务器", "database": "云数据库", "sms": "短信", "audio_video": "音视频"}
SERVICES = {"database": "数据库", "messages": "消息发送", "storage": "对象存储", "timers": "定时任务"}  # fmt: skip
STATES = {"protected": "防护正常", "infected": "发现病毒", "off": "防护关闭"}


@pytest.fixture
def told(month: World) -> Any:
    site_id = month.one(Site).id
    with engine().begin() as connection:
        add_services(connection, site_id, *month_span(MONTH))
    return files(month, make(month, "monthly", MONTH)["id"])[0]


def during(column: str) -> str:
    return f"{column} >= :since AND {column} < :until"


def local(column: str, part: str) -> str:
    """The Shanghai day or month of a moment, as a number."""
    if engine().dialect.name == "sqlite":
        return f"CAST(strftime('%{part}', {column}, '+8 hours') AS INTEGER)"
    return f"{'DAY' if part == 'd' else 'MONTH'}({column} + INTERVAL 8 HOUR)"


def words(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    """As a table shows them: sums come as decimals from one database and as integers from the other."""
    return [[one if isinstance(one, str) else str(int(one or 0)) for one in row] for row in rows]


def test_every_figure_of_the_services_is_what_the_database_says(told: Any) -> None:
    inspections, services, devices, cloud, machines, alarms, backups = tables(told)[5:]
    said = "\n".join(one.text for one in told.paragraphs)
    _check_inspections(inspections, said)
    _check_services(told, services)
    _check_devices(devices, said)
    _check_cloud(told, cloud, said)
    _check_antivirus(machines, alarms, said)
    _check_backups(told, backups, said)
    _check_person_days(told)


def _check_inspections(rows: list[list[str]], said: str) -> None:
    asked = ask(
        "SELECT i.period, i.due_on, i.done_at < :until, COUNT(*), SUM(x.result = 'ok'), SUM(x.result = 'fault'), "
        "SUM(x.result IS NULL), SUM(x.ticket_id IS NOT NULL) FROM inspection i "
        "JOIN inspection_item x ON x.inspection_id = i.id WHERE i.due_on >= '2026-11-01' AND i.due_on < '2026-12-01' "
        "AND :since < :until GROUP BY i.id, i.period, i.due_on, i.done_at ORDER BY i.due_on"
    )
    assert [row[3:] for row in rows] == words([row[3:] for row in asked])
    for row, (period, due, done, *_) in zip(rows, asked, strict=True):
        assert row[0].startswith(f"{period[:4]}年")
        assert row[1] == str(due)
        assert (row[2] == "未完成") is (not done)
    assert f"应完成巡检 {len(asked)} 次，已完成 {sum(bool(row[2]) for row in asked)} 次" in said
    assert {len({row[n] for row in rows}) for n in (4, 5, 6)} == {2}


def _check_services(document: Any, rows: list[list[str]]) -> None:
    asked = ask(
        f"SELECT service, SUM(probes), SUM(failures) FROM service_hour WHERE {during('hour')} "
        "GROUP BY service ORDER BY service"
    )
    rates = [f"{100 - float(row[2]) / float(row[1]) * 100:.2f}%" for row in asked]
    shown = [[SERVICES[row[0]], str(int(row[1])), str(int(row[2]))] for row in asked]
    assert rows == [[*row, rate] for row, rate in zip(shown, rates, strict=True)]
    assert [f"{one:.2f}%" for one in chart_values(document, "各服务可用率")] == rates
    by_day = dict(
        ask(
            f"SELECT {local('hour', 'd')} AS day, SUM(failures) FROM service_hour WHERE {during('hour')} "
            f"GROUP BY {local('hour', 'd')}"
        )
    )
    values = chart_values(document, "每日探测失败次数")
    assert values == [float(by_day.get(day, 0)) for day in range(1, 31)]
    assert len([one for one in values if one]) > 5


def _check_devices(rows: list[list[str]], said: str) -> None:
    count = dict(
        ask(
            "SELECT kind, COUNT(*) FROM device WHERE created_at < :until AND :since < :until GROUP BY kind"
        )
    )
    last = (
        "(SELECT e.kind FROM device_event e WHERE e.device_id = d.id AND e.happened_at < :until "
        "AND e.kind IN ('broken', 'repaired') ORDER BY e.happened_at DESC LIMIT 1)"
    )
    broken = dict(
        ask(
            f"SELECT d.kind, COUNT(*) FROM device d WHERE d.created_at < :until AND :since < :until AND {last} = 'broken' "
            "GROUP BY d.kind"
        )
    )
    events = {
        row[0]: row[1:]
        for row in ask(
            "SELECT d.kind, SUM(e.kind = 'broken'), SUM(e.kind = 'repaired'), SUM(e.kind = 'inspected') FROM device d "
            f"JOIN device_event e ON e.device_id = d.id WHERE d.created_at < :until AND {during('e.happened_at')} GROUP BY d.kind"
        )
    }
    wanted = [(DEVICES[k], count.get(k), broken.get(k), *events.get(k, (0, 0, 0))) for k in DEVICES]
    assert rows == words(wanted)
    assert f"登记设备 {sum(count.values())} 台，月末停用 {sum(broken.values())} 台" in said
    assert sum(broken.values()) > 2


def _check_cloud(document: Any, rows: list[list[str]], said: str) -> None:
    asked = ask(
        "SELECT s.kind, s.name, s.expires_on, s.quota, s.unit, r.used, r.balance, s.id FROM subscription s "
        "JOIN subscription_reading r ON r.subscription_id = s.id AND r.day = '2026-11-30' "
        "WHERE s.created_at < :until AND :since < :until ORDER BY s.expires_on"
    )
    assert len(rows) == len(asked) == 4
    percents = []
    for row, (kind, name, expires, quota, unit, used, balance, key) in zip(
        rows, asked, strict=True
    ):
        left = (date.fromisoformat(str(expires)) - date(2026, 11, 30)).days
        assert row[:3] == [CLOUD[kind], name, str(expires)]
        assert row[3] == (str(left) if left >= 0 else "已过期")
        assert row[4] == (f"{used:g}/{quota:g} {unit}" if quota else "—")
        assert row[5] == f"{balance / 100:.2f}"
        assert row[6] == (str(_used_up(key, quota)) if quota else "—")
        percents += [round(used / quota * 100, 1)] if quota else []
    assert chart_values(document, "各项云资源用量") == percents
    near = sum(date.fromisoformat(str(row[2])) <= date(2027, 1, 29) for row in asked)
    assert f"60 天内到期或已到期 {near} 项" in said
    assert "已过期" in [row[3] for row in rows]


def _used_up(key: str, quota: float) -> date:
    """By the straight line of the standard library through the last thirty days."""
    read = ask(
        f"SELECT day, used FROM subscription_reading WHERE subscription_id = '{key}' AND day > '2026-10-31' "
        "AND day <= '2026-11-30' AND :since < :until ORDER BY day"
    )
    first = date.fromisoformat(str(read[0][0]))
    days = [(date.fromisoformat(str(day)) - first).days for day, _ in read]
    slope, base = linear_regression(days, [used for _, used in read])
    return first + timedelta(days=int((quota - base) / slope))


def _check_antivirus(machines: list[list[str]], alarms: list[list[str]], said: str) -> None:
    by_state = dict(
        ask("SELECT state, COUNT(*) FROM antivirus_machine WHERE :since < :until GROUP BY state")
    )
    assert machines == words([(STATES[one], by_state[one]) for one in STATES])
    keys = ask(
        f"SELECT source_key FROM ticket WHERE source_key LIKE 'antivirus:%' AND {during('reported_at')}"
    )
    # The title is sealed; the made-up ones go by the number in the key.
    off = sum(int(key.removeprefix("antivirus:a")) % 3 == 0 for (key,) in keys)
    assert dict(alarms) == {"发现病毒": str(off), "防护已关闭": str(len(keys) - off)}
    assert f"本月防护异常告警 {len(keys)} 件" in said
    assert f"登记机器 {sum(by_state.values())} 台" in said


def _check_backups(document: Any, rows: list[list[str]], said: str) -> None:
    month = "day >= '2026-11-01' AND day < '2026-12-01' AND :since < :until"
    asked = {
        row[0]: row[1:]
        for row in ask(
            "SELECT kind, SUM(state IN ('done', 'deleted')), SUM(state = 'failed'), SUM(proven_at IS NOT NULL), "
            f"SUM(bytes_written) FROM backup WHERE {month} GROUP BY kind"
        )
    }
    wanted = [("全量", *asked["full"]), ("增量", *asked["incremental"])]
    assert [row[:4] for row in rows] == words([row[:4] for row in wanted])
    assert [row[4] for row in rows] == [f"{float(row[4]) / 1048576:.1f}" for row in wanted]
    made, proven = (sum(int(row[n]) for row in wanted) for n in (1, 3))
    assert f"本月完成备份 {made} 份，其中 {proven} 份" in said
    assert "没有备份的日期：11-10、11-17。" in said
    sizes = {
        int(str(day)[8:10]): size
        for day, size in ask(f"SELECT day, bytes_written FROM backup WHERE {month}")
    }
    assert chart_values(document, "每日备份写入量") == [
        round(float(sizes.get(day) or 0) / 1048576, 1) for day in range(1, 31)
    ]


def _check_person_days(document: Any) -> None:
    by_month = dict(
        ask(
            f"SELECT {local('made_at', 'm')} AS month, SUM(amount) FROM person_day_entry "
            f"WHERE made_at < :until AND :since < :until GROUP BY {local('made_at', 'm')}"
        )
    )
    values = chart_values(document, "本年度各月工作量")
    assert values == [float(by_month.get(one, 0)) / 100 for one in range(1, 12)]
    assert values[-1] > 1


def test_the_same_services_give_the_same_bytes_later(month: World) -> None:
    """What happens after the month's end changes nothing in it."""
    site_id = month.one(Site).id
    with engine().begin() as connection:
        add_services(connection, site_id, *month_span(MONTH))
    first = make(month, "monthly", MONTH)
    month.clock.forward(days=3)
    for job in ("probe-services", "back-up", "plan-inspections"):
        month.timer("ops_ticket", job)
    assert make(month, "monthly", MONTH) == first
