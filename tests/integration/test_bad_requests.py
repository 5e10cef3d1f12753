"""Requests that no form of ours would send."""

import pytest

from local.sample_people import GUO
from shared.models.people import Relative
from tests.integration.problems import assert_problem, fields
from tests.integration.world import World

IDENTITY = "/booking/v1/identity"


@pytest.mark.parametrize(
    "raw", [b'{"code": ', b"code=1", b"\xff\xfe", b"[1, 2", '{"code": "一'.encode()[:-1], b"null"]
)
def test_a_broken_body(world: World, raw: bytes) -> None:
    answer = world.call("POST", "/booking/v1/session", raw=raw)
    assert_problem(answer, 422, "body_unreadable")


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"7", b"true"])
def test_a_body_that_is_no_object(world: World, raw: bytes) -> None:
    answer = world.call("POST", "/booking/v1/session", raw=raw)
    assert answer.status == 422
    assert set(answer.codes) <= {"body_unreadable", "field_invalid"}


def test_no_body_at_all(world: World) -> None:
    assert_problem(world.call("POST", "/booking/v1/session"), 422, "field_invalid")


def test_every_wrong_field_is_named_at_once(world: World) -> None:
    body = {"name": "1", "id_number": GUO.id_number[:-1], "id_photo_key": "../etc", "more": 1}
    answer = world.call("PUT", IDENTITY, body, token=world.relative(GUO.openid))
    assert_problem(
        answer, 422, "name_invalid", "id_number_invalid", "field_invalid", "field_invalid"
    )
    assert fields(answer) == ["name", "id_number", "id_photo_key", "more"]


def test_missing_fields_are_named(world: World) -> None:
    answer = world.call("PUT", IDENTITY, {}, token=world.relative(GUO.openid))
    assert_problem(answer, 422, "field_invalid", "field_invalid", "field_invalid")
    assert {"必填" in one["text"] for one in answer.json["errors"]} == {True}


@pytest.mark.parametrize("place", range(18))
def test_a_wrong_digit_of_the_id_number(world: World, place: int) -> None:
    digit = str((int(GUO.id_number[place].replace("X", "0")) + 1) % 10)
    wrong = GUO.id_number[:place] + digit + GUO.id_number[place + 1 :]
    before = world.one(Relative)
    body = {"name": GUO.name, "id_number": wrong, "id_photo_key": "id-photos/1.jpg"}
    answer = world.call("PUT", IDENTITY, body, token=world.relative(GUO.openid))
    assert_problem(answer, 422, "id_number_invalid")
    assert "校验位" in answer.json["errors"][0]["text"]
    assert wrong not in answer.text  # an answer lies in logs on the way
    assert world.one(Relative).id_number == before.id_number


def test_too_large_a_body(world: World) -> None:
    answer = world.call("POST", "/booking/v1/session", {"code": "x" * 1_000_001})
    assert_problem(answer, 413, "too_large")


def test_an_unknown_address_and_an_unknown_method(world: World) -> None:
    assert_problem(world.get("/booking/v1/nothing-here"), 404, "not_found")
    assert_problem(world.call("DELETE", "/booking/v1/session"), 405, "method_not_allowed")


@pytest.mark.parametrize("visit_id", ["1", "'; DROP TABLE visit", "0" * 27, "%00", "..%2f.."])
def test_an_id_that_is_none(world: World, visit_id: str) -> None:
    answer = world.get(f"/booking/v1/visits/{visit_id}", token=world.relative(GUO.openid))
    assert answer.status in (404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_unexpected_error_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_more: object) -> None:
        raise ZeroDivisionError("openid-guo 13900000002")

    monkeypatch.setattr("functions.booking.routes.list_visits", fail)
    answer = world.get("/booking/v1/visits", token=world.relative(GUO.openid))
    assert_problem(answer, 500, "internal")
    assert "13900000002" not in answer.text
