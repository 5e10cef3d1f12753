"""Frames that back up: the old ones are passed over cheaply, somebody is told, and the newest are looked at."""

import base64
import time

import pytest

from local import functions, sample_clips
from shared.clients import storage
from shared.models.rooms import Alert, Frame
from shared.models.tickets import Ticket
from tests.integration.steps import running
from tests.integration.world import World


@pytest.fixture
def frames(world: World) -> list[dict[str, object]]:
    """Events of three frames with a stranger, taken a second apart and not yet delivered."""
    visit_id = running(world)
    world.carry_out()
    jpeg = sample_clips.room_frame([sample_clips.astronaut(), sample_clips.grace_hopper()])
    (user,) = world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}")["members"]
    body = {"user_id": user, "jpeg_base64": base64.b64encode(jpeg).decode()}
    for _ in range(3):
        world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}/frames", body)
    return [one.json for one in world.emulator.take("cos")]


def test_old_frames_are_passed_over_and_somebody_is_told_once(
    world: World, frames: list[dict[str, object]]
) -> None:
    world.clock.forward(seconds=40)
    for event in frames * 20:
        functions.call_by_cos(event)
    assert (world.rows(Frame), world.rows(Alert)) == ([], [])
    (ticket,) = [one for one in world.rows(Ticket) if "积压" in one.title]
    assert "跳过" in ticket.text


def test_the_newest_is_looked_at_and_the_others_are_passed_over(
    world: World, frames: list[dict[str, object]]
) -> None:
    """In the order in which they came: a late one leads to the newest, and then there is nothing left to do."""
    world.clock.forward(seconds=12)
    for event in [*frames, *frames]:
        functions.call_by_cos(event)
    newest = str(frames[-1]["Records"][0]["cos"]["cosObject"]["key"])  # type: ignore[index]
    assert newest.endswith(world.one(Frame).cos_key)
    assert world.rows(Ticket) == []


def test_with_nothing_newer_a_late_frame_is_looked_at_itself(
    world: World, frames: list[dict[str, object]]
) -> None:
    world.clock.forward(seconds=12)
    functions.call_by_cos(frames[-1])
    assert len(world.rows(Frame)) == 1


def test_an_old_frame_costs_no_download(
    world: World, frames: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("looked at")

    monkeypatch.setattr(storage, "read", never)
    world.clock.forward(seconds=40)
    began = time.perf_counter()
    for event in frames * 10:
        functions.call_by_cos(event)
    assert (time.perf_counter() - began) / 30 < 1.0


def test_fresh_frames_are_looked_at_and_their_lag_is_a_figure(
    world: World, frames: list[dict[str, object]]
) -> None:
    for event in frames[:2]:
        functions.call_by_cos(event)
    assert len(world.rows(Frame)) == 2
    figures = world.get("/ops/v1/figures", token=world.officer("qian")).json
    assert figures["frame_lag_s"] < 30
