"""The PC in the visit room: signed in by its key, tested, in the visit, calling for help, and back after a power cut."""

from datetime import timedelta
from typing import Any

import pytest

from functions.approve.terminals.keys import issue_key
from local.sample_people import GUO
from shared.actors import Actor
from shared.models.flags import VisitFlag
from shared.models.officers import Officer
from shared.models.places import Device, DeviceKind, Terminal
from shared.models.plumbing import AuditEvent
from shared.models.rooms import HelpCall
from shared.models.timetable import Slot
from shared.models.visits import Visit
from tests.integration.officers.test_timetable import two_booked
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, running
from tests.integration.world import Answer, World

PAGE = "/approve/v1/terminal"
ALL = ("camera", "microphone", "speaker", "network")


def key_of(world: World, name: str = "1 号会见位") -> str:
    terminal = world.one(Terminal, name=name)
    admin = world.one(Officer, username="xitong")
    return issue_key(actor=Actor("officer", admin.id, admin.site_id), terminal_id=terminal.id)


def ask(world: World, key: str, method: str = "GET", path: str = "", body: Any = None) -> Answer:
    headers = {"Authorization": f"Device {key}"}
    return world.call(method, PAGE + path, body, headers=headers)


def tell_test(world: World, key: str, **broken: str) -> Answer:
    results = [
        {"kind": kind, "working": kind not in broken, "note": broken.get(kind)} for kind in ALL
    ]
    return ask(world, key, "POST", "/device-test", {"results": results})


def test_a_key_opens_the_page_until_another_is_issued(world: World) -> None:
    first = key_of(world)
    assert ask(world, first).json["name"] == "1 号会见位"
    second = key_of(world)
    assert_problem(ask(world, first), 401, "device_key_false")
    assert ask(world, second).status == 200
    for false in ("", "x", f"{second}x", second.split(".")[0], f"{second.split('.')[0]}."):
        assert_problem(ask(world, false), 401, "device_key_false")


def test_the_next_visit_is_shown_by_number_and_nobody_by_name(world: World) -> None:
    visit_id = approved(world)
    key = key_of(world)
    assert ask(world, key).json["visits"] == [], "three days ahead is not next"
    visit = world.one(Visit, id=visit_id)
    world.clock.move_to(visit.starts_at - timedelta(minutes=20))
    (shown,) = ask(world, key).json["visits"]
    assert (shown["resident_number"], shown["can_join"]) == ("20260245", False)
    assert "郭" not in ask(world, key).text
    early = ask(world, key, "POST", f"/visits/{visit_id}/join")
    assert_problem(early, 422, "too_early_to_join")
    world.clock.forward(minutes=6)
    assert ask(world, key).json["visits"][0]["can_join"] is True
    assert ask(world, key, "POST", f"/visits/{visit_id}/join").json["user_id"].startswith("res_")


def test_two_visits_in_one_slot_have_a_terminal_each(world: World) -> None:
    first, second = two_booked(world)
    for one in (first, second):
        world.post(f"/approve/v1/visits/{one}/approve", token=world.officer("wang"))
    world.clock.move_to(world.one(Visit, id=first).starts_at - timedelta(minutes=10))
    keys = [key_of(world, f"{number} 号会见位") for number in (1, 2)]
    here = [[one["id"] for one in ask(world, key).json["visits"]] for key in keys]
    assert here == [[first], [second]]
    other = ask(world, keys[0], "POST", f"/visits/{second}/join")
    assert_problem(other, 404, "not_found")
    # The second has begun at its terminal: when the first one breaks down, nobody is moved out of a running visit.
    assert ask(world, keys[1], "POST", f"/visits/{second}/join").status == 200
    tell_test(world, keys[0], camera="没有画面")
    here = [[one["id"] for one in ask(world, key).json["visits"]] for key in keys]
    assert here == [[], [second]]


def test_a_broken_camera_takes_the_place_out_of_every_slot(world: World) -> None:
    _, second = two_booked(world)
    key = key_of(world)
    assert tell_test(world, key).status == 200
    assert {one.capacity for one in world.rows(Slot)} == {2}
    answer = tell_test(world, key, camera="没有画面")
    assert {one["kind"]: one["status"] for one in answer.json["devices"]}["camera"] == "broken"
    assert {one.capacity for one in world.rows(Slot)} == {1}
    flags = [(one.visit_id, one.kind.value) for one in world.rows(VisitFlag)]
    assert flags == [(second, "terminal_broken")]
    tell_test(world, key, camera="没有画面")
    assert len(world.rows(Device)) == len(ALL)
    assert tell_test(world, key).status == 200
    assert {one.capacity for one in world.rows(Slot)} == {2}
    assert all(one.lifted_at is not None for one in world.rows(VisitFlag))
    world.deliver_messages()
    said = [one for one in world.emulator.sent("wecom") if "【会见终端】" in str(one)]
    assert len(said) == 2 * 3, "once broken, once mended, to two visit officers and an engineer"


def test_what_the_operations_marked_as_broken_no_test_lifts(world: World) -> None:
    two_booked(world)
    key = key_of(world)
    tell_test(world, key)
    camera = world.one(Device, kind=DeviceKind.CAMERA)

    def ops(status: str) -> None:
        path, body = f"/ops/v1/devices/{camera.id}/status", {"status": status, "note": "镜头碎裂"}
        assert world.post(path, body, token=world.officer("qian")).status == 200

    ops("broken")
    for broken in ({}, {"camera": "没有画面"}, {}):
        shown = {one["kind"]: one for one in tell_test(world, key, **broken).json["devices"]}
        assert shown["camera"]["status"] == "broken"
        assert shown["speaker"]["status"] == "working"
        assert {one.capacity for one in world.rows(Slot)} == {1}
    assert "运维" in shown["camera"]["note"]
    ops("working")
    assert {one.capacity for one in world.rows(Slot)} == {2}
    tell_test(world, key, camera="没有画面")
    assert {one.capacity for one in world.rows(Slot)} == {1}
    tell_test(world, key)
    assert {one.capacity for one in world.rows(Slot)} == {2}


def test_minutes_left_and_back_after_a_power_cut(world: World) -> None:
    visit_id = running(world)
    key = key_of(world)
    before = ask(world, key, "POST", f"/visits/{visit_id}/join").json
    world.clock.forward(minutes=5)
    (shown,) = ask(world, key).json["visits"]
    assert 23 * 60 < shown["seconds_left"] < 25 * 60
    after = ask(world, key, "POST", f"/visits/{visit_id}/join").json
    assert (after["room_id"], after["user_id"]) == (before["room_id"], before["user_id"])
    assert len(world.rows(AuditEvent, action="visit.resident_joined")) == 1, "one a visit"


def test_help_is_asked_once_and_answered_by_one(world: World) -> None:
    visit_id = running(world)
    key = key_of(world)
    call_id = ask(world, key, "POST", "/help", {}).json["id"]
    assert ask(world, key, "POST", "/help", {}).json["id"] == call_id
    world.deliver_messages()
    assert sum("会见室求助" in str(one) for one in world.emulator.sent("wecom", "wang.visit")) == 1
    news = "/approve/v1/live-desk/news"
    (shown,) = world.get(news, token=world.officer("wang")).json["help_calls"]
    assert (shown["id"], shown["visit_id"]) == (call_id, visit_id)
    path = f"/approve/v1/help-calls/{call_id}/answer"
    assert world.post(path, token=world.officer("wang")).status == 204
    assert_problem(world.post(path, token=world.officer("sun")), 409, "changed_meanwhile")
    assert world.get(news, token=world.officer("wang")).json["help_calls"] == []
    assert ask(world, key, "POST", "/help", {}).json["id"] != call_id
    assert len(world.rows(HelpCall)) == 2


@pytest.mark.parametrize("who", ["wang", "xitong"])
def test_an_officer_s_token_is_no_device_key(world: World, who: str) -> None:
    answer = world.get(PAGE, token=world.officer(who))
    assert_problem(answer, 401, "device_key_false")


def test_the_resident_reads_of_the_visit_at_the_terminal(world: World) -> None:
    key, visit_id = key_of(world), approved(world)
    visit = world.one(Visit)
    path = f"/visits/{visit_id}/told"
    assert_problem(
        ask(world, key, "POST", path), 404, "not_found"
    )  # days ahead: not on this screen yet
    world.clock.move_to(visit.starts_at - timedelta(hours=3))
    first = ask(world, key, "POST", path)
    assert first.status == 200, first.text
    assert ask(world, key, "POST", path).json == first.json
    shown = world.get(f"/booking/v1/visits/{visit_id}", token=world.relative(GUO.openid)).json
    assert shown["resident_told_at"] == first.json["resident_told_at"]
    assert (shown["history"][-1]["by"], shown["history"][-1]["text"]) == (
        "会见室",
        "已告知会见对象",
    )
