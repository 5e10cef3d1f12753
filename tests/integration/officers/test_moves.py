"""Moving a visit by agreement: quota and history stay, the old place is free, the new one is held."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from local.sample_people import GUO
from shared import invariants
from shared.models.flags import VisitFlag
from shared.models.plumbing import AuditEvent
from shared.models.quota import QuotaEntry
from shared.models.timetable import Slot
from shared.models.visits import Visit
from tests.integration.officers.test_timetable import block, day_of, two_booked
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, booked
from tests.integration.world import Answer, World


def move(world: World, visit_id: str, slot: Slot, who: str = "wang", agreed: bool = True) -> Answer:
    body = {"slot_id": slot.id, "reason": "家属来电商定", "agreed": agreed}
    path = f"/approve/v1/visits/{visit_id}/move"
    return world.post(path, body, token=world.officer(who))


def answer(world: World, visit_id: str, agree: bool) -> Answer:
    path = f"/booking/v1/visits/{visit_id}/move"
    return world.post(path, {"agree": agree}, token=world.relative(GUO.openid))


def slots(world: World) -> list[Slot]:
    return sorted(world.rows(Slot), key=lambda one: one.starts_at)


def taken(world: World) -> list[int]:
    return [one.taken for one in slots(world)]


def used(world: World) -> dict[Any, int]:
    """The ledger's balance by the moment it counts for."""
    balance: dict[Any, int] = {}
    for one in world.rows(QuotaEntry):
        balance[one.at] = balance.get(one.at, 0) + one.amount
    return {at: amount for at, amount in balance.items() if amount}


def broken(world: World) -> list[str]:
    return [one.invariant.name for one in invariants.find_broken()]


def test_moved_at_once_with_the_family_s_word(world: World) -> None:
    visit_id = approved(world)
    target = slots(world)[2]
    moved = move(world, visit_id, target)
    assert moved.status == 200, moved.text
    visit = world.one(Visit)
    assert (visit.id, visit.starts_at, visit.status.value) == (
        visit_id,
        target.starts_at,
        "approved",
    )
    assert taken(world) == [0, 0, 1, 0]
    assert used(world) == {target.starts_at: 1}
    cancel = f"/booking/v1/visits/{visit_id}/cancel"
    assert world.post(cancel, token=world.relative(GUO.openid)).status == 200
    assert used(world) == {}
    assert taken(world) == [0, 0, 0, 0]
    assert broken(world) == []


def test_the_family_is_asked_and_agrees(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = booked(world)
    first, target = slots(world)[0], slots(world)[3]
    asked = move(world, visit_id, target, agreed=False)
    assert asked.json["status"] == "proposed"
    assert world.one(Visit).starts_at == first.starts_at
    assert_problem(move(world, visit_id, slots(world)[1], agreed=False), 409, "move_open")
    path = f"/booking/v1/visits/{visit_id}/move"
    shown = world.get(path, token=world.relative(GUO.openid)).json
    assert (shown["reason"], shown["yours_to_answer"]) == ("家属来电商定", True)
    assert answer(world, visit_id, agree=True).status == 200
    assert world.one(Visit).starts_at == target.starts_at
    assert_problem(answer(world, visit_id, agree=True), 404, "move_none")
    world.deliver_messages()
    told = [
        one["body"]["data"]["phrase1"]["value"] for one in world.emulator.sent("wechat", GUO.openid)
    ]
    assert told == ["改期请确认"]
    assert any("家属已同意改期" in str(one) for one in world.emulator.sent("wecom", "wang.visit"))
    assert broken(world) == []


def test_the_family_says_no_and_a_question_grows_old(world: World) -> None:
    visit_id = booked(world)
    start = world.one(Visit).starts_at
    move(world, visit_id, slots(world)[1], agreed=False)
    assert answer(world, visit_id, agree=False).status == 200
    assert world.one(Visit).starts_at == start
    move(world, visit_id, slots(world)[1], agreed=False)
    world.clock.forward(hours=25)
    assert_problem(answer(world, visit_id, agree=True), 404, "move_none")
    assert move(world, visit_id, slots(world)[2], agreed=False).status == 200


def test_every_reason_against_the_other_slot_at_once(world: World) -> None:
    first, second = two_booked(world)
    for one in slots(world)[1:2]:
        block(world, one.starts_at, one.ends_at, reason="临时会议")
    assert_problem(move(world, first, slots(world)[1]), 422, "slot_blocked")
    target = slots(world)[2]
    assert move(world, second, target).status == 200
    target.taken = world.one(Slot, id=target.id).capacity
    world.add(target)
    assert_problem(move(world, first, target), 422, "slot_full")


def test_the_flag_goes_with_the_slot_that_caused_it(world: World) -> None:
    visit_id = booked(world)
    slot = slots(world)[0]
    block(world, slot.starts_at, slot.ends_at, reason="临时会议")
    assert [one.lifted_at for one in world.rows(VisitFlag)] == [None]
    assert move(world, visit_id, slots(world)[3]).status == 200
    assert all(one.lifted_at for one in world.rows(VisitFlag))


def test_two_officers_move_one_visit_to_two_slots(world: World) -> None:
    visit_id = booked(world)
    one, other = slots(world)[1], slots(world)[2]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda pair: move(world, visit_id, *pair), [(one, "wang"), (other, "sun")])
        )
    assert 200 in {answer.status for answer in answers}
    assert sum(taken(world)) == 1
    assert sum(used(world).values()) == 1
    assert broken(world) == []
    done = sum(answer.status == 200 for answer in answers)
    assert len(world.rows(AuditEvent, action="visit.moved")) == done


def test_what_cannot_be_moved(world: World) -> None:
    visit_id = booked(world)
    assert_problem(move(world, visit_id, slots(world)[0]), 409, "changed_meanwhile")
    strange = Slot(id="0" * 26)
    assert_problem(move(world, visit_id, strange), 404, "not_found")
    first = slots(world)[0]
    block(world, *day_of(first), reason="检修")
    world.clock.move_to(first.starts_at - timedelta(minutes=30))
    assert move(world, visit_id, slots(world)[1]).status in (409, 422)
