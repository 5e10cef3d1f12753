"""The monthly report read back, figure by figure, against bare SQL; versions, annexes, and who is told."""

import io
from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from sqlalchemy import text

from benchmarks.report_data import add_month
from functions.ops_ticket.reports.make_report import BUILDERS, Files
from functions.ops_ticket.reports.month_figures import month_span
from local.sample_people import LIN
from shared.clock import SHANGHAI
from shared.database import engine
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.reports import OpsReport, ReportKind
from shared.models.tickets import Ticket
from tests.integration.problems import assert_problem
from tests.integration.test_tickets import act, report, walk
from tests.integration.world import World

MONTH = "2026-11"
KINDS = {"incident": "故障", "defect": "系统缺陷", "consult": "咨询", "change": "小改动"}
SOURCES = {"inspection": "巡检发现", "alarm": "系统告警", "person": "人员反映"}
CLOCKS = {
    "response": "响应", "plan": "处理方案", "resolution": "解决", "contingency": "应急方案", "report": "故障处理报告",
}  # fmt: skip


@pytest.fixture
def month(world: World) -> World:
    site_id = world.one(Site).id
    with engine().begin() as connection:
        add_month(connection, site_id, *month_span(MONTH), 300)
    return world


def make(world: World, kind: str, subject: str) -> dict[str, Any]:
    body = {"kind": kind, "subject": subject}
    answer = world.post("/ops/v1/reports", body, token=world.officer("li"))
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def files(world: World, report_id: str) -> tuple[Any, Any]:
    from docx import Document
    from openpyxl import load_workbook

    links = world.post(f"/ops/v1/reports/{report_id}/links", token=world.officer("sun")).json
    docx, xlsx = (
        links[name] and requests.get(links[name], timeout=30).content
        for name in ("docx_url", "xlsx_url")
    )
    return Document(io.BytesIO(docx)), xlsx and load_workbook(io.BytesIO(xlsx))


def tables(document: Any) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in one.rows[1:]] for one in document.tables]


def ask(sql: str) -> list[tuple[Any, ...]]:
    since, until = (moment.astimezone(tz=None) for moment in month_span(MONTH))
    span = {"since": "2026-10-31 16:00:00", "until": "2026-11-30 16:00:00"}
    assert (until - since).days == 30
    with engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), span)]


ENDED = "closed_at < :until AND closed_at >= :since"
RUNNING = "closed_at IS NULL OR closed_at >= :until"
COUNTS = (
    "SUM(reported_at >= :since AND reported_at < :until), "
    f"SUM(reported_at < :until AND {ENDED}), SUM(reported_at < :until AND ({RUNNING}))"
)
NEW = "t.reported_at >= :since AND t.reported_at < :until"


def test_every_figure_of_the_month_is_what_the_database_says(month: World) -> None:
    document, book = files(month, make(month, "monthly", MONTH)["id"])
    kinds, grades, sources, clocks, cases = tables(document)[:5]
    counted = {row[0]: row[1:] for row in ask(f"SELECT kind, {COUNTS} FROM ticket GROUP BY kind")}
    assert kinds[:-1] == [[KINDS[k], *map(str, map(int, counted[k]))] for k in KINDS]
    assert kinds[-1][1:] == [str(sum(int(row[n]) for row in counted.values())) for n in range(3)]

    by_grade = ask(
        f"SELECT severity, {COUNTS} FROM ticket WHERE kind = 'incident' GROUP BY severity"
    )
    assert [row[1:4] for row in grades] == [
        [*map(str, map(int, row[1:]))] for row in sorted(by_grade)
    ]
    seconds = (
        "(julianday(c.answered_at) - julianday(c.started_at)) * 86400"
        if engine().dialect.name == "sqlite"
        else "TIMESTAMPDIFF(MICROSECOND, c.started_at, c.answered_at) / 1000000"
    )
    mean = ask(
        f"SELECT t.severity, AVG({seconds}) / 3600 FROM ticket t JOIN ticket_clock c ON c.ticket_id = t.id "
        f"WHERE {NEW} AND t.kind = 'incident' AND c.name = 'resolution' AND c.answered_at < :until GROUP BY t.severity"
    )
    assert [row[4] for row in grades] == [f"{value:.1f}" for _, value in sorted(mean)]

    by_source = dict(ask(f"SELECT source, COUNT(*) FROM ticket t WHERE {NEW} GROUP BY source"))
    assert sources == [[SOURCES[one], str(by_source[one])] for one in SOURCES]

    kept = "c.due_at IS NOT NULL AND c.answered_at < :until AND c.answered_at <= c.due_at"
    late = "c.due_at IS NOT NULL AND CASE WHEN c.answered_at < :until THEN c.answered_at > c.due_at ELSE c.due_at < :until END"
    by_clock = ask(
        f"SELECT c.name, SUM({kept}), SUM({late}), COUNT(*) FROM ticket t "
        f"JOIN ticket_clock c ON c.ticket_id = t.id WHERE {NEW} GROUP BY c.name"
    )
    told = {row[0]: [int(row[1] or 0), int(row[2] or 0), int(row[3])] for row in by_clock}
    for name, row in zip(CLOCKS, clocks, strict=True):
        good, bad, every = told.get(name, [0, 0, 0])
        rate = f"{good / (good + bad) * 100:.1f}%" if good + bad else "—"
        assert row == [CLOCKS[name], str(good), str(bad), str(every - good - bad), rate]

    said = "\n".join(one.text for one in document.paragraphs)
    used = ask("SELECT SUM(amount) FROM person_day_entry WHERE made_at < :until")[0][0]
    of_month = ask(
        "SELECT SUM(amount) FROM person_day_entry WHERE made_at < :until AND made_at >= :since"
    )[0][0]
    assert f"使用 {used / 100:.2f} 人日，其中本月 {of_month / 100:.2f} 人日" in said
    shown = ask(
        "SELECT COUNT(*) FROM knowledge_case k JOIN ticket t ON t.id = k.ticket_id WHERE k.status = 'shown' "
        f"AND k.made_at >= :since AND k.made_at < :until AND (t.severity IN ('I', 'II') OR ({NEW} AND EXISTS "
        f"(SELECT 1 FROM ticket_clock c WHERE c.ticket_id = t.id AND {late})))"
    )
    assert len(cases) == min(shown[0][0], 30) > 5

    days = chart_values(document, "每日新报")
    by_day = ask(
        f"SELECT {local_day()} AS day, COUNT(*) FROM ticket t WHERE {NEW} GROUP BY {local_day()} ORDER BY day"
    )
    assert [one for one in days if one] == [float(count) for _, count in by_day]
    assert len(days) == 30
    rows = list(book["工单清单"].iter_rows(min_row=4, values_only=True))
    touching = ask(
        "SELECT COUNT(*) FROM ticket WHERE reported_at < :until AND (closed_at IS NULL OR closed_at >= :since)"
    )
    assert len(rows) == touching[0][0]


def local_day() -> str:
    sqlite = engine().dialect.name == "sqlite"
    return "date(t.reported_at, '+8 hours')" if sqlite else "DATE(t.reported_at + INTERVAL 8 HOUR)"


def chart_values(document: Any, title: str) -> list[float]:
    from lxml import etree

    name = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    charts = [
        etree.fromstring(part.blob)
        for part in document.part.package.iter_parts()
        if "/charts/" in str(part.partname)
    ]
    chart = next(one for one in charts if title in "".join(one.itertext()))
    return [float(one.text) for one in chart.findall(".//c:val//c:v", name)]


def test_the_same_data_give_the_same_bytes_and_other_data_a_new_version(month: World) -> None:
    first = make(month, "monthly", MONTH)
    month.clock.forward(hours=30)
    assert make(month, "monthly", MONTH) == first
    with engine().begin() as connection:
        connection.execute(text("UPDATE ticket SET severity = 'I' WHERE severity = 'II'"))
    second = make(month, "monthly", MONTH)
    assert (second["digest"] != first["digest"], len(month.rows(OpsReport))) == (True, 2)
    told = [row.body for row in month.rows(Outbox, kind="wecom") if "运维报告" in row.body]
    assert len(told) == 2
    assert "#/reports/" in told[0]
    files(month, first["id"])
    assert [one.actor_id for one in month.rows(AuditEvent, action="ops_report.read")]


def test_the_timer_makes_each_due_report_once(month: World) -> None:
    month.add(Site(id="0" * 26, name="新所", rules={}, created_at=month.clock.now()))
    for site in month.rows(Site):
        with engine().begin() as connection:
            connection.execute(
                text("UPDATE site SET created_at = '2026-10-01' WHERE id = :id AND name <> '新所'"),
                {"id": site.id},
            )
    for _ in range(2):
        month.timer("ops_ticket", "make-reports")
    assert [(one.kind.value, one.subject) for one in month.rows(OpsReport)] == [("monthly", MONTH)]


def test_reports_that_fail_keep_no_other_waiting_and_are_told_once(
    month: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = datetime(2026, 10, 1, tzinfo=timezone.utc)
    for number in range(6):
        month.add(Site(id=f"{number:026}", name=f"示例所{number}", rules={}, created_at=early))
    with engine().begin() as connection:
        connection.execute(text("UPDATE site SET created_at = '2026-10-01'"))
    whole = BUILDERS[ReportKind.MONTHLY]

    def monthly(site_id: str, subject: str) -> Files:
        if site_id.startswith("0" * 20):
            raise KeyError(subject)
        return whole(site_id, subject)

    monkeypatch.setitem(BUILDERS, ReportKind.MONTHLY, monthly)
    for _ in range(2):
        with pytest.raises(KeyError):
            month.timer("ops_ticket", "make-reports")
    assert [one.subject for one in month.rows(OpsReport)] == [MONTH]
    told = [one.site_id for one in month.rows(Ticket) if one.title == "有运维报告没有生成"]
    assert sorted(told) == [f"{number:026}" for number in range(6)]


def test_a_report_made_too_early_is_made_again_when_all_is_told(world: World) -> None:
    early = make(world, "monthly", "2026-12")
    said = "\n".join(one.text for one in files(world, early["id"])[0].paragraphs)
    assert "本月尚未结束" in said
    with engine().begin() as connection:
        connection.execute(text("UPDATE site SET created_at = '2026-10-01'"))
    world.clock.move_to(datetime(2027, 1, 1, 1, 0, tzinfo=SHANGHAI))
    for _ in range(3):
        world.timer("ops_ticket", "make-reports")
    made = [one for one in world.rows(OpsReport) if one.subject == "2026-12"]
    assert len(made) == 2
    last = max(made, key=lambda one: one.made_at)
    said = "\n".join(one.text for one in files(world, last.id)[0].paragraphs)
    assert "本月尚未结束" not in said


def test_an_incident_report_needs_an_approved_one_and_names_nobody(world: World) -> None:
    ticket_id = report(world, "incident")
    body = {"kind": "incident", "subject": ticket_id}
    refused = world.post("/ops/v1/reports", body, token=world.officer("li"))
    assert_problem(refused, 422, "report_incident")
    told = {
        "cause": f"{LIN.name}（{LIN.id_number}）的手机过旧",
        "method": f"已致电 {LIN.phone} 说明",
        "loss": "一场会见推迟",
    }
    walk(
        world, ticket_id, ("acknowledge", "qian", {}), ("resolve", "qian", {"method": "说明"}), ("confirm", "sun", {}),
        ("submit_report", "qian", told), ("approve_report", "li", {}),
        ("close", "qian", {"cause": told["cause"], "method": told["method"], "prevention": "登记时提示机型"}),
    )  # fmt: skip
    world.timer("ops_ticket", "make-reports")
    made = [one for one in world.rows(OpsReport) if one.subject == ticket_id]
    document, annex = files(world, made[0].id)
    said = "\n".join(one.text for one in document.paragraphs)
    assert annex is None
    assert "的手机过旧" in said
    assert "一场会见推迟" in said
    assert not any(one in said for one in (LIN.name, LIN.id_number, LIN.phone))
    assert made[0].title.startswith("故障处理报告（2026年")
    listed = world.get("/ops/v1/reports", token=world.officer("sun")).json["reports"]
    assert [one["title"] for one in listed] == ["故障处理报告：画面卡顿"]
    assert not any("画面卡顿" in row.body for row in world.rows(Outbox, kind="wecom"))
    assert act(world, ticket_id, "comment", "qian", text="x").status in (409, 422)


def test_a_month_that_is_none_is_refused(world: World) -> None:
    body = {"kind": "monthly", "subject": "2026-13"}
    answer = world.post("/ops/v1/reports", body, token=world.officer("li"))
    assert_problem(answer, 422, "report_month")
