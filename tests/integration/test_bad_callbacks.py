"""TRTC callbacks that must not be believed, and those that nobody knows yet."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.models.rooms import RoomEvent
from shared.models.visits import Visit, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import approved
from tests.integration.world import World, signed


@pytest.fixture
def room(world: World) -> str:
    visit_id = approved(world)
    world.clock.move_to(world.one(Visit).starts_at)
    return f"visit-{visit_id}"


def assert_nothing_happened(world: World) -> None:
    assert world.rows(RoomEvent) == []
    assert world.one(Visit).status is VisitStatus.APPROVED


@pytest.mark.parametrize("sign", ["", "x", "签名".encode().decode("latin-1"), "AAAA" * 11])
def test_a_false_signature(world: World, room: str, sign: str) -> None:
    answer = world.send_callback(world.event(1, 101, room), Sign=sign)
    assert_problem(answer, 401, "signature_false")
    assert_nothing_happened(world)


def test_a_signature_of_other_bytes(world: World, room: str) -> None:
    """The same JSON printed in another way is not what was signed."""
    raw = world.event(1, 101, room)
    answer = world.send_callback(json.dumps(json.loads(raw)).encode(), **signed(raw))
    assert_problem(answer, 401, "signature_false")
    assert_nothing_happened(world)


def test_no_signature_at_all(world: World, room: str) -> None:
    answer = world.call("POST", "/monitor/v1/trtc", raw=world.event(1, 101, room))
    assert_problem(answer, 401, "signature_false")
    assert_nothing_happened(world)


@pytest.mark.parametrize("app_id", ["1400000009", "", "01400000000", "１４００００００００"])
def test_another_application(world: World, room: str, app_id: str) -> None:
    header = app_id.encode().decode("latin-1")
    answer = world.send_callback(world.event(1, 101, room), SdkAppId=header)
    assert_problem(answer, 401, "app_id_false")
    assert_nothing_happened(world)


@pytest.mark.parametrize(
    ("age", "taken"),
    [
        (timedelta(minutes=4, seconds=58), True),
        (timedelta(minutes=5, seconds=2), False),
        (timedelta(days=365), False),
        (-timedelta(minutes=4, seconds=58), True),  # their clock is ahead
        (-timedelta(minutes=5, seconds=10), False),
    ],
)
def test_an_old_time_stamp(world: World, room: str, age: timedelta, taken: bool) -> None:
    raw = sent_at(world, room, world.clock.now().timestamp() - age.total_seconds())
    answer = world.send_callback(raw)
    if taken:
        assert answer.status == 200
    else:
        assert_problem(answer, 401, "timestamp_old")
        assert_nothing_happened(world)


def sent_at(world: World, room: str, seconds: float) -> bytes:
    event = json.loads(world.event(1, 101, room))
    event["CallbackTs"] = int(seconds * 1000)
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"EventGroupId":1}',
        b'{"EventGroupId":"x","EventType":101,"CallbackTs":1,"EventInfo":{}}',
        b'{"EventGroupId":1,"EventType":101,"CallbackTs":1,"EventInfo":[]}',
    ],
)
def test_a_signed_body_that_is_no_event(world: World, room: str, raw: bytes) -> None:
    answer = world.send_callback(raw)
    assert answer.status == 422
    assert set(answer.codes) <= {"body_unreadable", "field_invalid"}
    assert_nothing_happened(world)


@pytest.mark.parametrize(("group", "kind"), [(99, 9901), (1, 199), (3, 399), (11, 1104), (0, 0)])
def test_an_unknown_type_is_recorded_and_nothing_more(
    world: World, room: str, group: int, kind: int
) -> None:
    answer = world.send_callback(world.event(group, kind, room, Payload={"New": [1, {"二": None}]}))
    assert (answer.status, answer.json) == (200, {"code": 0})
    event = world.one(RoomEvent)
    assert (event.event_group, event.event_type) == (group, kind)
    assert event.info["Payload"] == {"New": [1, {"二": None}]}
    assert event.visit_id == world.one(Visit).id
    assert world.one(Visit).status is VisitStatus.APPROVED


@pytest.mark.parametrize(
    "room_id", [12345, "12345", "visit-", "visit-" + "0" * 26, "visit-'; --", "x" * 500, None, [1]]
)
def test_a_room_that_is_none_of_ours(world: World, room: str, room_id: Any) -> None:
    answer = world.send_callback(world.event(1, 101, room_id, UserId="somebody"))
    assert answer.status == 200
    assert world.one(RoomEvent).visit_id is None
    assert world.one(Visit).status is VisitStatus.APPROVED


@pytest.mark.parametrize(
    "changed",
    [
        {"EventMsTs": "no number"},
        {"EventMsTs": None, "EventTs": None},
        {"EventMsTs": 10**30},
        {"EventMsTs": -1},
        {"EventMsTs": [1]},
        {"UserId": {"a": 1}},
        {"Payload": "text"},
    ],
)
def test_fields_of_another_type_than_promised(
    world: World, room: str, changed: dict[str, Any]
) -> None:
    """The vendor's own examples are lax: whatever is signed must be taken, or it comes for a minute."""
    assert world.send_callback(world.event(1, 101, room, **changed)).status == 200
    assert world.one(Visit).status is VisitStatus.IN_PROGRESS
    assert world.send_callback(world.event(3, 310, room, **changed)).status == 200


@pytest.mark.parametrize(
    "payload",
    [None, [], "x", {"FileMessage": "x"}, {"FileMessage": [1, None, {}]}, {"FileList": 1}],
)
def test_a_list_of_files_that_is_none(world: World, room: str, payload: Any) -> None:
    event = world.event(3, 310, room, TaskId="t", Payload=payload)
    assert world.send_callback(event).status == 200
    assert world.one(RoomEvent).event_type == 310
