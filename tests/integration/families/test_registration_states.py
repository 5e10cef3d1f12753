"""One answer that says what is done, what is next and why, whenever a family takes up its registration again."""

from typing import Any

from local.sample_people import GUO
from shared.models.people import ConsentPurpose
from shared.rules.consents import VERSIONS
from tests.integration.registration import give_consents
from tests.integration.steps import tie_of
from tests.integration.world import World


def states(world: World, openid: str) -> dict[str, str]:
    seen = world.get("/booking/v1/registration", token=world.relative(openid)).json
    return {one["name"]: one["state"] for one in seen["steps"]}


def text(world: World, openid: str, name: str) -> str:
    seen = world.get("/booking/v1/registration", token=world.relative(openid)).json
    return str(next(one["text"] for one in seen["steps"] if one["name"] == name))


def withdraw(world: World, purpose: str) -> None:
    body = {"purpose": purpose, "confirmed": True}
    path = "/booking/v1/consents/withdraw"
    assert world.post(path, body, token=world.relative(GUO.openid)).status == 200


def test_a_newcomer_sees_the_whole_way(world: World) -> None:
    token = world.sign_in("openid-new")
    assert list(states(world, "openid-new").values()) == ["next", *["later"] * 4]
    assert "人脸信息核验" in text(world, "openid-new", "consents")
    give_consents(world, token)
    assert list(states(world, "openid-new").values()) == ["done", "next", *["later"] * 3]
    seen = world.get("/booking/v1/registration", token=token).json
    assert (seen["next_step"], seen["can_book"]) == ("identity", False)


def test_who_is_through_can_book(world: World) -> None:
    seen = world.get("/booking/v1/registration", token=world.relative(GUO.openid)).json
    assert (seen["next_step"], seen["can_book"]) == (None, True)
    assert set(states(world, GUO.openid).values()) == {"done"}


def test_a_check_by_hand_waits_is_refused_and_asked_for_again(world: World) -> None:
    withdraw(world, "face")
    missing = [{"purpose": "face", "version": VERSIONS[ConsentPurpose.FACE]}]
    token = world.relative(GUO.openid)
    world.post("/booking/v1/consents", {"consents": missing}, token=token)
    assert states(world, GUO.openid)["face"] == "next"
    body = {"purpose": "face", "relationship_id": tie_of(world)}
    asked: Any = world.post("/booking/v1/manual-checks", body, token=token).json
    assert states(world, GUO.openid)["face"] == "waiting"
    path = f"/approve/v1/manual-checks/{asked['id']}/reject"
    world.post(path, {"reason": "证件已过期"}, token=world.officer("wang"))
    assert states(world, GUO.openid)["face"] == "refused"
    assert "证件已过期" in text(world, GUO.openid, "face")
    assert world.post("/booking/v1/manual-checks", body, token=token).status == 201


def test_a_withdrawn_consent_is_named(world: World) -> None:
    withdraw(world, "recording")
    assert text(world, GUO.openid, "consents") == "请阅读并同意这些说明：会见录音录像。"
