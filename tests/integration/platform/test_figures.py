"""Figures that respect scope, and what officers carry away: a history as Excel, a report as Word."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from local.sample_people import BROTHER, GUO, SON
from shared.clients import storage
from shared.models.plumbing import AuditEvent
from shared.models.visits import VisitStatus
from tests.integration.platform.history import add_call, add_visit
from tests.integration.platform.test_platform import History, limit
from tests.integration.problems import assert_problem
from tests.integration.world import Answer, World
from tests.unit.faces.test_light_import import loaded_by


@pytest.fixture
def history(world: World) -> History:
    made = History(world)
    at = made.quiet.starts_at + timedelta(hours=6)
    hours = timedelta(hours=1)
    add_visit(world, made.son, made.guo, at, status=VisitStatus.NO_SHOW)
    for waited in (2, 4):
        add_visit(
            world,
            made.brother,
            made.guo,
            at + waited * hours,
            status=VisitStatus.REJECTED,
            requested_at=at - 48 * hours,
            decided_at=at - 48 * hours + waited * hours,
        )
    return made


def period(history: History) -> dict[str, str]:
    day = history.quiet.starts_at
    return {
        "since": (day - timedelta(hours=1)).isoformat(),
        "until": (day + timedelta(days=2)).isoformat(),
    }


def figures(history: History, officer: str = "zhao", **query: str) -> Answer:
    path = f"/approve/v1/figures?{urlencode({**period(history), **query})}"
    return history.world.get(path, token=history.world.officer(officer))


def test_figures_by_ward_and_day(history: History) -> None:
    seen = figures(history).json
    wards = {one["ward"]: one for one in seen["wards"]}
    brothers, sons = wards["二大队"], wards["一大队"]
    assert {name: brothers[name] for name in ("requested", "completed", "refused", "alerts")} == {
        "requested": 5,
        "completed": 2,
        "refused": 3,
        "alerts": 1,
    }
    assert (brothers["decided"], brothers["waited_seconds"]) == (2, 6 * 3600)
    assert (brothers["onsite"], brothers["calls"], brothers["call_seconds"]) == (2, 3, 900)
    assert (sons["no_shows"], sons["calls"], sons["alerts"]) == (1, 1, 0)
    assert seen["total"]["requested"] == 6
    days = {one["day"]: one["calls"] for one in seen["days"]}
    assert sum(days.values()) == 4
    # Half past midnight in Shanghai is the day before in UTC.
    late = history.quiet.starts_at.replace(hour=16, minute=30)
    add_call(history.world, history.son, late)
    grown = {one["day"]: one["calls"] for one in figures(history).json["days"]}
    local = (late + timedelta(hours=8)).date().isoformat()
    assert grown[local] == days.get(local, 0) + 1


def test_figures_respect_the_scope_and_the_period(history: History) -> None:
    limit(history.world, "zhao", "一大队")
    seen = figures(history).json
    assert [one["ward"] for one in seen["wards"]] == ["一大队"]
    assert (seen["total"]["requested"], seen["total"]["calls"]) == (1, 1)
    assert sum(one["requested"] for one in seen["days"]) == 1
    since = period(history)["since"]
    assert_problem(figures(history, until=since), 422, "period_order")
    assert_problem(figures(history, since="2020-01-01T00:00:00Z"), 422, "period_too_long")
    assert figures(history, officer="qian").status == 403


def fetched(answer: Answer) -> io.BytesIO:
    assert answer.status == 200, answer.text
    return io.BytesIO(requests.get(answer.json["url"], timeout=10).content)


def export(history: History, **body: Any) -> Answer:
    path = f"/approve/v1/residents/{history.brother.id}/contacts/export"
    given = {"reason": "案件调查", **body}
    return history.world.post(path, given, token=history.world.officer("sun"))


def test_a_history_as_excel(history: History) -> None:
    from openpyxl import load_workbook

    world = history.world
    tricky = history.refused
    tricky.reason = '=HYPERLINK("http://example.invalid")\x07'
    world.add(tricky)
    answer = export(history)
    rows = list(load_workbook(fetched(answer)).active.values)
    assert rows[0][0] == f"{BROTHER.name}（{BROTHER.number}）通联记录"
    assert "案件调查" in str(rows[1][0])
    assert len(rows) == 3 + answer.json["count"] == 3 + 10
    assert (rows[5][1], rows[5][5], rows[5][6]) == (
        "亲情电话",
        f"{GUO.name}（兄弟）",
        "13900000022",
    )
    assert any(row[9] == '=HYPERLINK("http://example.invalid")' for row in rows[3:])
    calls = list(load_workbook(fetched(export(history, channel="phone"))).active.values)
    assert len(calls) == 3 + 3
    assert export(history, reason="").status == 422
    told = [one for one in world.rows(AuditEvent) if one.action == "history.exported"]
    assert [(one.reason, one.subject_id) for one in told] == [("案件调查", history.brother.id)] * 2
    world.clock.forward(hours=1, minutes=1)
    world.deliver_messages()
    assert storage.keys("exports/", limit=10) == []


def test_text_that_looks_like_a_formula_is_text(history: History) -> None:
    from openpyxl import load_workbook

    history.refused.reason = "=1+1"
    history.world.add(history.refused)
    sheet = load_workbook(fetched(export(history))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_a_report_as_word(history: History) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    body = {**period(history), "reason": "月度总结"}
    token = history.world.officer("sun")
    answer = history.world.post("/approve/v1/figures/report", body, token=token)
    document = Document(fetched(answer))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "远程会见申请 6 次" in text
    assert "平均等待 3.0 小时" in text
    wards = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[0] for row in wards] == ["大队", "一大队", "二大队", "合计"]
    assert wards[-1][1] == "6"
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert SON.name not in text


def test_the_heavy_libraries_come_only_when_they_are_used() -> None:
    assert not loaded_by("import functions.approve.handler") & {"docx", "openpyxl", "lxml"}
