"""The room's life: robots that fail or leave, a terminal that falls out, the story told again from its events."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from functions.monitor_hook import delete_old_recordings
from functions.monitor_hook.rebuild import rebuild
from functions.monitor_hook.work_events import work_events
from local.sample_people import GUO
from shared.clients import storage
from shared.clients.trtc_keys import recording_key
from shared.database import engine
from shared.models.plumbing import AuditEvent, Outbox, OutboxState
from shared.models.rooms import Recording, RecordingStatus, RoomEvent, RoomStateRow
from shared.models.tickets import Ticket
from shared.models.visits import Visit, VisitStatus
from tests.integration.steps import approved, ended, enter_room, running
from tests.integration.world import World, signed


def tasks(world: World, kind: str) -> list[dict[str, Any]]:
    visit = world.one(Visit)
    room = world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}")
    return [one for one in room["tasks"] if one["kind"] == kind]


def played_through(world: World) -> Visit:
    """To the verified recording."""
    ended(world)
    for _ in range(2):
        world.carry_out()
        world.deliver_callbacks()
    world.carry_out()
    return world.one(Visit)


# --- stored first, worked after ------------------------------------------------------------------


def test_a_callback_is_answered_before_anything_follows(world: World) -> None:
    visit_id = ended(world)
    raw = world.event(1, 103, f"visit-{visit_id}", UserId="fam_late")
    before = len(world.rows(Outbox))
    answer = world.call("POST", "/monitor/v1/trtc", raw=raw, headers=signed(raw))
    assert answer.status == 200
    assert len(world.rows(RoomEvent, worked_at=None)) == 1
    assert len(world.rows(Outbox)) == before
    assert work_events() == 1
    assert (work_events(), world.rows(RoomEvent, worked_at=None)) == (0, [])


def test_one_visit_that_cannot_be_worked_on_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.monitor_hook import visit_effects

    visit_id = running(world)
    apply = visit_effects.apply

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(visit_effects, "apply", fail)
    world.send_callback(world.event(1, 103, f"visit-{visit_id}", UserId="fam_x"))
    assert len(world.rows(RoomEvent, worked_at=None)) == 1
    monkeypatch.setattr(visit_effects, "apply", apply)
    assert work_events() == 1


def test_all_callbacks_lost_a_page_in_the_room_opens_the_visit(world: World) -> None:
    """TRTC tries for a minute and gives up; the family's page asks every 3 s."""
    visit_id = approved(world)
    world.clock.move_to(world.one(Visit).starts_at)
    enter_room(world, visit_id)
    world.emulator.take("trtc")
    path, token = f"/booking/v1/visits/{visit_id}/room", world.relative(GUO.openid)
    world.get(path, token=token)
    world.timer("monitor_hook", "work-events")
    assert world.one(Visit).status is VisitStatus.APPROVED
    for _ in range(3):
        assert world.get(f"{path}?in_room=true", token=token).status == 200
        world.timer("monitor_hook", "work-events")
    assert world.one(Visit).status is VisitStatus.IN_PROGRESS
    assert len(world.rows(RoomEvent)) == 1
    assert rebuild(visit_id=visit_id) == {}


# --- the story told again ------------------------------------------------------------------------


def test_rebuilding_gives_the_same(world: World) -> None:
    visit = played_through(world)
    kept = world.one(RoomStateRow).state
    assert rebuild(visit_id=visit.id) == {}
    assert world.one(RoomStateRow).state == kept
    assert kept["opened_ms"] == min(one.happened_ms for one in world.rows(RoomEvent))
    assert len(world.rows(Recording)) == 1


def test_an_old_visit_is_left_as_it_is(world: World) -> None:
    """Told again after a month its film is not read again, and is gone perhaps; after half a year nothing tells of it."""
    visit = played_through(world)
    film, kept = world.one(Recording), world.one(RoomStateRow).state
    world.clock.forward(days=31)
    with Session(engine()) as session, session.begin():
        session.execute(delete(Outbox))
    storage.delete(str(film.cos_key))
    assert rebuild(visit_id=visit.id) == {}
    world.carry_out()
    (verified,) = world.rows(Outbox, kind="verify_recording")
    assert verified.state is OutboxState.SENT
    assert world.one(Recording).starts_at == film.starts_at
    with Session(engine()) as session, session.begin():
        session.execute(delete(RoomEvent))
    assert rebuild(visit_id=visit.id) == {}
    assert world.one(RoomStateRow).state == kept


def test_what_was_spoilt_is_put_right(world: World) -> None:
    visit = played_through(world)
    started_at = visit.started_at
    with Session(engine()) as session, session.begin():
        session.execute(update(RoomStateRow).values(state={"opened_ms": 1}))
        session.execute(update(Visit).values(started_at=visit.starts_at - timedelta(hours=1)))
    differences = rebuild(visit_id=visit.id)
    assert {"opened_ms", "people", "started_at"} <= set(differences)
    assert world.one(Visit).started_at == started_at
    assert rebuild(visit_id=visit.id) == {}


def test_the_command(world: World) -> None:
    visit = played_through(world)
    command = [sys.executable, "-m", "functions.monitor_hook.rebuild", visit.id]
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "{}"), done.stderr


# --- robots --------------------------------------------------------------------------------------


def test_a_robot_that_could_not_start_is_sent_again(world: World) -> None:
    visit_id = running(world)
    failed = world.event(3, 301, f"visit-{visit_id}", TaskId="dead", Payload={"Status": 1})
    with Session(engine()) as session, session.begin():
        session.execute(update(Visit).values(recording_task_id="dead"))
    for _ in range(3):
        world.send_callback(failed)
    world.carry_out()
    visit = world.one(Visit)
    assert visit.recording_task_id not in (None, "dead")
    assert [one["id"] for one in tasks(world, "record")] == [visit.recording_task_id]
    kinds = [one.dedupe_key for one in world.rows(Outbox, kind="start_recording")]
    assert len(kinds) == 2


def test_a_robot_that_left_an_empty_room_comes_back_with_the_family(world: World) -> None:
    """A drop of both for longer than its patience: what follows is recorded too, as a second file."""
    visit_id = running(world)
    world.carry_out()
    room = f"visit-{visit_id}"
    (user,) = world.emulator.ask(f"/local/trtc/rooms/{room}")["members"]
    world.deliver_callbacks()
    world.emulator.ask(f"/local/trtc/rooms/{room}/leave", {"user_id": user})
    world.deliver_callbacks()
    first = world.one(Visit).recording_task_id
    world.clock.forward(seconds=30)
    enter_room(world, visit_id)
    world.deliver_callbacks()
    world.carry_out()
    second = world.one(Visit).recording_task_id
    assert second not in (None, first)
    end = {"reason": "会见时间已到"}
    path = f"/approve/v1/visits/{visit_id}/end"
    assert world.post(path, end, token=world.officer("wang")).status == 200
    for _ in range(3):
        world.carry_out()
        world.deliver_callbacks()
    recordings = world.rows(Recording)
    assert {one.status for one in recordings} == {RecordingStatus.PLAYABLE}
    assert len({one.cos_key for one in recordings}) == len(recordings) == 2


def test_died_after_the_vendor_s_answer_the_robot_is_known_by_its_own_event(world: World) -> None:
    running(world)
    world.emulator.fail("trtc.CreateCloudRecording", "drop_answer")
    world.carry_out()
    world.deliver_callbacks()  # 301 names the task
    world.clock.forward(minutes=2)
    world.carry_out()
    (robot,) = tasks(world, "record")
    assert world.one(Visit).recording_task_id == robot["id"]


# --- the resident's side -------------------------------------------------------------------------


@pytest.mark.parametrize(("why", "told"), [(1, 0), (2, 1), (5, 1)])
def test_a_terminal_that_falls_out_shows_at_once(world: World, why: int, told: int) -> None:
    visit_id = running(world)
    visit = world.one(Visit)
    world.deliver_messages()
    before = len(world.emulator.sent("wecom"))
    terminal = f"res_{visit.resident_id}"
    world.send_callback(world.event(1, 103, f"visit-{visit_id}", UserId=terminal))
    gone = world.event(1, 104, f"visit-{visit_id}", UserId=terminal, Reason=why)
    for _ in range(3):
        world.send_callback(gone)
    world.deliver_messages()
    assert ("终端掉线" in str(world.emulator.sent("wecom")[before:])) is bool(told)


def test_a_terminal_that_is_back_is_told_of_no_more(world: World) -> None:
    """What comes of its picture and sound, in whatever order, is no second fall."""
    room = f"visit-{running(world)}"
    terminal = f"res_{world.one(Visit).resident_id}"
    for kind in (103, 104, 204, 202, 103, 203, 204, 203):
        world.clock.forward(seconds=1)
        world.send_callback(
            world.event(1 if kind < 200 else 2, kind, room, UserId=terminal, Reason=2)
        )
    fell = [one for one in world.rows(Outbox) if "终端掉线" in one.body]
    assert len(fell) == 1
    world.clock.forward(seconds=1)
    world.send_callback(world.event(1, 104, room, UserId=terminal, Reason=2))
    assert len([one for one in world.rows(Outbox) if "终端掉线" in one.body]) == 2


def test_a_drop_and_back_within_the_slot_changes_nothing(world: World) -> None:
    visit_id = running(world)
    started_at = world.one(Visit).started_at
    user = f"fam_{world.one(Visit).requested_by}"
    for kind, reason in ((104, 2), (103, 3)):
        world.clock.forward(seconds=20)
        world.send_callback(world.event(1, kind, f"visit-{visit_id}", UserId=user, Reason=reason))
    visit = world.one(Visit)
    assert (visit.status, visit.started_at) == (VisitStatus.IN_PROGRESS, started_at)
    assert world.one(RoomStateRow).state["people"][user]["entries"] == 2


# --- how long recordings are kept ----------------------------------------------------------------


def old_recordings(world: World) -> None:
    world.timer("monitor_hook", "delete-old-recordings")


def test_a_recording_is_deleted_after_its_time_and_that_is_proven(world: World) -> None:
    played_through(world)
    recording = world.one(Recording)
    assert recording.cos_key is not None
    world.clock.forward(days=364)
    old_recordings(world)
    assert world.one(Recording).status is RecordingStatus.PLAYABLE
    world.clock.forward(days=2)
    for _ in range(2):
        old_recordings(world)
    gone = world.one(Recording)
    assert (gone.status, storage.head(recording.cos_key)) == (RecordingStatus.DELETED, None)
    assert gone.deleted_at is not None
    (proof,) = world.rows(AuditEvent, action="recording.deleted")
    assert proof.details == {"sha256": recording.sha256, "bytes": recording.bytes}


def test_a_legal_hold_keeps_it(world: World) -> None:
    played_through(world)
    recording = world.one(Recording)
    recording.legal_hold = True
    world.add(recording)
    world.clock.forward(days=4000)
    old_recordings(world)
    assert recording.cos_key is not None
    assert storage.head(recording.cos_key) is not None
    assert world.one(Recording).status is RecordingStatus.PLAYABLE


def test_died_before_the_proof_the_next_run_goes_on(world: World) -> None:
    played_through(world)
    world.clock.forward(days=400)
    world.emulator.fail("cos.delete")
    with pytest.raises(Exception, match="cos"):
        old_recordings(world)
    assert (world.one(Recording).status, world.one(Recording).deleted_at) == (
        RecordingStatus.DELETED,
        None,
    )
    world.clock.forward(minutes=10)
    old_recordings(world)
    assert world.one(Recording).deleted_at is not None


def test_a_lost_recording_that_comes_after_all_is_found_without_a_callback(world: World) -> None:
    """A ticket is open and nobody told of the film: we go on looking, ever more seldom."""
    visit_id = running(world)
    world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}/lose_recording", {})
    world.carry_out()
    world.deliver_callbacks()
    world.clock.move_to(world.one(Visit).ends_at)
    world.timer("monitor_hook", "end-overdue-visits")
    world.carry_out()
    world.emulator.take("trtc")
    for _ in range(2):
        world.clock.forward(minutes=16)
        world.timer("monitor_hook", "find-late-recordings")
    assert world.one(Recording).status is RecordingStatus.LOST
    assert len(world.rows(Ticket)) == 1
    task_id = world.one(Visit).recording_task_id
    assert task_id is not None
    key = recording_key(("recordings", visit_id), task_id, 1400000000, f"visit-{visit_id}")
    storage.write(key, b"film", "video/mp4")
    world.clock.forward(hours=2)
    world.timer("monitor_hook", "find-late-recordings")
    assert world.one(Recording).status is RecordingStatus.PLAYABLE
    assert world.one(Recording).due_at is None


def two_old_ones(world: World) -> tuple[Recording, Recording]:
    played_through(world)
    first = world.one(Recording)
    second = Recording(
        site_id=first.site_id, resident_id=first.resident_id, kind="onsite", cos_key="onsite/2.mp4",
        status=RecordingStatus.PLAYABLE, starts_at=first.starts_at, ends_at=first.ends_at,
    )  # fmt: skip
    world.add(second)
    world.clock.forward(days=400)
    return first, second


def test_one_that_cos_refuses_to_delete_stops_no_other_and_is_told(world: World) -> None:
    """The one that is refused comes first."""
    first, second = two_old_ones(world)
    for _ in range(2):
        world.emulator.fail("cos.delete", "error", code="AccessDenied")
        old_recordings(world)
        world.clock.forward(minutes=10)
    assert world.one(Recording, id=first.id).deleted_at is None
    assert world.one(Recording, id=second.id).deleted_at is not None
    told = [one.title for one in world.rows(Ticket)]
    assert told.count("到期录像无法删除") == 1
    old_recordings(world)
    assert world.one(Recording, id=first.id).deleted_at is not None


def test_those_that_cos_refuses_do_not_take_all_the_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_old_ones(world)
    monkeypatch.setattr(delete_old_recordings, "BUDGET_S", 0.001)
    for _ in range(2):
        world.emulator.fail("cos.delete", "error", code="AccessDenied")
        old_recordings(world)
    assert len(world.rows(Ticket)) == 2, "each was tried once"


def test_no_room_waits_for_films_to_be_read(world: World) -> None:
    visit_id = approved(world)
    visit = world.one(Visit, id=visit_id)
    world.clock.move_to(visit.starts_at)
    for number in range(60):
        body = {"visit_id": visit_id, "task_id": "t", "file_name": f"{number}.mp4"}
        world.add(Outbox(kind="verify_recording", body=json.dumps(body), due_at=world.clock.now()))
    world.clock.forward(seconds=30)
    enter_room(world, visit_id)
    world.deliver_callbacks()
    world.timer("monitor_hook", "carry-out-commands")
    assert world.one(Visit, id=visit_id).recording_task_id is not None


def test_a_robot_that_left_and_nobody_told_is_replaced(world: World) -> None:
    """The room was empty for longer than its patience, and 302 and 1002 were lost."""
    visit_id = running(world)
    world.carry_out()
    room = f"visit-{visit_id}"
    (user,) = world.emulator.ask(f"/local/trtc/rooms/{room}")["members"]
    world.deliver_callbacks()
    before = world.one(Visit)
    world.emulator.ask(f"/local/trtc/rooms/{room}/leave", {"user_id": user})
    for one in world.emulator.take("trtc"):
        if one.json["EventType"] == 104:
            world.call("POST", "/monitor/v1/trtc", raw=one.body, headers=one.headers)
    world.clock.forward(seconds=301)
    enter_room(world, visit_id)
    world.deliver_callbacks()
    world.carry_out()
    after = world.one(Visit)
    assert after.recording_task_id not in (None, before.recording_task_id)
    assert after.slicing_task_id not in (None, before.slicing_task_id)
    assert [one["id"] for one in tasks(world, "record")] == [after.recording_task_id]


def test_a_robot_that_still_waits_is_let_alone(world: World) -> None:
    visit_id = running(world)
    world.carry_out()
    world.deliver_callbacks()
    before = world.one(Visit).recording_task_id
    user = f"fam_{world.one(Visit).requested_by}"
    for kind in (104, 103):
        world.clock.forward(seconds=200)
        world.send_callback(world.event(1, kind, f"visit-{visit_id}", UserId=user))
    world.carry_out()
    assert world.one(Visit).recording_task_id == before
