"""Both sides of a visit are watched, each camera by itself; what decides is the site's; an officer says what was found."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from functions.monitor_hook.watch_frame import watch_frame
from local import functions, sample_clips
from shared import messages
from shared.clients import storage
from shared.clock import now
from shared.database import engine
from shared.faces.describe import describe_both_ways, pack
from shared.faces.detect import find_faces
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceTemplate
from shared.models.people import Relative
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox, OutboxState
from shared.models.rooms import Alert, AlertKind, Frame, Side
from shared.models.visits import Visit, VisitParticipant
from shared.room_passes import room_pass
from shared.settings import settings
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

    def told(self) -> set[str]:
        """Each goes to several officers."""
        sent = (str(one["body"]) for one in self.world.emulator.sent("wecom"))
        return {one for one in sent if "会见预警" in one}


@pytest.fixture
def room(world: World) -> Room:
    return Room(world)


def enrol(world: World, relative_id: str) -> None:
    """As the astronaut, by a face check that was passed."""
    check = FaceCheck(
        relative_id=relative_id,
        subject_id=relative_id,
        purpose=FaceCheckPurpose.REGISTRATION,
        challenge=[],
        expires_at=now(),
        clip_key="clip",
    )
    world.add(check)
    picture = sample_clips.astronaut()
    vector = pack(describe_both_ways(picture, find_faces(picture)[0].box))
    world.add(FaceTemplate(relative_id=relative_id, face_check_id=check.id, vector=vector))


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
        name = f"{settings().trtc_sdk_app_id}_visit-{room.visit_id}_{user}_{second}.jpg"
        key = f"frames/{room.visit_id}/task/{user}/images/{name}"
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


def test_whoever_was_checked_by_hand_is_no_stranger(room: Room) -> None:
    """The face of one relative is known, that of the other is not: nobody can say who of them a clear face is."""
    world = room.world
    token = world.officer("wang")
    path = f"/approve/v1/visits/{room.visit_id}"
    assert world.get(path, token=token).json["faces_compared"] is False
    enrol(world, world.one(Visit).requested_by)
    assert world.get(path, token=token).json["faces_compared"] is True
    by_hand = Relative(openid="by-hand", name="人工核验", face_checked_at=now())
    world.add(by_hand)
    world.add(
        VisitParticipant(
            visit_id=room.visit_id, relative_id=by_hand.id, kinship="其他亲属", lead=False
        )
    )
    assert world.get(path, token=token).json["faces_compared"] is False
    for _ in range(2):
        room.show(room.family, 2, every_s=5)
    assert room.alerts() == set()
    enrol(world, by_hand.id)
    for _ in range(2):
        room.show(room.family, 2, every_s=5)
    assert room.alerts() == {(AlertKind.UNKNOWN_PERSON, Side.FAMILY)}


def test_the_picture_that_decided_stays_and_a_later_stranger_is_told_again(room: Room) -> None:
    world = room.world
    for _ in range(4):
        room.show(room.family, 2, every_s=5)
    first = world.one(Alert)
    pictures = sorted(world.rows(Frame), key=lambda one: one.taken_at)
    assert (first.count, first.frame_key) == (3, pictures[1].cos_key)
    said = world.post(
        f"/approve/v1/alerts/{first.id}/acknowledge",
        {"reason": "陌生人已离开画面"},
        token=world.officer("wang"),
    )
    assert said.status == 200
    for people in (2, 1, 2, 2):  # one picture without them is none that shows that they went
        room.show(room.family, people, every_s=5)
    assert (world.one(Alert).count, len(room.told())) == (5, 1)
    for people in (1, 1, 2, 2, 2):
        room.show(room.family, people, every_s=5)
    _, second = sorted(world.rows(Alert), key=lambda one: one.first_at)
    assert (second.count, second.acknowledged_at, len(room.told())) == (2, None, 2)


def test_each_camera_has_its_own_alert(room: Room) -> None:
    world = room.world
    other = Relative(openid="other", name="另一人")
    world.add(other)
    world.add(
        VisitParticipant(
            visit_id=room.visit_id, relative_id=other.id, kinship="其他亲属", lead=False
        )
    )
    visit = world.one(Visit)
    given = room_pass(visit, user_id=f"fam_{other.id}")
    world.emulator.ask(
        f"/local/trtc/rooms/visit-{room.visit_id}/enter",
        {name: given[name] for name in ("user_id", "user_sig", "private_map_key")},
    )
    rule(world, alert_absent_seconds=30)
    for _ in range(8):
        room.show(room.family, 0, every_s=5)
        room.show(f"fam_{other.id}", 0, every_s=1)
    assert sorted(one.count for one in world.rows(Alert)) == [3, 3]
    # WeCom drops a second message of the same words, and both may be found in one second.
    told = {re.sub(r"\d\d:\d\d:\d\d", "", one) for one in room.told()}
    assert len(told) == 2
    for place in (1, 2):
        assert sum(f"第 {place} 位家属的画面" in one for one in told) == 1
    names = {one.name for one in world.rows(Relative) if one.name}
    assert not any(name in text for name in names for text in told)


def test_an_alert_waits_behind_no_other_message(room: Room) -> None:
    with Session(engine()) as session, session.begin():
        for number in range(50):
            messages.tell_users(session, ["sun.lead"], text=f"{number}", dedupe_key=None)
    waiting = {"kind": messages.WECOM, "state": OutboxState.WAITING}
    before = len(room.world.rows(Outbox, **waiting))
    for _ in range(2):
        room.show(room.family, 2, every_s=5)
    assert len(room.told()) == 1
    assert len(room.world.rows(Outbox, **waiting)) == before


@pytest.mark.parametrize(
    ("app_id", "room_id", "later_s"),
    [(999, None, 0), (None, "visit-other", 0), (None, None, 61), (None, None, 10**9)],
)
def test_a_picture_of_another_room_or_of_tomorrow_is_not_looked_at(
    room: Room, app_id: int | None, room_id: str | None, later_s: int
) -> None:
    app, name = app_id or settings().trtc_sdk_app_id, room_id or f"visit-{room.visit_id}"
    moment = room.world.clock.now() + timedelta(seconds=later_s)
    folder = f"frames/{room.visit_id}/task/{room.family}/images"
    key = f"{folder}/{app}_{name}_{room.family}_{moment:%Y%m%d%H%M%S}.jpg"
    storage.write(key, sample_clips.room_frame([PEOPLE[0]()]), "image/jpeg")
    assert watch_frame(key) is False
    assert room.world.rows(Frame) == []
