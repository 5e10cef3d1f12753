"""Codes of WeChat and tokens of ours that are used, false, old or forged."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from local.sample_people import GUO, LIN
from shared.clock import in_shanghai
from shared.http.sessions import LIFETIME, make_token
from shared.ids import new_id
from shared.models.officers import Officer
from shared.models.people import Relative
from tests.integration.problems import assert_problem
from tests.integration.world import World

SESSION, MINE = "/booking/v1/session", "/booking/v1/registration"


def test_a_code_is_good_once(world: World) -> None:
    code = world.emulator.ask("/local/wechat/codes", {"openid": LIN.openid})["code"]
    assert world.post(SESSION, {"code": code}).status == 200
    assert_problem(world.post(SESSION, {"code": code}), 422, "wechat_code_false")


def test_a_false_code_makes_nobody(world: World) -> None:
    before = len(world.rows(Relative))
    assert_problem(world.post(SESSION, {"code": "false"}), 422, "wechat_code_false")
    assert len(world.rows(Relative)) == before


def test_a_code_grows_old(world: World) -> None:
    code = world.emulator.ask("/local/wechat/codes", {"openid": LIN.openid})["code"]
    world.clock.forward(minutes=6)
    assert_problem(world.post(SESSION, {"code": code}), 422, "wechat_code_false")


def test_wechat_out_of_reach_is_not_the_person_s_fault(world: World) -> None:
    code = world.emulator.ask("/local/wechat/codes", {"openid": LIN.openid})["code"]
    world.emulator.fail("wechat.code2session")
    assert_problem(world.post(SESSION, {"code": code}), 503, "try_later")
    assert world.post(SESSION, {"code": code}).status == 200


def test_a_used_code_of_the_phone_button(world: World) -> None:
    asked = {"openid": GUO.openid, "phone": GUO.phone}
    code = world.emulator.ask("/local/wechat/phone_codes", asked)["code"]
    token = world.relative(GUO.openid)
    assert world.post("/phone/v1/checks", {"phone_code": code}, token=token).status == 200
    again = world.post("/phone/v1/checks", {"phone_code": code}, token=token)
    assert_problem(again, 422, "phone_code_false")


def test_a_session_ends_with_its_time(world: World) -> None:
    token = world.relative(GUO.openid)
    world.clock.forward(seconds=LIFETIME["relative"].total_seconds() - 5)
    assert world.get(MINE, token=token).status == 200
    world.clock.forward(seconds=7)
    assert_problem(world.get(MINE, token=token), 401, "session_expired")


def test_a_token_from_tomorrow_is_none(world: World) -> None:
    """Made by a clock that goes wrong, or by somebody who wants it to last."""
    tomorrow = world.clock.now() + timedelta(days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.http.sessions.now", lambda: in_shanghai(tomorrow))
        token = world.relative(GUO.openid)
    assert world.get(MINE, token=token).status == 401


def test_a_forged_token(world: World) -> None:
    guo = world.one(Relative)
    forged = URLSafeTimedSerializer("guessed", salt="session.relative").dumps([guo.id, 0])
    assert_problem(world.get(MINE, token=str(forged)), 401, "not_signed_in")


@pytest.mark.parametrize("place", [0, 10, -10, -1])
def test_an_altered_token(world: World, place: int) -> None:
    token = world.relative(GUO.openid)
    place %= len(token)
    other = "A" if token[place] != "A" else "B"
    altered = token[:place] + other + token[place + 1 :]
    answer = world.get(MINE, token=altered)
    # The last character of a base64 text holds bits that mean nothing.
    assert answer.status == 401 or place == len(token) - 1


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b c", "Bearer é"]
)
def test_what_is_no_bearer_token(world: World, header: str) -> None:
    answer = world.get(MINE, headers={"Authorization": header.encode().decode("latin-1")})
    assert_problem(answer, 401, "not_signed_in")


def test_a_token_for_one_kind_of_person_is_none_for_another(world: World) -> None:
    officer = world.one(Officer, username="wang")
    as_relative = make_token("relative", officer.id, 0)
    assert_problem(world.get(MINE, token=as_relative), 401, "not_signed_in")
    assert_problem(world.get(MINE, token=world.officer("wang")), 401, "not_signed_in")
    guo = world.relative(GUO.openid)
    assert_problem(world.get("/approve/v1/queue", token=guo), 401, "not_signed_in")


def test_signed_out_everywhere(world: World) -> None:
    token = world.relative(GUO.openid)
    guo = world.one(Relative)
    guo.session_generation += 1
    world.add(guo)
    assert_problem(world.get(MINE, token=token), 401, "not_signed_in")


def test_an_officer_who_left_and_somebody_unknown(world: World) -> None:
    token = world.officer("wang")
    wang = world.one(Officer, username="wang")
    wang.active = False
    world.add(wang)
    assert_problem(world.get("/approve/v1/queue", token=token), 401, "not_signed_in")
    nobody = make_token("officer", new_id(), 0)
    assert_problem(world.get("/approve/v1/queue", token=nobody), 401, "not_signed_in")
