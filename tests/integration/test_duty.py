"""The roster: a hand-over turns the next call to another person, and the auditor agrees."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from functions.ops_ticket.audit_deadlines import audit_deadlines
from shared.clock import now
from shared.models.officers import Officer
from shared.models.tickets import DutyShift, TicketEvent
from tests.integration.problems import assert_problem
from tests.integration.test_deadlines import fire, open_ticket, said
from tests.integration.world import Answer, World

DUTY = "/ops/v1/duty"


def person(world: World, username: str) -> str:
    return world.one(Officer, username=username).id


def set_shift(
    world: World, level: int, who: str, *, begins: float, hours: float, by: str = "li"
) -> Answer:
    starts_at = now() + timedelta(hours=begins)
    body = {
        "level": level,
        "officer_id": person(world, who),
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
    }
    return world.post(f"{DUTY}/shifts", body, token=world.officer(by))


def hand_over(
    world: World, level: int, old: str | None, new: str, by: str, hours: float | None = None
) -> Answer:
    ends_at = None if hours is None else (now() + timedelta(hours=hours)).isoformat()
    body = {
        "level": level,
        "from_officer_id": old and person(world, old),
        "to_officer_id": person(world, new),
        "ends_at": ends_at,
        "note": "二号会见位的摄像头待更换",
    }
    return world.post(f"{DUTY}/hand-over", body, token=world.officer(by))


def on_duty(roster: Any, level: int) -> list[str]:
    called: list[str] = roster["levels"][level]["officer_ids"]
    return called


def test_the_clocks_follow_a_hand_over(world: World) -> None:
    assert set_shift(world, 0, "qian", begins=0.1, hours=12).status == 201
    world.clock.forward(minutes=7)
    open_ticket()
    fire(world)
    assert (said(world, "qian.ops", "新工单"), said(world, "he.ops", "新工单")) == (1, 0)
    handed = hand_over(world, 0, "qian", "he", by="qian")
    assert handed.status == 200, handed.text
    assert on_duty(handed.json, 0) == [person(world, "he")]
    world.clock.forward(minutes=15)
    fire(world)
    assert said(world, "qian.ops", "时限提醒") == 0
    assert said(world, "he.ops", "时限提醒") == 1
    assert said(world, "he.ops", "未结工单 1 个") == said(world, "qian.ops", "值班交接") == 1
    world.clock.forward(minutes=1)
    assert audit_deadlines() == 0
    assert [one.kind for one in world.rows(TicketEvent, kind="hand_over")] == ["hand_over"]


def test_after_a_stand_in_the_shift_goes_back_and_all_whom_it_moves_are_told(world: World) -> None:
    assert set_shift(world, 0, "qian", begins=0.1, hours=12).status == 201
    world.clock.forward(minutes=7)
    assert hand_over(world, 0, "qian", "he", by="qian", hours=2).status == 200
    world.clock.forward(hours=3)
    now_on = world.get(f"{DUTY}?{period()}", token=world.officer("qian")).json["levels"][0]
    assert now_on["officer_ids"] == [person(world, "qian")]
    assert now_on["until"] is not None
    assert set_shift(world, 0, "li", begins=10, hours=4).status == 201
    assert hand_over(world, 0, "qian", "he", by="qian", hours=11).status == 200
    world.deliver_messages()
    assert said(world, "qian.ops", "之后由原值班人继续值班到") == 1
    assert said(world, "he.ops", "之后由原值班人继续值班到") == 1
    assert said(world, "li.ops", "原来排在这段时间的班次已推迟或取消") == 1
    ends = sorted((one.starts_at, one.ends_at) for one in world.rows(DutyShift))
    assert all(before[1] == after[0] for before, after in pairwise(ends))  # nobody is missing


def test_a_wrong_year_moves_nobody(world: World) -> None:
    assert set_shift(world, 0, "qian", begins=0.1, hours=12).status == 201
    assert set_shift(world, 0, "he", begins=24, hours=12).status == 201
    world.clock.forward(minutes=7)
    before = {one.id: one.ends_at for one in world.rows(DutyShift)}
    far = hand_over(world, 0, "qian", "li", by="qian", hours=24 * 365 * 10)
    assert_problem(far, 422, "shift_too_long")
    assert_problem(set_shift(world, 1, "he", begins=1, hours=24 * 365), 422, "shift_too_long")
    assert {one.id: one.ends_at for one in world.rows(DutyShift)} == before


def period() -> str:
    return urlencode({"since": now().isoformat(), "until": (now() + timedelta(days=1)).isoformat()})


def test_only_one_of_two_hand_overs_counts_and_a_level_is_held_once(world: World) -> None:
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(hand_over, world, 0, None, new, "li", 8) for new in ("qian", "he")]
        answers = [one.result() for one in asked]
    assert sorted(one.status for one in answers) == [200, 409]
    refused = next(one for one in answers if one.status == 409)
    assert_problem(refused, 409, "duty_changed")
    assert len(world.rows(DutyShift)) == 1
    assert_problem(set_shift(world, 0, "he", begins=2, hours=2), 409, "shift_taken")
    wrong = set_shift(world, 1, "qian", begins=-1, hours=-1)
    assert wrong.codes == ["period_order", "shift_in_the_past", "shift_officer_unfit"]
    assert_problem(set_shift(world, 0, "he", begins=9, hours=1, by="he"), 403, "not_allowed")
    shift = world.one(DutyShift)
    assert (
        world.call("DELETE", f"{DUTY}/shifts/{shift.id}", token=world.officer("li")).status == 204
    )
    assert world.one(DutyShift).ends_at <= now()


def test_a_card_opens_the_ticket_and_a_breach_is_taken_note_of_there(world: World) -> None:
    ticket_id = open_ticket()
    world.clock.forward(minutes=31)
    fire(world)
    cards = [one["body"]["textcard"] for one in world.emulator.sent("wecom", "he.ops")]
    breach = next(one for one in cards if "已超时" in one["title"])
    assert breach["url"].endswith(f"#/tickets/{ticket_id}?seen=response")
    body = {"clock": "response"}
    seen = world.post(f"/ops/v1/tickets/{ticket_id}/see", body, token=world.officer("he"))
    assert seen.status == 200
    world.clock.forward(hours=3)
    fire(world)
    assert said(world, "sun.lead", "“响应”已超时") == 1  # it climbed, and repeats no more
