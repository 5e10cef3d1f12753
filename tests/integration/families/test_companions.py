"""Several relatives in one visit: each may stay away, and what ends for one is not the others' to know."""

from datetime import timedelta
from typing import Any

import pytest

from local.sample_people import BROTHER, GUO
from shared.models.flags import FlagKind, VisitFlag
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, open_slots, tie_of
from tests.integration.world import Answer, World

SISTER = "openid-sister"


@pytest.fixture
def together(world: World) -> str:
    """A visit that GUO booked, with her sister beside her."""
    add_checked_relative(world, SISTER, "郭志清", BROTHER.number)
    world.sign_in(GUO.openid)
    answer = book_with(world, open_slots(world)[0], code_of(world, SISTER))
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def code_of(world: World, openid: str) -> str:
    path = "/booking/v1/companion-code"
    return str(world.post(path, token=world.relative(openid)).json["code"])


def book_with(world: World, slot: Slot, *codes: str) -> Answer:
    body = {"relationship_id": tie_of(world), "slot_id": slot.id, "companion_codes": list(codes)}
    return world.post("/booking/v1/visits", body, token=world.relative(GUO.openid))


def seen(world: World, visit_id: str, openid: str = GUO.openid) -> Any:
    return world.get(f"/booking/v1/visits/{visit_id}", token=world.relative(openid)).json


def cancel(world: World, visit_id: str, openid: str) -> Answer:
    return world.post(f"/booking/v1/visits/{visit_id}/cancel", token=world.relative(openid))


def told(world: World, openid: str) -> str:
    world.deliver_messages()
    return str(world.emulator.sent("wechat", openid))


def test_a_companion_who_stays_away_cancels_nothing(world: World, together: str) -> None:
    assert cancel(world, together, SISTER).status == 200
    assert world.one(Visit).status is VisitStatus.REQUESTED
    assert len(world.rows(VisitParticipant)) == 1
    assert world.one(VisitFlag).kind is FlagKind.COMPANION_LEFT
    assert cancel(world, together, SISTER).status == 404, "no visit of hers any more"
    shown = seen(world, together)
    assert (shown["people"], len(shown["changes"])) == (1, 1)
    assert ("同行亲属", "一位同行亲属退出了会见") in [
        (one["by"], one["text"]) for one in shown["history"]
    ]
    assert "安排有变" in told(world, GUO.openid)


def test_who_booked_ends_it_for_all_and_the_companion_hears_of_it(
    world: World, together: str
) -> None:
    world.sign_in(SISTER)
    assert cancel(world, together, GUO.openid).status == 200
    assert seen(world, together, SISTER)["history"][-1]["by"] == "同行亲属"
    assert "申请人取消了会见" in told(world, SISTER)


def test_a_suspended_companion_is_not_the_others_business(world: World, together: str) -> None:
    until = (world.clock.now() + timedelta(days=30)).isoformat()
    body = {"until": until, "reason": "会见中出现违规行为"}
    path = f"/approve/v1/relationships/{tie_of(world, SISTER)}"
    assert world.post(f"{path}/suspend", body, token=world.officer("sun")).status == 200
    shown = seen(world, together)
    assert (shown["status"], len(shown["changes"])) == ("requested", 1)
    assert "违规" not in str(shown)
    world.post(f"/approve/v1/visits/{together}/approve", token=world.officer("wang"))
    visit = world.one(Visit)
    world.clock.move_to(visit.starts_at)
    for one in visit.participants:
        one.face_checked_at = world.clock.now()
        world.add(one)
    join = f"/booking/v1/visits/{together}/join"
    refused = world.post(join, token=world.relative(SISTER))
    assert_problem(refused, 422, "relationship_not_approved")
    assert world.post(join, token=world.relative(GUO.openid)).status == 200


def test_lifting_the_suspension_lifts_the_flag(world: World, together: str) -> None:
    until = (world.clock.now() + timedelta(days=1)).isoformat()
    path = f"/approve/v1/relationships/{tie_of(world, SISTER)}"
    body = {"until": until, "reason": "核实情况"}
    world.post(f"{path}/suspend", body, token=world.officer("sun"))
    world.clock.forward(days=1)
    for _ in range(2):
        world.timer("booking", "end-suspensions")
    assert seen(world, together)["changes"] == []
    assert told(world, GUO.openid).count("照常进行，") == 1


def test_a_suspended_or_unwilling_companion_is_refused(world: World) -> None:
    add_checked_relative(world, SISTER, "郭志清", BROTHER.number)
    slot = open_slots(world)[0]
    code = code_of(world, SISTER)
    withdrawn = {"purpose": "recording", "confirmed": True}
    path = "/booking/v1/consents/withdraw"
    assert world.post(path, withdrawn, token=world.relative(SISTER)).status == 200
    assert_problem(book_with(world, slot, code), 422, "consents_missing")


def test_a_companion_who_withdraws_consent_leaves_and_the_visit_is_flagged(
    world: World, together: str
) -> None:
    withdrawn = {"purpose": "face", "confirmed": True}
    path = "/booking/v1/consents/withdraw"
    assert world.post(path, withdrawn, token=world.relative(SISTER)).status == 200
    assert world.one(Visit).status is VisitStatus.REQUESTED
    assert world.one(VisitFlag).kind is FlagKind.CONSENT_WITHDRAWN
    assert "退出" in seen(world, together)["changes"][0]
