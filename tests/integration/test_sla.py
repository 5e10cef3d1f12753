"""What is promised: a new policy binds new tickets alone; a year's calendar sets running deadlines anew."""

import copy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.ops_ticket.audit_deadlines import audit_deadlines
from functions.ops_ticket.sla import import_calendar
from shared.clock import SHANGHAI, in_shanghai
from shared.models.tickets import CalendarDay, SlaPolicy, Ticket, TicketClock
from shared.rules.sla_policy import DEFAULT
from tests.integration.problems import assert_problem
from tests.integration.test_deadlines import open_ticket
from tests.integration.world import World

POLICIES, CALENDAR = "/ops/v1/policies", "/ops/v1/calendar"


def policy(**response: Any) -> dict[str, Any]:
    made = copy.deepcopy(DEFAULT)
    made.pop("version")
    made["clocks"]["response"] |= response
    return made


def due_minutes(world: World, ticket_id: str) -> float:
    clock = world.one(TicketClock, ticket_id=ticket_id, name="response")
    assert clock.due_at is not None
    return (clock.due_at - clock.started_at) / timedelta(minutes=1)


def test_a_new_policy_changes_no_running_deadline(world: World) -> None:
    before = open_ticket()
    body = {"replaces": 1, "policy": policy(due=dict.fromkeys(("I", "II", "III", "IV"), 20))}
    assert_problem(world.post(POLICIES, body, token=world.officer("qian")), 403, "not_allowed")
    assert world.post(POLICIES, body, token=world.officer("li")).status == 201
    assert_problem(world.post(POLICIES, body, token=world.officer("li")), 409, "changed_meanwhile")
    answer = world.post(
        "/ops/v1/tickets",
        {"kind": "incident", "severity": "I", "title": "画面中断", "text": "全部会见位黑屏"},
        token=world.officer("li"),
    )
    assert (due_minutes(world, before), due_minutes(world, answer.json["id"])) == (30, 20)
    world.post(
        f"/ops/v1/tickets/{before}/set_severity",
        {"severity": "I", "text": "影响全所"},
        token=world.officer("li"),
    )
    assert due_minutes(world, before) == 30
    assert [one.version for one in world.rows(SlaPolicy)] == [2]
    late = {"replaces": 2, "policy": policy(before=[15, 3], climbs=[30, 15])}
    assert_problem(world.post(POLICIES, late, token=world.officer("li")), 422, "policy_clock")


def test_a_missing_year_is_asked_for_and_its_import_sets_deadlines_anew(world: World) -> None:
    world.clock.move_to(datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI))
    world.timer("ops_ticket", "check-calendar")
    world.timer("ops_ticket", "check-calendar")
    asked = world.one(Ticket)
    assert (asked.source_key, asked.title) == ("calendar:2027", "2027 年工作日历未导入")
    consult = world.post(
        "/ops/v1/tickets",
        {"kind": "consult", "severity": "I", "title": "会见时长", "text": "能否延长会见时长"},
        token=world.officer("qian"),
    ).json["id"]
    before = world.one(TicketClock, ticket_id=consult, name="resolution")
    assert before.provisional
    holidays = [date(2027, 1, 1), date(2027, 1, 4), *(date(2027, 2, 8 + n) for n in range(7))]
    body = {"year": 2027, "holidays": [one.isoformat() for one in holidays], "workdays": []}
    wrong = {"year": 2028, "holidays": body["holidays"], "workdays": ["2028-02-05", "2027-01-01"]}
    assert world.post(CALENDAR, wrong, token=world.officer("li")).codes == [
        "calendar_other_year",
        "calendar_both",
    ]
    done = world.post(CALENDAR, body, token=world.officer("li"))
    assert done.json == {"days": 365, "tickets": 1}
    after = world.one(TicketClock, ticket_id=consult, name="resolution")
    assert not after.provisional
    assert after.due_at is not None
    # Half an hour on Thursday; Friday to Monday are off; the rest on Tuesday morning.
    assert in_shanghai(after.due_at).strftime("%m-%d %H:%M") == "01-05 11:30"
    world.clock.forward(minutes=2)
    audit_deadlines()
    assert [one for one in world.rows(Ticket) if consult in (one.source_key or "")] == []
    assert world.post(CALENDAR, body, token=world.officer("li")).json == {"days": 0, "tickets": 0}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("date,worked\n2027-01-01,0\n", ["缺少这些列：day"]),
        (
            "day,worked\n2027-01-01,0\n2027-02-30,0\n2027-01-04,no\n2027-01-01,1\n",
            ["第 3 行", "第 4 行", "第 5 行的日期 2027-01-01"],
        ),
        (None, ["无法读取"]),
    ],
)
def test_a_bad_file_tells_all_that_is_wrong(
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    told: list[str],
) -> None:
    file = tmp_path / "2027.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    before = len(world.rows(CalendarDay))
    assert import_calendar.main(["2027", str(file)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(told)
    assert all(line.startswith(words) for line, words in zip(lines, told, strict=True))
    assert len(world.rows(CalendarDay)) == before
