"""Both sides of a visit are watched, each camera by itself; what decides is the site's; an officer says what was found."""

import base64
from typing import Any

import pytest

from functions.monitor_hook.watch_frame import watch_frame
from local import functions, sample_clips
from shared.clients import storage
from shared.models.places import Site
from shared.models.plumbing import AuditEvent
from shared.models.rooms import Alert, AlertKind, Frame, Side
from shared.models.visits import Visit
from shared.room_passes import room_pass
from tests.integration.problems import assert_problem
from tests.integration.steps import running
from tests.integration.world import World

PEOPLE = [sample_clips.astronaut, sample_clips.grace_hopper]


class Room:
    def __init__(self, world: World) -> None:
        self.world = world
        self.visit_id = running(world)
        world.carry_out()
        visit = world.one(Visit)
        self.family = f"fam_{visit.requested_by}"
        self.resident = f"res_{visit.resident_id}"
        given = room_pass(visit, user_id=self.resident)
        world.emulator.ask(
            f"/local/trtc/rooms/visit-{self.visit_id}/enter",
            {name: given[name] for name in ("user_id", "user_sig", "private_map_key")},
        )

    def show(self, user: str, people: int, *, every_s: float = 0) -> None:
        """One frame of that camera, looked at at once."""
        self.world.clock.forward(seconds=every_s)
        jpeg = sample_clips.room_frame([one() for one in PEOPLE[:people]])
        body = {"user_id": user, "jpeg_base64": base64.b64encode(jpeg).decode()}
        self.world.emulator.ask(f"/local/trtc/rooms/visit-{self.visit_id}/frames", body)
        for one in self.world.emulator.take("cos"):
            functions.call_by_cos(one.json)

    def alerts(self) -> set[tuple[AlertKind, Side]]:
        return {(one.kind, one.side) for one in self.world.rows(Alert)}

    def told(self) -> list[dict[str, Any]]:
        return [one for one in self.world.emulator.sent("wecom") if "会见预警" in str(one)]


@pytest.fixture
def room(world: World) -> Room:
    return Room(world)


def rule(world: World, **changed: int) -> None:
    site = world.one(Site)
    site.rules = {**site.rules, **changed}
    world.add(site)


def test_more_people_at_the_terminal_than_planned(room: Room) -> None:
    for _ in range(2):
        room.show(room.resident, 1, every_s=10)
        room.show(room.family, 1)
    assert room.alerts() == set()
    for _ in range(2):
        room.show(room.resident, 2, every_s=10)
        room.show(room.family, 1)
    assert room.alerts() == {(AlertKind.EXTRA_PERSON, Side.TERMINAL)}
    assert "所内终端" in str(room.told())
    assert {face["verdict"] for one in room.world.rows(Frame) for face in one.faces} == {
        "uncertain"
    }, "nobody at the terminal is compared with anybody"


def test_a_bad_frame_of_each_camera_makes_no_two(room: Room) -> None:
    room.show(room.resident, 2, every_s=10)
    room.show(room.family, 2)
    assert room.alerts() == set()
    room.show(room.family, 2, every_s=5)
    room.show(room.resident, 2, every_s=5)
    assert room.alerts() == {(AlertKind.EXTRA_PERSON, one) for one in Side}


def test_every_second_picture_of_the_terminal_is_enough(room: Room) -> None:
    for _ in range(4):
        room.show(room.resident, 1, every_s=5)
    assert len(room.world.rows(Frame)) == 2


def test_nobody_for_as_long_as_the_site_says(room: Room) -> None:
    rule(room.world, alert_absent_seconds=30)
    for number in range(7):
        assert room.alerts() == set(), number
        room.show(room.family, 0, every_s=5)
    assert room.alerts() == {(AlertKind.ABSENT, Side.FAMILY)}


def test_how_many_frames_and_people_the_site_says(room: Room) -> None:
    rule(room.world, alert_frames=3, people_at_terminal=2)
    for _ in range(3):
        assert room.alerts() == set()
        room.show(room.family, 2, every_s=10)
        room.show(room.resident, 2)
    assert room.alerts() == {(AlertKind.EXTRA_PERSON, Side.FAMILY)}


def test_a_camera_of_nobody_in_the_visit_is_not_looked_at(room: Room) -> None:
    jpeg = sample_clips.room_frame([one() for one in PEOPLE])
    second = f"{room.world.clock.now():%Y%m%d%H%M%S}"
    for user in (f"fam_{'0' * 26}", "obs_x", "cut_x", "..", "%", "fam_"):
        key = f"frames/{room.visit_id}/task/{user}/images/1_2_{second}.jpg"
        storage.write(key, jpeg, "image/jpeg")
        assert watch_frame(key) is False
    assert room.world.rows(Frame) == []


def test_a_million_frames_cost_thirty_looks_a_minute(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bytes] = []

    def seen(picture: bytes, *_: object) -> list[dict[str, Any]]:
        looks.append(picture)
        return []

    monkeypatch.setattr("functions.monitor_hook.watch_frame._faces", seen)
    for _ in range(45):
        room.show(room.family, 0)
    assert len(looks) == 30
    room.show(room.family, 0, every_s=70)
    assert len(looks) == 31


def test_an_officer_says_once_what_was_found(room: Room) -> None:
    world = room.world
    for _ in range(2):
        room.show(room.family, 2, every_s=5)
    path = f"/approve/v1/alerts/{world.one(Alert).id}/acknowledge"
    token = world.officer("wang")
    assert world.post(path, token=token).status == 422, "not without a reason"
    answer = world.post(path, {"reason": "家属的孩子走进画面，已离开"}, token=token)
    assert (answer.status, answer.json["acknowledged_why"]) == (200, "家属的孩子走进画面，已离开")
    assert_problem(world.post(path, {"reason": "又看了"}, token=token), 409, "changed_meanwhile")
    assert world.one(AuditEvent, action="alert.acknowledged").reason == "家属的孩子走进画面，已离开"
    shown = world.get(f"/approve/v1/visits/{room.visit_id}", token=token).json
    assert shown["alerts"][0]["acknowledged_why"] == "家属的孩子走进画面，已离开"
    assert_problem(
        world.post(path, {"reason": "别的大队"}, token=world.officer("chen")), 403, "not_allowed"
    )
