"""What a family sees of its visit, from the request to the door of the room."""

from datetime import timedelta

from local.sample_people import GUO
from shared.models.visits import Visit
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, booked
from tests.integration.world import Answer, World

GOOD = {
    "camera": "ok", "microphone": "ok", "speaker": "ok", "delay_ms": 40, "loss_percent": 0,
}  # fmt: skip


def seen(world: World, visit_id: str, part: str = "") -> Answer:
    return world.get(f"/booking/v1/visits/{visit_id}{part}", token=world.relative(GUO.openid))


def test_state_reason_and_history_by_kind_of_actor(world: World) -> None:
    visit_id = booked(world)
    waiting = seen(world, visit_id).json
    assert waiting["state"] == "待审核"
    assert "12月4日（周五）12:00前" in waiting["next_step"]
    path = f"/approve/v1/visits/{visit_id}/reject"
    world.post(path, {"reason": "证明材料不清晰"}, token=world.officer("wang"))
    shown = seen(world, visit_id)
    assert (shown.json["state"], shown.json["reason"]) == ("未通过", "证明材料不清晰")
    assert shown.json["cancel_until"] is None
    assert [(one["by"], one["text"]) for one in shown.json["history"]] == [
        ("您", "提交了会见申请"),
        ("民警", "审核未通过"),
    ]
    assert "王" not in shown.text


def test_a_change_shows_until_it_is_lifted(world: World) -> None:
    visit_id = approved(world)
    resident = f"/approve/v1/residents/{world.one(Visit).resident_id}/status"
    world.post(resident, {"status": "transferred", "reason": "转所"}, token=world.officer("sun"))
    shown = seen(world, visit_id).json
    assert shown["status"] == "approved"
    assert "尽快通知您" in shown["changes"][0]
    assert "转" not in str(shown), "where the resident is stays unsaid"
    world.post(resident, {"status": "active", "reason": "更正"}, token=world.officer("sun"))
    assert seen(world, visit_id).json["changes"] == []


def test_the_device_test_is_kept_with_what_to_mend(world: World) -> None:
    visit_id = approved(world)
    path, token = f"/booking/v1/visits/{visit_id}/device-test", world.relative(GUO.openid)
    bad = world.post(path, {**GOOD, "camera": "denied", "loss_percent": 30}, token=token).json
    assert (bad["passed"], len(bad["advice"])) == (False, 2)
    assert "设置" in bad["advice"][0]
    assert seen(world, visit_id).json["device_test"] == bad
    assert world.post(path, GOOD, token=token).json["passed"]
    assert seen(world, visit_id).json["device_test"]["passed"]
    assert_problem(world.post(path, {**GOOD, "camera": "?"}, token=token), 422, "field_invalid")


def test_the_waiting_room_says_what_is_left_to_do_and_how_long(world: World) -> None:
    visit_id = booked(world)
    assert seen(world, visit_id, "/waiting-room").json["state"] == "not_approved"
    world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    starts_at = world.one(Visit).starts_at
    world.clock.move_to(starts_at - timedelta(minutes=20))
    early = seen(world, visit_id, "/waiting-room").json
    assert (early["state"], early["device_test_passed"]) == ("too_early", None)
    assert 290 < early["seconds_until_open"] <= 300
    join = f"/booking/v1/visits/{visit_id}/join"
    refused = world.post(join, token=world.relative(GUO.openid))
    assert_problem(refused, 422, "too_early_to_join")
    assert 290 < refused.json["seconds_left"] <= 300
    world.clock.forward(minutes=10)
    assert seen(world, visit_id, "/waiting-room").json["state"] == "face_check"
    check_face_by_hand(world)
    ready = seen(world, visit_id, "/waiting-room").json
    assert (ready["state"], ready["face_checked"]) == ("waiting", True)
    given = world.post(join, token=world.relative(GUO.openid)).json
    assert 590 < given["seconds_until_start"] <= 600
    world.clock.forward(minutes=10)
    assert seen(world, visit_id, "/waiting-room").json["state"] == "open"
    world.clock.forward(hours=1)
    world.timer("booking", "mark-no-shows")
    over = seen(world, visit_id, "/waiting-room").json
    assert (over["state"], over["seconds_until_start"]) == ("over", 0)


def check_face_by_hand(world: World) -> None:
    part = world.one(Visit).participants[0]
    part.face_checked_at = world.clock.now()
    world.add(part)


def test_the_family_sees_that_the_resident_was_told(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = booked(world)
    path = f"/approve/v1/visits/{visit_id}/resident-told"
    assert_problem(world.post(path, token=world.officer("wang")), 409, "visit_not_approved")
    world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    assert seen(world, visit_id).json["resident_told_at"] is None
    first = world.post(path, token=world.officer("wang"))
    assert first.status == 200, first.text
    assert world.post(path, token=world.officer("zhao")).json == first.json
    assert seen(world, visit_id).json["resident_told_at"] == first.json["resident_told_at"]
    assert seen(world, visit_id).json["history"][-1]["text"] == "已告知会见对象"
    world.deliver_messages()
    assert str(world.emulator.sent("wechat", GUO.openid)).count("会见对象已知道") == 1
