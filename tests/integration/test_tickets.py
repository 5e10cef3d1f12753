"""Tickets through their workflows; what the table does not know is refused by the code and by the database."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from functions.ops_ticket.person_days import follow
from local.sample_people import GUO
from shared.actors import Actor
from shared.clock import SHANGHAI
from shared.database import engine, in_transaction
from shared.errors import Refused
from shared.invariants import find_broken
from shared.models.officers import Officer, Role
from shared.models.person_days import PersonDayEntry, PersonDayYear
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.reports import KnowledgeCase
from shared.models.tickets import Severity, Ticket, TicketClock, TicketKind, TicketStatus
from shared.rules.ticket_flow import legal_steps
from shared.tickets import Report, open_ticket
from tests.integration.problems import assert_problem
from tests.integration.world import Answer, World

STAFF = {"engineer": "qian", "lead": "li", "customer": "sun"}


def report(world: World, kind: str, who: str = "qian", severity: str = "II") -> str:
    text = "二号会见位画面每隔几秒卡顿一次"
    return report_as(world, kind, who, severity, title="画面卡顿", text=text)


def report_as(
    world: World, kind: str, who: str = "qian", severity: str = "II", *, title: str, text: str
) -> str:
    body = {"kind": kind, "severity": severity, "title": title, "text": text}
    answer = world.post("/ops/v1/tickets", body, token=world.officer(who))
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def act(world: World, ticket_id: str, action: str, who: str, **fields: Any) -> Answer:
    return world.post(f"/ops/v1/tickets/{ticket_id}/{action}", fields, token=world.officer(who))


def walk(world: World, ticket_id: str, *steps: tuple[str, str, dict[str, Any]]) -> Answer:
    for action, who, fields in steps:
        answer = act(world, ticket_id, action, who, **fields)
        assert answer.status == 200, (action, answer.text)
    return answer


def test_an_incident_from_report_to_case(world: World) -> None:
    ticket_id = report(world, "incident")
    resolved = walk(
        world,
        ticket_id,
        ("acknowledge", "qian", {}),
        ("plan", "qian", {"text": "更换交换机端口"}),
        ("resolve", "qian", {"method": "更换端口后恢复"}),
    )
    assert resolved.json["status"] == "resolved"
    assert_problem(act(world, ticket_id, "confirm", "qian"), 403, "not_allowed")
    walk(world, ticket_id, ("confirm", "sun", {}))
    closing = {"cause": "端口老化", "method": "更换端口", "prevention": "每季度检查端口误码"}
    assert_problem(
        act(world, ticket_id, "close", "qian", **closing), 409, "ticket_action_impossible"
    )
    told = {"cause": "端口老化", "method": "更换端口", "loss": "一场会见推迟十分钟"}
    walk(world, ticket_id, ("submit_report", "qian", told), ("approve_report", "li", {}))
    missing = act(world, ticket_id, "close", "qian", cause="端口老化", method="更换端口")
    assert_problem(missing, 422, "ticket_field_missing")
    closed = walk(world, ticket_id, ("close", "qian", closing)).json
    assert (closed["status"], closed["actions"]) == ("closed", [])
    assert all(one["answered_at"] for one in closed["clocks"])


def test_a_refused_solution_goes_back_and_its_report_counts_no_more(world: World) -> None:
    ticket_id = report(world, "incident")
    told = {"cause": "未知", "method": "重启", "loss": "无损失"}
    walk(
        world,
        ticket_id,
        ("acknowledge", "qian", {}),
        ("resolve", "qian", {"method": "重启终端"}),
        ("submit_report", "qian", told),
        ("approve_report", "sun", {}),
        ("reopen", "sun", {"text": "半小时后又卡顿"}),
    )
    again = walk(
        world, ticket_id, ("resolve", "qian", {"method": "更换网线"}), ("confirm", "sun", {})
    )
    assert "close" not in again.json["actions"]


def test_a_defect_needs_the_signature_of_somebody_else(world: World) -> None:
    ticket_id = report(world, "defect", who="li")
    walk(
        world,
        ticket_id,
        ("acknowledge", "qian", {}),
        ("analyse", "qian", {"finding": "technical", "text": "时区换算错误，建议统一为 UTC"}),
    )
    assert_problem(act(world, ticket_id, "sign_off", "li"), 422, "ticket_own_work")
    assert_problem(
        act(world, ticket_id, "resolve", "qian", method="修改"), 409, "ticket_action_impossible"
    )
    done = walk(
        world,
        ticket_id,
        ("sign_off", "sun", {"text": "同意"}),
        ("resolve", "qian", {"method": "修正换算"}),
        ("report", "qian", {"text": "已上线"}),
        (
            "reply",
            "qian",
            {"text": "问题已修复，请更新后使用", "change_record": "2026-12 第 3 次变更"},
        ),
    )
    assert done.json["status"] == "closed"


def test_an_operation_finding_turns_a_defect_into_a_consult(world: World) -> None:
    ticket_id = report(world, "defect")
    turned = walk(
        world,
        ticket_id,
        ("acknowledge", "qian", {}),
        ("analyse", "qian", {"finding": "operation", "text": "未选择会见位"}),
    ).json
    assert (turned["kind"], turned["status"]) == ("consult", "acknowledged")
    assert {one["name"] for one in turned["clocks"]} == {"response", "resolution"}
    assert (
        walk(world, ticket_id, ("answer", "qian", {"text": "请先选择会见位"})).json["status"]
        == "closed"
    )


# Of each field something that fits it, the texts apart from one another.
FILLED: dict[str, Any] = {
    "text": "说明文字", "cause": "另一个原因", "method": "另一种方法", "prevention": "另一种预防", "loss": "另一种损失",
    "change_record": "第 9 次变更", "finding": "operation", "severity": "IV", "clock": "response", "days": "0.3",
}  # fmt: skip
SIGNED = {"cause": "端口老化", "method": "更换端口", "loss": "一场会见推迟十分钟"}
# The longest lives of an incident, a defect and a change; each act is tried with every field before it is done.
LIVES: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    "incident": (
        ("acknowledge", "qian", {}), ("set_severity", "li", {"severity": "I", "text": "影响全所"}),
        ("ask_lower", "qian", {"severity": "III", "text": "只影响一个会见位"}),
        ("see", "qian", {"clock": "response"}), ("comment", "sun", {"text": "请尽快"}),
        ("plan", "qian", {"text": "更换"}), ("system_down", "qian", {}), ("contingency", "qian", {"text": "改用备机"}),
        ("system_up", "qian", {}), ("pause", "sun", {"text": "等待机房"}), ("resume", "qian", {}),
        ("resolve", "qian", {"method": "更换端口"}), ("submit_report", "qian", SIGNED), ("approve_report", "li", {}),
        ("confirm", "sun", {}),
        ("close", "qian", {"cause": "口语里的原因", "method": "口语里的方法", "prevention": "每季度检查"}),
    ),
    "defect": (
        ("acknowledge", "qian", {}), ("analyse", "qian", {"finding": "technical", "text": "时区换算"}),
        ("sign_off", "sun", {}), ("resolve", "qian", {"method": "修正"}), ("report", "qian", {"text": "已上线"}),
        ("reply", "qian", {"text": "已修复", "change_record": "第 3 次变更"}),
    ),
    "change": (
        ("acknowledge", "qian", {}), ("estimate", "qian", {"days": "0.5", "text": "增加一列"}),
        ("sign_off", "sun", {}), ("complete", "qian", {"days": "0.5", "text": "完成"}), ("confirm", "sun", {}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", LIVES)
def test_an_act_takes_its_own_fields_and_changes_nothing_in_passing(
    world: World, kind: str
) -> None:
    ticket_id = report(world, kind)
    for action, who, fields in LIVES[kind]:
        before = world.get(f"/ops/v1/tickets/{ticket_id}", token=world.officer("qian")).json
        unfit = [name for name in FILLED if name not in fields and name != "text"]
        refused = act(world, ticket_id, action, who, **{**FILLED, **fields})
        assert_problem(refused, 422, *["ticket_field_unfit"] * len(unfit))
        assert {one["field"] for one in refused.json["errors"]} == set(unfit)
        after = world.get(f"/ops/v1/tickets/{ticket_id}", token=world.officer("qian")).json
        assert after == before
        walk(world, ticket_id, (action, who, fields))
    assert find_broken() == []


def test_a_signed_report_stays_as_it_was_signed(world: World) -> None:
    ticket_id = report(world, "incident")
    closed = walk(world, ticket_id, *LIVES["incident"]).json
    assert {name: closed[name] for name in SIGNED} == SIGNED
    assert "口语里的原因" in closed["events"][-1]["text"]
    assert world.one(KnowledgeCase).cause == "口语里的原因"


def test_who_works_on_a_ticket_asks_for_a_lower_severity_and_somebody_else_signs_it(
    world: World,
) -> None:
    """It moves the deadline away, as a pause does."""
    ticket_id = report(world, "incident", who="sun")
    lower = {"severity": "IV", "text": "钱工说只影响一个会见位"}
    walk(world, ticket_id, ("acknowledge", "qian", {}), ("plan", "li", {"text": "更换端口"}))
    before = due_at(world, ticket_id)
    refused = act(world, ticket_id, "set_severity", "qian", **lower)
    assert_problem(refused, 403, "ticket_lowering_unsigned")
    assert_problem(
        act(world, ticket_id, "set_severity", "sun", severity="IV"), 422, "ticket_field_missing"
    )
    assert_problem(act(world, ticket_id, "set_severity", "li", **lower), 422, "ticket_own_work")
    not_lower = act(world, ticket_id, "ask_lower", "qian", severity="II", text="照旧")
    assert_problem(not_lower, 422, "ticket_severity_not_lower")
    walk(world, ticket_id, ("ask_lower", "qian", lower))
    assert due_at(world, ticket_id) == before
    walk(world, ticket_id, ("set_severity", "sun", lower))
    assert due_at(world, ticket_id) == before + timedelta(hours=18)
    told = [row.body for row in world.rows(Outbox, kind="wecom") if "级别" in row.body]
    asked, done = sorted(told, key=lambda body: "已降为" in body)
    for body in (asked, done):
        assert {world.one(Officer, username=one).wecom_user_id for one in ("li", "sun")} == set(
            json.loads(body)["users"]
        )
        assert "钱工" not in body
    (audited,) = world.rows(AuditEvent, action="ticket.severity_lowered")
    assert (audited.actor_id, audited.details) == (
        world.one(Officer, username="sun").id,
        {"before": "II", "after": "IV"},
    )


def test_who_reported_hears_of_a_lower_severity(world: World) -> None:
    ticket_id = report(world, "incident", who="qian")
    walk(world, ticket_id, ("set_severity", "li", {"severity": "III", "text": "只影响一路画面"}))
    (told,) = [row.body for row in world.rows(Outbox, kind="wecom") if "级别已降低" in row.body]
    assert world.one(Officer, username="qian").wecom_user_id in json.loads(told)["users"]
    # Higher again needs no signature.
    walk(world, ticket_id, ("set_severity", "qian", {"severity": "I", "text": "又扩大了"}))


def due_at(world: World, ticket_id: str) -> datetime:
    found = world.one(TicketClock, ticket_id=ticket_id, name="resolution").due_at
    assert found is not None
    return found


def test_a_family_reports_a_problem_and_follows_its_answer(world: World) -> None:
    token = world.relative(GUO.openid)
    body = {"kind": "consult", "title": "会见时长", "text": "一次会见能延长到四十分钟吗"}
    asked = world.post("/ops/v1/problems", body, token=token)
    assert asked.status == 201
    ticket_id = asked.json["id"]
    acted = walk(
        world, ticket_id,
        ("comment", "qian", {"text": "正在核实"}),
        ("set_severity", "li", {"severity": "III", "text": "所里内部的话"}),
        ("pause", "sun", {"text": "等所里答复"}),
    )  # fmt: skip
    assert (acted.json["reader"], sorted(acted.json["told"])) == (
        "relative",
        ["acknowledge", "answer", "comment"],
    )
    walk(world, ticket_id, ("answer", "qian", {"text": "一次会见最长三十分钟"}))
    shown = world.get(f"/ops/v1/problems/{ticket_id}", token=token).json
    said = [body["text"], "正在核实", "一次会见最长三十分钟"]
    assert [one["text"] for one in shown["events"]] == said
    assert [one["id"] for one in world.get("/ops/v1/problems", token=token).json["problems"]] == [
        ticket_id
    ]
    other = world.get(f"/ops/v1/problems/{ticket_id}", token=world.officer("wang"))
    assert_problem(other, 404, "not_found")
    assert any("已答复" in row.body for row in world.rows(Outbox, kind="wechat"))


@pytest.mark.parametrize("who", ["relative", "officer"])
def test_nobody_rings_the_telephones_all_day(world: World, who: str) -> None:
    body = {"kind": "consult", "title": "会见时长", "text": "一次会见能延长到四十分钟吗"}

    def ask(_number: int) -> int:
        token = world.relative(GUO.openid) if who == "relative" else world.officer("wang")
        return world.post("/ops/v1/problems", body, token=token).status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(12))) == [201] * 10 + [429] * 2
    assert len(world.rows(Ticket)) == 10
    world.clock.forward(hours=25)
    assert ask(0) == 201


def test_what_people_type_leaves_in_no_message(world: World) -> None:
    body = {
        "kind": "incident",
        "severity": "I",
        "title": "林若云 110101196803121022",
        "text": "手机 13900000001",
    }
    world.post("/ops/v1/tickets", body, token=world.officer("qian"))
    world.clock.forward(minutes=31)
    world.timer("ops_ticket", "fire-deadlines")
    texts = "".join(row.body for row in world.rows(Outbox, kind="wecom"))
    assert "新工单" in texts and "已超时" in texts
    assert not any(one in texts for one in ("林若云", "110101196803121022", "13900000001"))


def test_the_database_refuses_every_step_that_the_table_does_not_know(world: World) -> None:
    ticket_id = report(world, "incident")
    states = [f"{kind.value}:{status.value}" for kind in TicketKind for status in TicketStatus]
    legal = legal_steps()
    wrong = [
        (before, after)
        for before, after in product(states, states)
        if before != after and _passes(ticket_id, before, after) is not ((before, after) in legal)
    ]
    assert wrong == []


def _passes(ticket_id: str, before: str, after: str) -> bool:
    """Whether the bare database lets a ticket go from one state to the other."""
    with engine().connect() as connection:
        connection.execute(text("DELETE FROM ticket_event"))
        connection.execute(text("DELETE FROM ticket_clock"))
        columns = "site_id, opened_as, severity, source, submitter_kind, submitter_id, title, text, policy, "
        columns += "generation, last_seq, reported_at, changed_at"
        kind, status = before.split(":")
        connection.execute(
            text(
                f"INSERT INTO ticket (id, kind, status, {columns}) "
                f"SELECT 'probe', :kind, :status, {columns} FROM ticket WHERE id = :id"
            ),
            {"kind": kind, "status": status, "id": ticket_id},
        )
        kind, status = after.split(":")
        try:
            changed = text("UPDATE ticket SET kind = :kind, status = :status WHERE id = 'probe'")
            connection.execute(changed, {"kind": kind, "status": status})
        except DBAPIError:
            return False
        finally:
            connection.rollback()
        return True


@in_transaction
def _change(session: Any, *, site_id: str, actor: Actor, hundredths: int) -> Ticket:
    text_ = Report(TicketKind.CHANGE, Severity.IV, "小改动", "增加一列")
    ticket = open_ticket(session, actor, site_id=site_id, report=text_)
    ticket.estimated = hundredths
    return ticket


@in_transaction
def _approve(session: Any, *, actor: Actor, ticket: Ticket) -> None:
    follow(session, actor, session.merge(ticket), "sign_off", None)


@pytest.mark.slow
def test_two_hundred_approvals_at_once_stay_within_thirty_days(world: World) -> None:
    site_id = world.rows(Site)[0].id
    actor = Actor("officer", "o" * 26, site_id, frozenset({Role.SUPERVISOR}))
    tickets = [
        _change(site_id=site_id, actor=actor, hundredths=10 + number % 90) for number in range(200)
    ]

    def approve(ticket: Ticket) -> bool:
        try:
            _approve(actor=actor, ticket=ticket)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        approved = list(pool.map(approve, tickets))
    year = world.rows(PersonDayYear)[0]
    reserved = sum(row.amount for row in world.rows(PersonDayEntry))
    assert (
        reserved
        == year.used
        == sum(one.estimated or 0 for one, yes in zip(tickets, approved, strict=True) if yes)
    )
    assert 3000 - 100 < year.used <= 3000
    assert not all(approved)


def test_a_change_reserves_commits_and_releases(world: World) -> None:
    first, second = report(world, "change"), report(world, "change")
    for ticket_id in (first, second):
        walk(
            world,
            ticket_id,
            ("acknowledge", "qian", {}),
            ("estimate", "qian", {"days": "0.8", "text": "增加导出列"}),
            ("sign_off", "sun", {}),
        )
    assert world.rows(PersonDayYear)[0].used == 160
    too_long = act(world, first, "complete", "qian", days="1.01", text="完成")
    assert too_long.status == 422
    walk(
        world, first, ("complete", "qian", {"days": "0.5", "text": "完成"}), ("confirm", "sun", {})
    )
    walk(world, second, ("refuse", "sun", {"text": "暂不需要"}))
    assert world.rows(PersonDayYear)[0].used == 50


def test_a_change_of_december_is_settled_in_the_year_that_promised_it(world: World) -> None:
    world.clock.move_to(datetime(2026, 12, 31, 22, 0, tzinfo=SHANGHAI))
    shorter, longer, dropped = (report(world, "change") for _ in range(3))
    for ticket_id in (shorter, longer, dropped):
        walk(
            world, ticket_id, ("acknowledge", "qian", {}),
            ("estimate", "qian", {"days": "0.5", "text": "增加导出列"}), ("sign_off", "sun", {}),
        )  # fmt: skip
    world.clock.forward(hours=3)
    walk(world, shorter, ("complete", "qian", {"days": "0.2", "text": "完成"}))
    walk(world, longer, ("complete", "qian", {"days": "0.7", "text": "完成"}))
    walk(world, dropped, ("refuse", "sun", {"text": "暂不需要"}))
    assert {one.year: one.used for one in world.rows(PersonDayYear)} == {2026: 90}
    assert find_broken() == []
