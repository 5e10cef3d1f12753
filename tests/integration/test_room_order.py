"""Callbacks ten times over and in any order have one effect."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest

from shared.models.plumbing import AuditEvent, Outbox
from shared.models.rooms import Recording, RecordingStatus, RoomEvent
from shared.models.visits import Visit, VisitStatus
from tests.integration.steps import approved, ended, running
from tests.integration.world import World

COMMANDS = ("start_recording", "start_slicing")


def begin(world: World) -> Visit:
    """An approved visit at its start."""
    approved(world)
    visit = world.one(Visit)
    world.clock.move_to(visit.starts_at)
    return visit


def commands(world: World) -> list[str]:
    kinds = [one.kind for one in world.rows(Outbox)]
    return sorted(kind for kind in kinds if kind not in ("wechat", "wecom"))


def actions(world: World, visit_id: str) -> list[str]:
    return sorted(one.action for one in world.rows(AuditEvent, subject_id=visit_id))


def assert_started_once(world: World, visit: Visit) -> None:
    assert world.one(Visit).status is VisitStatus.IN_PROGRESS
    assert commands(world) == list(COMMANDS)
    assert len(world.rows(Recording)) == 1
    assert actions(world, visit.id).count("visit.started") == 1


def again(raw: bytes, number: int) -> bytes:
    """A later delivery of the same event: only CallbackTs differs."""
    event = json.loads(raw)
    event["CallbackTs"] += number
    return json.dumps(event).encode()


def test_the_same_callback_ten_times(world: World) -> None:
    visit = begin(world)
    raw = world.event(1, 101, visit.room_id, UserId=f"fam_{visit.requested_by}")
    for number in range(10):
        answer = world.send_callback(again(raw, number))
        assert (answer.status, answer.json) == (200, {"code": 0})
    assert len(world.rows(RoomEvent)) == 1
    assert_started_once(world, visit)


def test_the_same_callback_ten_times_at_once(world: World) -> None:
    visit = begin(world)
    raw = world.event(1, 103, visit.room_id, UserId=f"fam_{visit.requested_by}")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: world.send_callback(raw).status, range(10)))
    assert answers == [200] * 10
    assert len(world.rows(RoomEvent)) == 1
    assert_started_once(world, visit)


def test_two_first_signs_at_once(world: World) -> None:
    """101 and 103 leave the vendor in the same moment."""
    visit = begin(world)
    user = f"fam_{visit.requested_by}"
    events = [world.event(1, kind, visit.room_id, UserId=user) for kind in (101, 103)] * 4
    with ThreadPoolExecutor(8) as pool:
        assert {one.status for one in pool.map(world.send_callback, events)} == {200}
    assert len(world.rows(RoomEvent)) == 2
    assert_started_once(world, visit)


@pytest.mark.parametrize("order", list(permutations((101, 103, 104, 301))))
def test_any_order_of_the_beginning(world: World, order: tuple[int, ...]) -> None:
    visit = begin(world)
    user = f"fam_{visit.requested_by}"
    for kind in order:
        group = 3 if kind == 301 else 1
        world.send_callback(world.event(group, kind, visit.room_id, UserId=user))
    assert_started_once(world, visit)
    assert world.one(Visit).participants[0].joined_at is not None


def test_a_late_101_does_not_reopen_a_visit(world: World) -> None:
    visit_id = ended(world)
    visit = world.one(Visit)
    world.send_callback(world.event(1, 101, visit.room_id, UserId=f"fam_{visit.requested_by}"))
    assert world.one(Visit).status is VisitStatus.TERMINATED
    assert actions(world, visit_id).count("visit.started") == 1


def test_the_moment_is_the_event_s_own_but_never_later_than_now(world: World) -> None:
    visit = begin(world)
    ahead = int(world.clock.now().timestamp() * 1000) + 200_000
    world.send_callback(world.event(1, 101, visit.room_id, EventMsTs=ahead))
    started_at = world.one(Visit).started_at
    assert started_at is not None
    assert started_at <= world.clock.now()


@pytest.mark.parametrize("seed", range(6))
def test_everything_of_a_visit_shuffled_and_doubled(world: World, seed: int) -> None:
    """310 before 302, 104 before 103, whatever: the recording is found, once."""
    visit_id = ended(world)
    world.carry_out()
    deliveries = [*world.delivered, *world.emulator.take("trtc")] * 2
    kinds = {one.json["EventType"] for one in deliveries}
    assert {101, 102, 103, 104, 301, 302, 310, 1001, 1002} <= kinds
    random.Random(seed).shuffle(deliveries)
    for one in deliveries:
        sent = world.call("POST", "/monitor/v1/trtc", raw=one.body, headers=one.headers)
        assert sent.status == 200
    world.timer("monitor_hook", "work-events")
    for _ in range(2):
        world.carry_out()
    recording = world.one(Recording)
    assert (recording.visit_id, recording.status) == (visit_id, RecordingStatus.PLAYABLE)
    trail = actions(world, visit_id)
    assert (trail.count("visit.started"), trail.count("visit.terminated")) == (1, 1)
    assert actions(world, recording.id) == ["recording.verified"]


def test_310_before_the_start_is_known(world: World) -> None:
    """101 and 103 were lost on the way; a later one of them brings the recording to light."""
    visit = begin(world)
    files = {"Status": 0, "FileList": ["1.mp4"], "FileMessage": [{"FileName": "1.mp4"}]}
    early = world.event(3, 310, visit.room_id, TaskId="task", Payload=files)
    for _ in range(3):
        assert world.send_callback(early).status == 200
    world.carry_out()
    assert world.rows(Recording) == []
    assert world.one(Visit).status is VisitStatus.APPROVED
    world.send_callback(world.event(1, 103, visit.room_id, UserId=f"fam_{visit.requested_by}"))
    assert world.one(Recording).status is RecordingStatus.EXPECTED
    assert commands(world) == [*COMMANDS, "verify_recording"]


def test_a_command_carried_out_twice_starts_one_robot(world: World) -> None:
    """The process died between TRTC's answer and the commit: the robot's name is its own key."""
    visit_id = running(world)
    world.emulator.fail("trtc.CreateCloudRecording", "drop_answer")
    world.carry_out()
    assert world.one(Visit).recording_task_id is None
    world.clock.forward(minutes=2)
    world.carry_out()
    visit = world.one(Visit)
    room = world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}")
    recording = [one for one in room["tasks"] if one["kind"] == "record"]
    assert [one["id"] for one in recording] == [visit.recording_task_id]
