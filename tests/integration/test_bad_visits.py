"""Somebody else's visit, and the wrong moment for one's own."""

from datetime import timedelta

import pytest

from local.sample_people import GUO, LIN, SON
from shared.ids import new_id
from shared.models.plumbing import AuditEvent
from shared.models.visits import Visit, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import (
    add_checked_relative,
    approved,
    book,
    booked,
    open_slots,
    running,
)
from tests.integration.world import Answer, World

STRANGER = "openid-stranger"


@pytest.fixture
def stranger(world: World) -> str:
    add_checked_relative(world, STRANGER, "陈静", SON.number)
    return world.relative(STRANGER)


def tries(world: World, visit_id: str, token: str) -> list[Answer]:
    """Everything a relative can do with a visit."""
    path = f"/booking/v1/visits/{visit_id}"
    check = {"purpose": "visit", "visit_id": visit_id}
    return [
        world.get(path, token=token),
        world.post(f"{path}/cancel", token=token),
        world.post(f"{path}/join", token=token),
        world.post("/verify-face/v1/checks", check, token=token),
    ]


def test_somebody_else_s_visit_looks_like_none(world: World, stranger: str) -> None:
    visit_id = approved(world)
    theirs, nobodys = tries(world, visit_id, stranger), tries(world, new_id(), stranger)
    for mine, other in zip(theirs[:3], nobodys[:3], strict=True):
        assert_problem(mine, 404, "not_found")
        assert {**mine.json, "request_id": ""} == {**other.json, "request_id": ""}
    assert theirs[3].status == nobodys[3].status
    assert theirs[3].codes == nobodys[3].codes
    assert world.one(Visit).status is VisitStatus.APPROVED
    assert visit_id not in str(world.get("/booking/v1/visits", token=stranger).json)


def test_somebody_else_s_relationship(world: World, stranger: str) -> None:
    slot = open_slots(world)[0]
    ties = world.get("/booking/v1/relationships", token=world.relative(GUO.openid)).json
    tie = ties["relationships"][0]["id"]
    slots = world.get(f"/booking/v1/slots?relationship_id={tie}", token=stranger)
    assert_problem(slots, 404, "not_found")
    wanted = {"relationship_id": tie, "slot_id": slot.id}
    assert_problem(world.post("/booking/v1/visits", wanted, token=stranger), 404, "not_found")
    assert world.rows(Visit) == []


def test_a_slot_that_does_not_exist(world: World) -> None:
    slot = open_slots(world)[0]
    slot.id = new_id()
    assert_problem(book(world, slot), 404, "not_found")


def test_a_full_slot_and_a_used_up_week_come_at_once_with_other_slots(world: World) -> None:
    slots = open_slots(world)
    assert book(world, slots[0]).status == 201
    answer = book(world, slots[0])
    assert_problem(answer, 422, "slot_full", "resident_busy", "week_used_up", "relative_busy")
    assert answer.json["other_slots"] == []  # the week is used up for all of them


def test_who_comes_second_is_offered_other_slots(world: World, stranger: str) -> None:
    slots = open_slots(world)
    assert book(world, slots[0]).status == 201
    answer = book(world, slots[0], openid=STRANGER)
    assert answer.codes[0] == "slot_full"
    assert [one["id"] for one in answer.json["other_slots"]] == [one.id for one in slots[1:]]


def test_a_decided_visit_is_not_decided_again(world: World) -> None:
    visit_id = approved(world)
    path = f"/approve/v1/visits/{visit_id}"
    again = world.post(f"{path}/approve", token=world.officer("zhao"))
    assert_problem(again, 409, "changed_meanwhile")
    reject = world.post(f"{path}/reject", {"reason": "资料不全"}, token=world.officer("zhao"))
    assert_problem(reject, 409, "changed_meanwhile")
    actions = [one.action for one in world.rows(AuditEvent, subject_id=visit_id)]
    assert actions.count("visit.approved") == 1


def test_a_rejection_needs_a_reason(world: World) -> None:
    path = f"/approve/v1/visits/{booked(world)}/reject"
    for reason in ("", " ", "否"):
        refused = world.post(path, {"reason": reason}, token=world.officer("wang"))
        assert_problem(refused, 422, "field_invalid")
    assert world.one(Visit).status is VisitStatus.REQUESTED


def test_cancelling_ends_two_hours_before(world: World) -> None:
    visit_id = approved(world)
    visit = world.one(Visit)
    path = f"/booking/v1/visits/{visit_id}/cancel"
    world.clock.move_to(visit.starts_at - timedelta(hours=2) + timedelta(seconds=1))
    late = world.post(path, token=world.relative(GUO.openid))
    assert_problem(late, 422, "too_late_to_cancel")
    assert world.one(Visit).status is VisitStatus.APPROVED


def test_a_cancelled_place_is_free_at_once(world: World) -> None:
    slots = open_slots(world)
    first = book(world, slots[0]).json["id"]
    token = world.relative(GUO.openid)
    assert world.post(f"/booking/v1/visits/{first}/cancel", token=token).status == 200
    again = world.post(f"/booking/v1/visits/{first}/cancel", token=token)
    assert_problem(again, 409, "changed_meanwhile")
    assert book(world, slots[0]).status == 201


def test_joining_too_early_unchecked_unapproved_or_too_late(world: World) -> None:
    visit_id = booked(world)
    path = f"/booking/v1/visits/{visit_id}/join"
    unapproved = world.post(path, token=world.relative(GUO.openid))
    assert_problem(unapproved, 409, "visit_not_approved")
    world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    visit = world.one(Visit)
    world.clock.move_to(visit.starts_at - timedelta(minutes=15, seconds=2))
    assert_problem(world.post(path, token=world.relative(GUO.openid)), 422, "too_early_to_join")
    world.clock.forward(seconds=3)
    unchecked = world.post(path, token=world.relative(GUO.openid))
    assert_problem(unchecked, 422, "face_check_before_visit")
    world.clock.move_to(visit.ends_at)
    assert_problem(world.post(path, token=world.relative(GUO.openid)), 409, "visit_over")


def test_ending_what_does_not_run(world: World) -> None:
    path = f"/approve/v1/visits/{running(world)}/end"
    because = {"reason": "会见时间已到"}
    assert world.post(path, because, token=world.officer("wang")).status == 200
    again = world.post(path, because, token=world.officer("zhao"))
    assert_problem(again, 409, "visit_not_running")


def test_a_request_nobody_decided_expires_and_the_family_is_told(world: World) -> None:
    booked(world)
    visit = world.one(Visit)
    world.clock.move_to(visit.starts_at)
    for _ in range(2):
        world.timer("booking", "expire-requests")
        world.deliver_messages()
    assert world.one(Visit).status is VisitStatus.EXPIRED
    told = [one for one in world.emulator.sent("wechat", GUO.openid) if "未及审核" in str(one)]
    assert len(told) == 1


def test_a_relative_never_sees_the_ward_or_the_others(world: World) -> None:
    visit_id = approved(world)
    token = world.relative(GUO.openid)
    seen = [
        world.get(path, token=token).text
        for path in (
            "/booking/v1/visits",
            f"/booking/v1/visits/{visit_id}",
            "/booking/v1/relationships",
            "/booking/v1/registration",
        )
    ]
    hidden = ("大队", "王警官", "wang", LIN.name, SON.name, SON.number, "ward", "place")
    assert not [word for word in hidden if word in "".join(seen)]
