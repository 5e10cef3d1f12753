"""A robot that is gone while people stay inside, of which nobody told: it is found by asking, and sent again once."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from functions.monitor_hook import watch_robots
from functions.monitor_hook.rebuild import rebuild
from functions.monitor_hook.visit_effects import MOST_STARTS
from local import sample_clips
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import now
from shared.database import engine
from shared.ids import new_id
from shared.models.people import Resident
from shared.models.plumbing import Outbox
from shared.models.rooms import Frame, Recording, RoomEvent, RoomStateRow
from shared.models.tickets import Ticket
from shared.models.visits import Visit
from shared.rules.room_state import OURS
from tests.integration.steps import running
from tests.integration.world import World

KINDS = ("record", "slice")
COMMANDS = {"record": "start_recording", "slice": "start_slicing"}


@pytest.fixture
def visit(world: World) -> Visit:
    """It runs, its robots are at work and told of it."""
    running(world)
    world.carry_out()
    world.deliver_callbacks()
    return world.one(Visit)


def watch(world: World, *, after: float = 61) -> None:
    """A minute later; what follows is carried out."""
    world.clock.forward(seconds=after)
    world.timer("monitor_hook", "watch-robots")
    world.timer("monitor_hook", "work-events")
    world.timer("monitor_hook", "carry-out-commands")


def kill(world: World, visit: Visit, kind: str) -> None:
    world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}/kill_robot", {"kind": kind})
    assert kind not in at_work(world, visit)


def at_work(world: World, visit: Visit) -> dict[str, str]:
    room = world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}")
    return {one["kind"]: one["id"] for one in room["tasks"]}


def starts(world: World, kind: str) -> int:
    return len(world.rows(Outbox, kind=COMMANDS[kind]))


def send_video(world: World, visit: Visit) -> None:
    user = f"fam_{visit.requested_by}"
    world.send_callback(world.event(2, 201, visit.room_id, UserId=user))


def land_frame(world: World, visit: Visit) -> None:
    """In COS; whether it is looked at is another matter."""
    jpeg = sample_clips.room_frame([sample_clips.astronaut()])
    body = {
        "user_id": f"fam_{visit.requested_by}",
        "jpeg_base64": base64.b64encode(jpeg).decode(),
    }
    assert world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}/frames", body)["keys"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Task ids in the order in which TRTC is asked for them; all are at work."""
    seen: list[str] = []

    def runs(task_id: str) -> bool:
        seen.append(task_id)
        return True

    for kind in KINDS:
        monkeypatch.setitem(watch_robots.RUNS, kind, runs)
    return seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("told", [True, False])
def test_one_that_died_is_sent_again_once(
    world: World, visit: Visit, kind: str, *, told: bool
) -> None:
    """Also where its start was never told of."""
    if not told:
        with Session(engine()) as session, session.begin():
            session.execute(delete(RoomEvent).where(RoomEvent.event_group.in_((3, 10))))
    before = at_work(world, visit)
    kill(world, visit, kind)
    watch(world)
    for _ in range(3):
        watch(world, after=1)
    after = at_work(world, visit)
    assert set(after) == set(KINDS)
    assert {one for one in KINDS if after[one] != before[one]} == {kind}
    assert [starts(world, one) for one in KINDS] == [1 + (one == kind) for one in KINDS]
    watch(world)
    assert at_work(world, visit) == after, "the new one is let alone"
    world.deliver_callbacks()
    assert rebuild(visit_id=visit.id) == {}
    films = 2 if kind == "record" else 1
    assert len(world.rows(Recording)) == films, "one more film is waited for"


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_callback_that_comes_late_starts_no_third(
    world: World, visit: Visit, kind: str
) -> None:
    group, stopped = {"record": (3, 302), "slice": (10, 1002)}[kind]
    gone = at_work(world, visit)[kind]
    late = world.event(group, stopped, visit.room_id, TaskId=gone, Payload={"LeaveCode": 3})
    kill(world, visit, kind)
    watch(world)
    world.send_callback(late)
    watch(world)
    assert starts(world, kind) == 2


def test_several_instances_at_once_send_one(world: World, visit: Visit) -> None:
    for kind in KINDS:
        kill(world, visit, kind)
    world.clock.forward(seconds=61)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: watch_robots.watch_robots(), range(4))) == 1
    for _ in range(2):  # another that was late to write down the same
        gone = watch_robots.Robot(visit.id, "record", str(visit.recording_task_id), now())
        watch_robots._note_gone(robot=gone)
    watch(world, after=1)
    assert [starts(world, kind) for kind in KINDS] == [2, 2]
    assert len(world.rows(RoomEvent, event_group=OURS)) == 2


@pytest.mark.parametrize("code", ["FailedOperation.TaskNotExist", "ResourceNotFound"])
def test_one_that_trtc_does_not_know_any_more_is_gone(
    world: World, visit: Visit, code: str
) -> None:
    """Asked for a task that is over, it refuses."""
    world.emulator.fail("trtc.DescribeCloudRecording", "error", code=code)
    watch(world)
    assert starts(world, "record") == 2


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("UnauthorizedOperation", ProviderRefused),
        ("RequestLimitExceeded", ProviderUnavailable),
        ("InternalError", ProviderUnavailable),
    ],
)
def test_a_question_without_an_answer_ends_nobody_s_recording(
    world: World, visit: Visit, code: str, error: type[Exception]
) -> None:
    world.emulator.fail("trtc.DescribeCloudRecording", "error", code=code)
    with pytest.raises(error, match=code):
        watch(world)
    watch(world)
    assert (starts(world, "record"), starts(world, "slice")) == (1, 1)
    assert set(at_work(world, visit)) == set(KINDS)


def test_each_is_asked_for_once_a_minute_whoever_waits_longest_first(
    world: World, visit: Visit, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is time for one visit a run."""
    other = beside(world, visit)
    monkeypatch.setattr(watch_robots, "BUDGET_S", 0.0)
    ours = [visit.recording_task_id, visit.slicing_task_id]
    for runs, expected in enumerate(([*ours], [*ours, other], [*ours, other]), 1):
        watch(world, after=61 if runs == 1 else 1)
        assert asked == expected
    watch(world, after=61)
    watch(world, after=0)
    assert asked == [*ours, other, *ours, other]


def beside(world: World, visit: Visit) -> str:
    """Another visit that runs, whose room was seen a moment later; its recorder's task."""
    columns = {c.name: getattr(visit, c.name) for c in Visit.__table__.c if c.computed is None}
    row, events = world.one(RoomStateRow), world.rows(RoomEvent)
    ward_id = world.one(Resident, id=visit.resident_id).ward_id
    resident = Resident(site_id=visit.site_id, ward_id=ward_id, number="R9", name="示例")
    world.add(resident)
    own = {"id": new_id(), "place": 2, "resident_id": resident.id, "slicing_task_id": None}
    other = Visit(**{**columns, **own, "recording_task_id": "another"})
    assert row.robots_due_at is not None
    due_at = row.robots_due_at + timedelta(seconds=0.5)
    world.add(other, RoomStateRow(visit_id=other.id, state=row.state, robots_due_at=due_at))
    entered = next(one for one in events if one.event_type == 103)
    again = {c.name: getattr(entered, c.name) for c in RoomEvent.__table__.c}
    world.add(RoomEvent(**{**again, "id": new_id(), "fingerprint": "9", "visit_id": other.id}))
    return "another"


def test_one_that_was_started_just_now_is_not_asked_for(world: World, asked: list[str]) -> None:
    """TRTC was out of reach for most of a minute."""
    running(world)
    world.clock.forward(seconds=50)
    world.carry_out()
    watch(world, after=15)
    assert asked == []
    watch(world, after=46)
    assert len(asked) == 2


def test_a_slicer_whose_picture_was_just_looked_at_is_not_asked_for(
    world: World, visit: Visit, asked: list[str]
) -> None:
    world.clock.forward(seconds=61)
    land_frame(world, visit)
    assert world.deliver_cos_events()
    assert len(world.rows(Frame)) == 1
    watch(world, after=0)
    assert asked == [visit.recording_task_id]
    watch(world)
    assert asked[1:] == [visit.recording_task_id, visit.slicing_task_id], "it is a minute old"


def test_pictures_that_land_and_are_not_looked_at_prove_the_slicer(
    world: World, visit: Visit
) -> None:
    """The frame function is behind, or away."""
    send_video(world, visit)
    world.clock.forward(seconds=61)
    land_frame(world, visit)
    watch(world, after=0)
    assert world.rows(Frame) == []
    assert starts(world, "slice") == 1


def test_a_slicer_that_says_it_works_and_shows_nothing_of_who_sends_video_is_replaced(
    world: World, visit: Visit
) -> None:
    before = at_work(world, visit)
    land_frame(world, visit)  # one, and no more
    watch(world)
    assert starts(world, "slice") == 1, "nobody is known to send video"
    world.clock.forward(seconds=50)
    send_video(world, visit)
    watch(world, after=11)
    assert starts(world, "slice") == 1, "it may be on its way"
    watch(world)
    after = at_work(world, visit)
    assert (after["record"], starts(world, "slice")) == (before["record"], 2)
    assert after["slice"] != before["slice"]


def test_nobody_is_asked_about_an_empty_room_or_one_that_is_closed(
    world: World, visit: Visit, asked: list[str]
) -> None:
    user = f"fam_{visit.requested_by}"
    world.send_callback(world.event(1, 104, visit.room_id, UserId=user))
    watch(world)
    assert asked == []
    end = {"reason": "会见时间已到"}
    path = f"/approve/v1/visits/{visit.id}/end"
    assert world.post(path, end, token=world.officer("wang")).status == 200
    watch(world)
    assert (asked, world.one(RoomStateRow).robots_due_at) == ([], None)


def test_one_that_cannot_be_brought_back_opens_one_incident(world: World, visit: Visit) -> None:
    for number in range(MOST_STARTS + 2):
        if "record" in at_work(world, visit):
            kill(world, visit, "record")
        watch(world)
        if number % 2:
            world.deliver_callbacks()
    assert starts(world, "record") == MOST_STARTS
    ticket = world.one(Ticket)
    assert (ticket.title, visit.id in ticket.text) == ("会见录制或截帧无法恢复", True)
    world.deliver_messages()
    told = [one for one in world.emulator.sent("wecom") if "没有录像" in str(one)]
    assert told, "who is on duty sees to it that nobody talks unrecorded"
    assert rebuild(visit_id=visit.id) == {}
