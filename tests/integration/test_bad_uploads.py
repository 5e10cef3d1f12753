"""Pictures that are none, clips that are too large, keys of somebody else's."""

from typing import Any

import pytest
import requests

from local.sample_people import GUO, LIN, made_up_id_number
from shared.clients import storage
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import Relative
from shared.rules.consents import VERSIONS
from tests.integration.problems import assert_problem
from tests.integration.world import Answer, World

JPEG_START = b"\xff\xd8\xff\xe0"


@pytest.fixture
def lin(world: World) -> str:
    """Signed in and consented: the identity is what comes next."""
    token = world.sign_in(LIN.openid)
    consents = [{"purpose": one.value, "version": VERSIONS[one]} for one in VERSIONS]
    assert world.post("/booking/v1/consents", {"consents": consents}, token=token).status == 200
    return token


def place(world: World, token: str) -> dict[str, Any]:
    asked = {"purpose": "id_photo", "content_type": "image/jpeg"}
    answer = world.post("/booking/v1/uploads", asked, token=token)
    assert answer.status == 200, answer.text
    given: dict[str, Any] = answer.json
    return given


def prove(world: World, token: str, key: str, **changed: str) -> Answer:
    identity = {"name": LIN.name, "id_number": LIN.id_number, "id_photo_key": key, **changed}
    return world.call("PUT", "/booking/v1/identity", identity, token=token)


@pytest.mark.parametrize("data", [b"", b"no picture", b"%PDF-1.7 ...", b"GIF89a....", b"\xff\xd8"])
def test_a_picture_that_is_none(world: World, lin: str, data: bytes) -> None:
    upload = place(world, lin)
    world.upload(upload, data)
    assert_problem(prove(world, lin, upload["key"]), 422, "photo_unreadable")


def test_nothing_was_uploaded(world: World, lin: str) -> None:
    assert_problem(prove(world, lin, place(world, lin)["key"]), 422, "photo_missing")


def test_too_large_a_photo(world: World, lin: str) -> None:
    upload = place(world, lin)
    world.upload(upload, JPEG_START + bytes(5_000_000))
    assert_problem(prove(world, lin, upload["key"]), 422, "photo_too_large")


@pytest.mark.parametrize("how", ["theirs", "elsewhere", "upwards"])
def test_a_key_that_is_not_one_s_own(world: World, lin: str, how: str) -> None:
    """It would lend her somebody else's face."""
    guo = next(one for one in world.rows(Relative) if one.openid == GUO.openid)
    key = place(world, world.relative(GUO.openid))["key"]
    storage.write(key, JPEG_START, "image/jpeg")
    own = place(world, lin)["key"].rpartition("/")[0]
    keys = {"theirs": key, "elsewhere": "recordings/1/2.mp4", "upwards": f"{own}/../{guo.id}/1.jpg"}
    answer = prove(world, lin, keys[how])
    assert (answer.status, answer.codes) == (422, ["photo_missing"])


def test_cos_out_of_reach_is_not_the_person_s_fault(world: World, lin: str) -> None:
    upload = place(world, lin)
    world.upload(upload, JPEG_START)
    world.emulator.fail("cos.get")
    assert_problem(prove(world, lin, upload["key"]), 503, "try_later")
    assert prove(world, lin, upload["key"]).status == 200


def test_the_upload_takes_one_content_type(world: World, lin: str) -> None:
    upload = place(world, lin)
    answer = requests.put(
        upload["url"], data=b"<html>", headers={"Content-Type": "text/html"}, timeout=10
    )
    assert answer.status_code == 403


def test_an_id_number_belongs_to_one_account(world: World, lin: str) -> None:
    upload = place(world, lin)
    world.upload(upload, JPEG_START)
    assert_problem(prove(world, lin, upload["key"], id_number=GUO.id_number), 409, "identity_taken")
    other = made_up_id_number("19700101", 1)
    assert prove(world, lin, upload["key"], id_number=other).status == 200


def test_a_proven_identity_is_not_changed(world: World) -> None:
    token = world.relative(GUO.openid)
    upload = place(world, token)
    world.upload(upload, JPEG_START)
    assert_problem(prove(world, token, upload["key"]), 422, "identity_proven")


def start_check(world: World) -> dict[str, Any]:
    answer = world.post(
        "/verify-face/v1/checks", {"purpose": "registration"}, token=world.relative(GUO.openid)
    )
    assert answer.status == 201, answer.text
    started: dict[str, Any] = answer.json
    return started


def submit(world: World, check_id: str, token: str | None = None) -> Answer:
    token = token or world.relative(GUO.openid)
    return world.post(f"/verify-face/v1/checks/{check_id}/submit", token=token)


def test_a_clip_over_8_mb(world: World) -> None:
    check = start_check(world)
    world.upload(check, bytes(8_000_001))
    answer = submit(world, check["id"])
    assert_problem(answer, 422, "clip_too_large")
    assert "8 MB" in answer.json["detail"]
    assert world.rows(FaceTemplate) == []


def test_a_smaller_clip_may_follow_the_too_large_one(world: World) -> None:
    check = start_check(world)
    world.upload(check, bytes(8_000_001))
    submit(world, check["id"])
    world.upload(check, b"no film")
    answer = submit(world, check["id"])
    assert answer.status == 200
    assert answer.json["status"] == "ask_again"
    assert [one["code"] for one in answer.json["reasons"]] == ["clip_unreadable"]
    assert submit(world, check["id"]).json == answer.json


def test_no_clip_at_all(world: World) -> None:
    assert_problem(submit(world, start_check(world)["id"]), 422, "clip_missing")


def test_a_challenge_ends_after_five_minutes(world: World) -> None:
    check = start_check(world)
    world.upload(check, b"no film")
    world.clock.forward(minutes=5, seconds=1)
    assert_problem(submit(world, check["id"]), 409, "check_over")


def test_somebody_else_s_check(world: World, lin: str) -> None:
    check = start_check(world)
    assert_problem(submit(world, check["id"], lin), 404, "not_found")
    path = f"/verify-face/v1/checks/{check['id']}"
    assert_problem(world.get(path, token=lin), 404, "not_found")


def test_six_tries_a_day_and_again_after_midnight(world: World) -> None:
    left = [start_check(world)["tries_left"] for _ in range(6)]
    assert left == [5, 4, 3, 2, 1, 0]
    body, token = {"purpose": "registration"}, world.relative(GUO.openid)
    refused = world.post("/verify-face/v1/checks", body, token=token)
    assert_problem(refused, 429, "tries_used_up")
    world.clock.forward(hours=14, minutes=59)  # the test's day begins at nine
    assert (
        world.post("/verify-face/v1/checks", body, token=world.relative(GUO.openid)).status == 429
    )
    world.clock.forward(minutes=2)
    assert (
        world.post("/verify-face/v1/checks", body, token=world.relative(GUO.openid)).status == 201
    )
    assert len(world.rows(FaceCheck)) == 7
