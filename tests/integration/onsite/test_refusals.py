"""Deliveries that are unsigned, late, replayed, half or wrong are refused whole, with the reason."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local.sample_people import LIN
from shared.models.onsite import OnsiteVisit
from shared.models.people import OnsiteVisitor
from shared.models.systems import ConnectedSystem, DeliveryNonce, SystemKind
from tests.integration.onsite.system import KEY, OnsiteSystem, add_relative
from tests.integration.problems import assert_problem
from tests.integration.world import World

PATH = "/booking/v1/onsite/deliveries"


def nothing_is_in(world: World) -> None:
    assert world.rows(OnsiteVisitor) == []
    assert world.rows(OnsiteVisit) == []


def test_unsigned_or_signed_by_somebody_else(world: World) -> None:
    system = OnsiteSystem(world)
    body = system.delivery(system.visitor())
    assert_problem(world.post(PATH, body), 401, "timestamp_old")
    assert_problem(system.post(body, **{"X-Visits-Signature": "0" * 64}), 401, "signature_false")
    assert_problem(system.post(body, **{"X-Visits-Signature": "签名"}), 401, "signature_false")
    assert_problem(system.post(body, **{"X-Visits-Algorithm": "none"}), 401, "signature_false")
    assert_problem(system.post(body, **{"X-Visits-System": "nobody"}), 401, "signature_false")
    phone = ConnectedSystem(site_id=system.row.site_id, kind=SystemKind.PHONE, name="p", key=KEY)
    world.add(phone)
    assert_problem(system.post(body, **{"X-Visits-System": phone.id}), 401, "signature_false")
    nothing_is_in(world)


def test_a_system_switched_off_is_unknown(world: World) -> None:
    system = OnsiteSystem(world, active=False)
    assert_problem(system.send(system.visitor()), 401, "signature_false")


def test_a_body_or_query_that_is_not_the_one_signed(world: World) -> None:
    system = OnsiteSystem(world)
    raw = json.dumps(system.delivery(system.visitor())).encode()
    headers = system.sign("POST", PATH, raw)
    cut = world.call("POST", PATH, raw=raw[:-2], headers=headers)
    assert_problem(cut, 401, "signature_false")
    signed = system.sign("GET", "/booking/v1/onsite/feed?after=0")
    other = world.get("/booking/v1/onsite/feed?after=9", headers=signed)
    assert_problem(other, 401, "signature_false")
    nothing_is_in(world)


def test_late_early_and_replayed(world: World) -> None:
    system = OnsiteSystem(world)
    body = system.delivery(system.visitor())
    raw = json.dumps(body).encode()
    headers = system.sign("POST", PATH, raw)
    world.clock.forward(minutes=6)
    assert_problem(world.call("POST", PATH, raw=raw, headers=headers), 401, "timestamp_old")
    ahead = str(int((world.clock.now() + timedelta(minutes=6)).timestamp()))
    assert_problem(system.post(body, **{"X-Visits-Timestamp": ahead}), 401, "timestamp_old")
    assert_problem(system.post(body, **{"X-Visits-Nonce": "short"}), 401, "nonce_invalid")
    nothing_is_in(world)
    headers = system.sign("POST", PATH, raw)
    assert world.call("POST", PATH, raw=raw, headers=headers).status == 200
    assert_problem(world.call("POST", PATH, raw=raw, headers=headers), 401, "nonce_used")
    world.timer("booking", "forget-nonces")
    assert len(world.rows(DeliveryNonce)) == 1
    world.clock.forward(minutes=16)
    world.timer("booking", "forget-nonces")
    assert world.rows(DeliveryNonce) == []


def test_half_a_delivery(world: World) -> None:
    system = OnsiteSystem(world)
    body = system.delivery(system.visitor(), system.visitor("V2"))
    half = system.post({**body, "visitors": body["visitors"][:1]})
    assert_problem(half, 422, "delivery_incomplete")
    assert "声明 2 行，实收 1 行" in half.json["detail"]
    raw = json.dumps(body).encode()[:-2]
    cut = world.call("POST", PATH, raw=raw, headers=system.sign("POST", PATH, raw))
    assert_problem(cut, 422, "body_unreadable")
    nothing_is_in(world)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id_number": "990000196803121021"}, "id_number_invalid"),
        ({"name": "1"}, "name_invalid"),
        ({"kinship": ""}, "field_invalid"),
        ({"record_id": LIN.id_number}, "record_id_personal"),
        ({"checked_by": None}, "checked_by_missing"),
        ({"checked_at": "2026-11-30 09:00:00"}, "field_invalid"),
        ({"changed_at": "2026-12-01T12:00:00+08:00"}, "moment_ahead"),
        ({"photo_jpeg_base64": "bm8gcGhvdG8="}, "onsite_photo_invalid"),
        ({"photo_jpeg_base64": "***"}, "onsite_photo_invalid"),
        ({"ward": "一大队"}, "field_invalid"),
        ({"status": "gone"}, "field_invalid"),
    ],
)
def test_one_bad_record_and_nothing_is_in(world: World, changed: dict[str, Any], code: str) -> None:
    add_relative(world, LIN)
    system = OnsiteSystem(world)
    answer = system.send(
        system.visitor("V1"), {**system.visitor("V2"), **changed}, visits=[system.visit()]
    )
    assert_problem(answer, 422, code)
    assert answer.json["errors"][0]["field"].startswith("visitors.1")
    nothing_is_in(world)


def test_every_reason_is_named_at_once(world: World) -> None:
    system = OnsiteSystem(world)
    visit = system.visit(ended_at="2026-11-30T08:00:00+08:00")
    bad = system.send(system.visitor(name="1", id_number="1"), visits=[visit])
    assert_problem(bad, 422, "name_invalid", "id_number_invalid", "ends_before_start")
