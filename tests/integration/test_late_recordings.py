"""A recording that nobody reported is looked for in COS; one that is not there opens one ticket."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from functions.monitor_hook import recording_files
from functions.monitor_hook.carry_out_commands import FILM_LEASE
from functions.monitor_hook.find_late_recordings import find_late_recordings
from server.triggers import serverless
from shared.clients import storage
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import engine
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.rooms import Recording, RecordingStatus, RoomEvent
from shared.models.tickets import Ticket
from shared.models.visits import Visit
from shared.rules.site_rules import SiteRules
from tests.integration.problems import assert_problem
from tests.integration.steps import ended, enter_room, running
from tests.integration.world import World

LATE = timedelta(minutes=SiteRules().recording_late_minutes)


def close_room(world: World, visit_id: str, *, lose: bool = False) -> None:
    """The room ends, TRTC uploads (or not), and every callback of it is lost."""
    if lose:
        world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}/lose_recording", {})
    world.carry_out()
    assert world.emulator.take("trtc")


def find(world: World) -> None:
    world.timer("monitor_hook", "find-late-recordings")


def test_what_stands_in_cos_is_found_by_looking(world: World) -> None:
    close_room(world, ended(world))
    find(world)
    assert world.one(Recording).status is RecordingStatus.EXPECTED, "it is not late yet"
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    find(world)
    find(world)
    recording = world.one(Recording)
    assert recording.status is RecordingStatus.PLAYABLE
    assert recording.bytes
    assert recording.sha256 is not None
    assert len(recording.sha256) == 64
    assert world.rows(Ticket) == []
    assert len(world.rows(AuditEvent, action="recording.verified")) == 1


def test_what_never_comes_opens_one_ticket(world: World) -> None:
    visit_id = ended(world)
    close_room(world, visit_id, lose=True)
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    for _ in range(3):
        find(world)
    assert world.one(Recording).status is RecordingStatus.LOST
    ticket = world.one(Ticket)
    assert visit_id in ticket.text
    world.deliver_messages()
    told = [one for one in world.emulator.sent("wecom", "qian.ops") if ticket.id in str(one)]
    assert len(told) == 1


def test_a_lost_film_of_a_visit_that_ended_early_is_looked_for_ever_more_seldom(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended by an officer long before its time: that time is no measure of how late its film is."""
    site = world.one(Site)
    site.rules = {**site.rules, "recording_late_minutes": 5}
    world.add(site)
    visit_id = ended(world)
    close_room(world, visit_id, lose=True)
    listed: list[str] = []
    find_films = recording_files.find
    monkeypatch.setattr(recording_files, "find", lambda one: listed.append(one) or find_films(one))
    for _ in range(5):
        world.clock.forward(minutes=5, seconds=1)
        find(world)
    assert world.one(Recording).status is RecordingStatus.LOST
    assert world.clock.now() < world.one(Visit).closes_at
    assert len(listed) <= 4


def test_several_timers_at_once_open_one_ticket(world: World) -> None:
    close_room(world, ended(world), lose=True)
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    with ThreadPoolExecutor(4) as pool:
        assert max(pool.map(lambda _: find_late_recordings(), range(4))) == 1
    world.one(Ticket)
    assert len(world.rows(AuditEvent, action="recording.lost")) == 1


def test_several_timers_at_once_heal_once(world: World) -> None:
    close_room(world, ended(world))
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: find_late_recordings(), range(4)))
    assert world.one(Recording).status is RecordingStatus.PLAYABLE
    assert len(world.rows(AuditEvent, action="recording.verified")) == 1


def test_a_visit_that_nobody_ended_is_late_from_its_end_on(world: World) -> None:
    """Neither an officer nor any callback: the visit's own time is enough."""
    running(world)
    visit = world.one(Visit)
    world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}/lose_recording", {})
    world.clock.move_to(visit.ends_at + LATE - timedelta(seconds=5))
    find(world)
    assert world.rows(Ticket) == []
    world.clock.forward(seconds=6)
    find(world)
    world.one(Ticket)


def test_a_recording_that_comes_after_all_is_playable(world: World) -> None:
    visit_id = ended(world)
    world.carry_out()
    late = world.emulator.take("trtc")
    room = f"visit-{visit_id}"
    recording = world.one(Recording)
    recording.status = RecordingStatus.LOST
    world.add(recording)
    for one in late:
        if one.json["EventType"] == 310:
            event = world.event(3, 310, room, **_without_times(one.json["EventInfo"]))
            assert world.send_callback(event).status == 200
    world.carry_out()
    assert world.one(Recording).status is RecordingStatus.PLAYABLE


def _without_times(info: dict[str, Any]) -> dict[str, Any]:
    return {name: info[name] for name in ("TaskId", "UserId", "Payload")}


def test_a_callback_that_comes_before_its_file(world: World) -> None:
    """310 says the file is ready; COS, asked at once, may not know it yet."""
    ended(world)
    world.carry_out()
    world.emulator.fail("cos.head")
    assert 310 in world.deliver_callbacks()
    world.carry_out()
    assert world.one(Recording).status is RecordingStatus.EXPECTED
    world.clock.forward(seconds=10)
    world.carry_out()
    assert world.one(Recording).status is RecordingStatus.PLAYABLE


@pytest.mark.parametrize("call", ["cos.list", "cos.head", "cos.get"])
def test_cos_out_of_reach_loses_nothing(world: World, call: str) -> None:
    """A recording is not lost because we could not look."""
    close_room(world, ended(world))
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    world.emulator.fail(call)
    with pytest.raises(Exception, match="cos"):
        find(world)
    assert world.one(Recording).status is RecordingStatus.EXPECTED
    assert world.rows(Ticket) == []
    world.clock.forward(minutes=6)
    find(world)
    assert world.one(Recording).status is RecordingStatus.PLAYABLE


def test_what_cos_lists_and_does_not_give_is_not_lost_and_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_room(world, ended(world))
    world.clock.forward(seconds=LATE.total_seconds() + 1)

    def denied(*_: object, **__: object) -> str:
        raise ProviderRefused("cos", "AccessDenied")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "sha256", denied)
        for _ in range(3):
            find(world)
            world.clock.forward(seconds=LATE.total_seconds() + 1)
    assert world.one(Recording).status is RecordingStatus.EXPECTED
    assert "AccessDenied" in world.one(Ticket).text
    find(world)
    assert world.one(Recording).status is RecordingStatus.PLAYABLE


def test_one_that_cannot_be_asked_for_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its recording is the first, and takes longer than a run may: the next run begins with the other."""
    from functions.monitor_hook import find_late_recordings as timer

    visit_id = ended(world)
    close_room(world, visit_id)
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    ours = world.one(Recording)
    stuck = Recording(
        site_id=ours.site_id, kind=ours.kind, visit_id=visit_id, resident_id=ours.resident_id,
        starts_at=ours.starts_at, due_at=ours.created_at,
    )  # fmt: skip
    world.add(stuck)
    monkeypatch.setattr(timer, "BUDGET_S", 0.001)
    looked: list[datetime | None] = []

    def killed(_visit_id: str) -> None:
        looked.append(world.one(Recording, id=ours.id).due_at)
        time.sleep(0.002)
        raise ProviderUnavailable("cos", "timeout")

    monkeypatch.setattr(timer, "_look_for", killed)
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            find(world)
    first, second = looked
    assert first == ours.due_at, "it was the stuck one's turn"
    assert second is not None
    assert second > world.clock.now(), "and then ours"


@pytest.mark.parametrize(
    "name",
    ["../../evil.mp4", "recordings/other/x.mp4", "/etc/passwd", "..", "a\x00b.mp4", "%2e%2e/x.mp4"],
)
def test_a_file_name_that_climbs_out_of_its_prefix_leads_nowhere(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id = ended(world)
    asked: list[str] = []
    monkeypatch.setattr(storage, "head", asked.append)
    for told, task in ((name, "task"), ("1.mp4", f"../{name}")):
        files = {"Status": 0, "FileList": [told], "FileMessage": [{"FileName": told}]}
        world.send_callback(world.event(3, 310, f"visit-{visit_id}", TaskId=task, Payload=files))
    world.carry_out()
    assert all(key.startswith(f"recordings/{visit_id}/") and ".." not in key for key in asked)
    assert world.one(Recording).status is RecordingStatus.EXPECTED


def test_only_a_verified_recording_is_played_and_each_playing_has_a_reason(world: World) -> None:
    ended(world)
    recording = world.one(Recording)
    path = f"/approve/v1/recordings/{recording.id}/playback"
    because, token = {"reason": "核查会见中的预警"}, world.officer("wang")
    assert_problem(world.post(path, because, token=token), 409, "recording_not_ready")
    world.carry_out()
    world.deliver_callbacks()
    world.carry_out()
    assert_problem(world.post(path, token=token), 422, "field_invalid")
    assert world.post(path, because, token=token).status == 200
    played = world.one(AuditEvent, action="recording.played")
    assert played.reason == because["reason"]


def test_each_film_of_a_visit_has_its_own_times(world: World) -> None:
    """Of the second the callback comes first; the first is found by looking, and dated once it is told of."""
    visit_id = running(world)
    began = world.clock.now()
    world.carry_out()
    world.deliver_callbacks()
    world.clock.forward(minutes=4)
    second_film_of(world, visit_id, apart_s=400, lasts_s=240)
    told = [one for one in world.emulator.take("trtc") if one.json["EventType"] == 310]
    first = next(one for one in world.delivered if one.json["EventType"] == 310)
    with Session(engine()) as session, session.begin():
        session.execute(delete(Outbox).where(Outbox.kind == "verify_recording"))
        session.execute(delete(RoomEvent).where(RoomEvent.event_type == 310))
    (second,) = told
    world.call("POST", "/monitor/v1/trtc", raw=second.body, headers=second.headers)
    world.timer("monitor_hook", "work-events")
    world.carry_out()
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    find(world)
    again = world.event(3, 310, f"visit-{visit_id}", **_without_times(first.json["EventInfo"]))
    assert world.send_callback(again).status == 200
    world.carry_out()
    films = sorted(world.rows(Recording), key=lambda one: one.starts_at)
    spans = [((one.starts_at - began).total_seconds(), length(one)) for one in films]
    assert spans == [
        (pytest.approx(0, abs=20), pytest.approx(240, abs=20)),
        (pytest.approx(640, abs=40), pytest.approx(240, abs=20)),
    ]


def length(film: Recording) -> float:
    assert film.ends_at is not None
    return (film.ends_at - film.starts_at).total_seconds()


@pytest.mark.parametrize(("starts_ms", "length_s"), [("-60000", 60), ("0", None), ([1], None)])
def test_a_film_s_times_that_cannot_be_are_the_visit_s(
    world: World, starts_ms: object, length_s: float | None
) -> None:
    ended(world)
    world.carry_out()
    room, ends_ms = world.one(Visit).room_id, int(world.clock.now().timestamp() * 1000)
    told = next(one for one in world.emulator.take("trtc") if one.json["EventType"] == 310)
    info = _without_times(told.json["EventInfo"])
    starts = str(ends_ms + int(starts_ms)) if isinstance(starts_ms, str) else starts_ms
    info["Payload"]["FileMessage"][0] |= {"StartTimeStamp": starts, "EndTimeStamp": ends_ms}
    for _ in range(2):
        world.send_callback(world.event(3, 310, room, **info))
    world.carry_out()
    film, visit = world.one(Recording), world.one(Visit)
    if length_s is None:
        assert (film.starts_at, film.ends_at) == (visit.started_at, visit.ended_at)
    else:
        assert length(film) == length_s


def test_the_second_film_of_a_visit_is_found_without_its_callback(world: World) -> None:
    """All fell out, the robot with them; of the second robot's film nobody tells."""
    visit_id = running(world)
    second_film_of(world, visit_id)
    world.emulator.take("trtc")
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    for _ in range(2):
        find(world)
    films = world.rows(Recording)
    assert [one.status for one in films] == [RecordingStatus.PLAYABLE] * 2
    assert len({one.cos_key for one in films}) == 2


def test_a_second_film_that_never_comes_opens_a_ticket(world: World) -> None:
    visit_id = running(world)
    second_film_of(world, visit_id, lose=True)
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    for _ in range(3):
        find(world)
        world.clock.forward(minutes=6)
    assert {one.status for one in world.rows(Recording)} == {
        RecordingStatus.PLAYABLE,
        RecordingStatus.LOST,
    }
    world.one(Ticket)


def second_film_of(
    world: World, visit_id: str, *, lose: bool = False, apart_s: float = 0, lasts_s: float = 0
) -> None:
    """The room was empty for a while; then the visit is ended. Nobody told of the second film yet."""
    room = f"visit-{visit_id}"
    world.carry_out()
    (user,) = world.emulator.ask(f"/local/trtc/rooms/{room}")["members"]
    world.emulator.ask(f"/local/trtc/rooms/{room}/leave", {"user_id": user})
    assert 310 in world.deliver_callbacks()
    world.clock.forward(seconds=apart_s)
    enter_room(world, visit_id)
    world.deliver_callbacks()
    world.carry_out()
    world.clock.forward(seconds=lasts_s)
    if lose:
        world.emulator.ask(f"/local/trtc/rooms/{room}/lose_recording", {})
    end = {"reason": "会见时间已到"}
    path = f"/approve/v1/visits/{visit_id}/end"
    assert world.post(path, end, token=world.officer("wang")).status == 200
    world.carry_out()


def test_a_part_of_a_film_that_nobody_told_of_is_found(world: World) -> None:
    """TRTC splits at 2 GB; the callback of the first part came, that of the second did not."""
    ended(world)
    world.carry_out()
    world.deliver_callbacks()
    world.carry_out()
    first = world.one(Recording).cos_key
    assert first is not None
    part = first.replace(".mp4", "_1.mp4")
    storage.write(part, b"film", "video/mp4")
    world.clock.forward(seconds=LATE.total_seconds() + 10)
    for _ in range(2):
        world.carry_out()
    assert {one.cos_key for one in world.rows(Recording)} == {first, part}


def test_a_robot_that_could_not_start_leaves_no_film_to_wait_for(world: World) -> None:
    visit_id = running(world)
    world.carry_out()
    robot = world.one(Visit).recording_task_id
    failed = world.event(3, 301, f"visit-{visit_id}", TaskId=robot, Payload={"Status": 1})
    world.send_callback(failed)
    world.carry_out()
    assert world.one(Visit).recording_task_id != robot
    assert len(world.rows(Recording)) == 1


def test_a_visit_that_was_extended_is_late_from_its_new_end_on(world: World) -> None:
    """Its robot works on meanwhile: asking after the film would stop it."""
    visit_id = running(world)
    world.carry_out()
    visit = world.one(Visit)
    film = world.one(Recording)
    path = f"/approve/v1/visits/{visit_id}/extend"
    extra = {"minutes": 10, "reason": "家属要求多说几句"}
    assert world.post(path, extra, token=world.officer("wang")).status == 200
    assert film.due_at is not None
    assert world.one(Recording).due_at == film.due_at + timedelta(minutes=10)
    world.clock.move_to(visit.ends_at + timedelta(minutes=9))
    find(world)
    room = world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}")
    assert {one["kind"] for one in room["tasks"]} == {"record", "slice"}, "they work on"


def test_a_film_that_takes_minutes_is_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(world)
    world.carry_out()
    world.deliver_callbacks()
    read: list[str] = []
    checksum = storage.sha256

    def slow(key: str) -> str:
        read.append(key)
        world.clock.forward(minutes=4)
        if len(read) == 1:
            world.timer("monitor_hook", "verify-recordings")  # the next run comes meanwhile
        return checksum(key)

    monkeypatch.setattr(storage, "sha256", slow)
    world.carry_out()
    assert len(read) == 1
    assert world.one(Recording).status is RecordingStatus.PLAYABLE
    may_run_s = serverless()["inputs"]["functions"]["monitor_hook"]["timeout"]
    assert may_run_s > FILM_LEASE.total_seconds() + storage.CHECKSUM_S
