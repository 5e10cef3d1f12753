"""The live desk: who is in the room, what is new, and an officer's hand in it, each with a reason and on record."""

import base64
import json
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest

from local.sample_people import GUO
from shared.clients import storage
from shared.models.people import Relative
from shared.models.plumbing import AuditEvent
from shared.models.rooms import Alert, AlertKind, Frame
from shared.models.visits import Visit, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, enter_room, running
from tests.integration.world import Answer, World

DESK = "/approve/v1/live-desk"


def act(world: World, visit_id: str, what: str, who: str = "wang", **body: Any) -> Answer:
    path = f"/approve/v1/visits/{visit_id}/{what}"
    return world.post(path, {"reason": "例行巡查", **body}, token=world.officer(who))


def news(world: World, since: int | None = None, who: str = "wang") -> dict[str, Any]:
    query = "" if since is None else f"?since={since}"
    answer = world.get(f"{DESK}/news{query}", token=world.officer(who))
    assert answer.status == 200, answer.text
    return dict(answer.json)


def raise_alert(world: World, visit_id: str) -> Alert:
    visit = world.one(Visit, id=visit_id)
    moment = world.clock.now()
    key = f"frames/{visit_id}/task/user/images/1_2_{moment:%Y%m%d%H%M%S}.jpg"
    storage.write(key, b"picture", "image/jpeg")
    alert = Alert(
        site_id=visit.site_id,
        visit_id=visit_id,
        kind=AlertKind.UNKNOWN_PERSON,
        count=1,
        frame_key=key,
        first_at=moment,
        last_at=moment,
    )
    frame = Frame(visit_id=visit_id, cos_key=key, taken_at=moment, people=2, faces=[])
    world.add(frame, alert)
    return alert


def in_room(world: World, visit_id: str) -> dict[str, bool]:
    shown = world.get(f"/approve/v1/visits/{visit_id}", token=world.officer("wang")).json
    return {one["user_id"][:4]: one["in_room"] for one in shown["people"]}


def test_who_is_in_the_room_and_how_long_it_lasts(world: World) -> None:
    visit_id = running(world)
    (shown,) = world.get(DESK, token=world.officer("wang")).json["visits"]
    assert (shown["resident_name"], shown["terminal_name"]) == ("郭志明", "1 号会见位")
    assert [one["name"] for one in shown["people"]] == [GUO.name, ""]
    assert 28 * 60 < shown["seconds_left"] <= 29 * 60
    assert in_room(world, visit_id) == {"fam_": True, "res_": False}
    visit = world.one(Visit, id=visit_id)
    for kind, user, now_inside in (
        (103, f"res_{visit.resident_id}", {"fam_": True, "res_": True}),
        (103, f"rec_{visit_id}", {"fam_": True, "res_": True}),
        (104, f"fam_{visit.requested_by}", {"fam_": False, "res_": True}),
        (102, "", {"fam_": False, "res_": False}),
    ):
        world.clock.forward(seconds=1)
        world.send_callback(world.event(1, kind, visit.room_id, UserId=user, Reason=1))
        assert in_room(world, visit_id) == now_inside


@pytest.mark.parametrize("who", ["res_", "obs_"])
def test_neither_the_resident_nor_an_officer_begins_a_visit(world: World, who: str) -> None:
    """Otherwise a family that never comes would not be a no-show."""
    visit_id = approved(world)
    visit = world.one(Visit, id=visit_id)
    for kind in (101, 103):
        event = world.event(1, kind, visit.room_id, UserId=f"{who}{visit.resident_id}")
        assert world.send_callback(event).status == 200
    assert world.one(Visit, id=visit_id).status is VisitStatus.APPROVED


def test_an_alert_is_new_within_seconds_and_its_picture_is_on_record(world: World) -> None:
    visit_id = running(world)
    before = news(world)
    assert before["alerts"] == []
    world.clock.forward(seconds=30)
    alert = raise_alert(world, visit_id)
    fresh = news(world, before["cursor"])
    assert [(one["id"], one["count"]) for one in fresh["alerts"]] == [(alert.id, 1)]
    assert news(world, who="sun")["alerts"], "whoever opens the desk later sees it too"
    path = f"/approve/v1/alerts/{alert.id}/frame"
    link = world.get(path, token=world.officer("wang"))
    assert link.json["url"].startswith("http")
    assert len(world.rows(AuditEvent, action="alert.frame_read")) == 1
    world.clock.forward(seconds=60)
    later = news(world, fresh["cursor"])
    assert news(world, later["cursor"])["alerts"] == []
    again = world.one(Alert)
    again.count = 2
    world.add(again)
    counted = news(world, later["cursor"])
    assert [one["count"] for one in counted["alerts"]] == [2]


def test_joining_silently_gives_a_pass_that_can_only_watch(world: World) -> None:
    visit_id = running(world)
    given = act(world, visit_id, "observe").json
    assert given["user_id"].startswith("obs_")
    assert _privileges(given) == 2 | 8 | 32
    entered = {name: given[name] for name in ("user_id", "user_sig", "private_map_key")}
    world.emulator.ask(f"/local/trtc/rooms/{given['room_id']}/enter", entered)
    assert in_room(world, visit_id) == {"fam_": True, "res_": False}
    assert world.one(AuditEvent, action="visit.observed").reason == "例行巡查"


def test_a_warning_reaches_the_room(world: World) -> None:
    visit_id = running(world)
    said = act(world, visit_id, "warn", text="请未经审批的人员离开画面。")
    assert said.status == 200, said.text
    room = _room(world, visit_id)
    assert [one["text"] for one in room["messages"]] == ["请未经审批的人员离开画面。"]
    assert "例行巡查" not in str(room), "the reason stays with us"


def test_muted_and_heard_again(world: World) -> None:
    visit_id = running(world)
    user_id = f"fam_{world.one(Visit, id=visit_id).requested_by}"
    shown = act(world, visit_id, "mute", user_id=user_id, muted=True)
    assert [one["muted"] for one in shown.json["people"]] == [True, False]
    assert _room(world, visit_id)["muted"] is True
    rejoined = _join(world, visit_id)
    assert not _privileges(rejoined) & 4, "whoever comes back while muted cannot send sound"
    act(world, visit_id, "mute", user_id=user_id, muted=False)
    assert _room(world, visit_id)["muted"] is False
    assert _privileges(_join(world, visit_id)) & 4
    stranger = act(world, visit_id, "mute", user_id=f"fam_{'0' * 26}", muted=True)
    assert_problem(stranger, 404, "not_found")


@pytest.mark.parametrize("what", ["observe", "warn", "mute", "end"])
def test_only_in_a_running_visit_and_only_with_a_reason(world: World, what: str) -> None:
    visit_id = approved(world)
    visit = world.one(Visit, id=visit_id)
    user_id = f"fam_{visit.requested_by}"
    more = {"warn": {"text": "请注意"}, "mute": {"user_id": user_id, "muted": True}}.get(what, {})
    assert_problem(act(world, visit_id, what, **more), 409, "visit_not_running")
    assert act(world, visit_id, what, reason="", **more).status == 422
    world.clock.move_to(visit.starts_at + timedelta(minutes=1))
    enter_room(world, visit_id)
    world.deliver_callbacks()
    assert act(world, visit_id, what, **more).status == 200


def test_another_ward_sees_and_hears_nothing(world: World) -> None:
    from shared.models.officers import OfficerRole, Role

    visit_id = running(world)
    alert = raise_alert(world, visit_id)
    chen = world.get("/approve/v1/me", token=world.officer("chen")).json["id"]
    world.add(OfficerRole(officer_id=chen, role=Role.VISIT_OFFICER))
    token = world.officer("chen")
    assert world.get(DESK, token=token).json["visits"] == []
    assert news(world, who="chen")["alerts"] == []
    for path in (f"/approve/v1/visits/{visit_id}", f"/approve/v1/alerts/{alert.id}/frame"):
        assert_problem(world.get(path, token=token), 404, "not_found")
    for what, more in (("observe", {}), ("warn", {"text": "请注意"}), ("end", {})):
        assert_problem(act(world, visit_id, what, who="chen", **more), 404, "not_found")


def _privileges(given: dict[str, Any]) -> int:
    """What the pass allows, read from it as TRTC would (cloud-facts 1.6)."""
    packed = given["private_map_key"].translate(str.maketrans("*-_", "+/="))
    said = json.loads(zlib.decompress(base64.b64decode(packed)))
    buffer = base64.b64decode(said["TLS.userbuf"])
    length = struct.unpack(">H", buffer[1:3])[0]
    return int(struct.unpack(">IIIII", buffer[3 + length : 23 + length])[3])


def _token(world: World, visit_id: str) -> str:
    lead = world.one(Visit, id=visit_id).requested_by
    return world.relative(world.one(Relative, id=lead).openid)


def _room(world: World, visit_id: str) -> dict[str, Any]:
    path = f"/booking/v1/visits/{visit_id}/room"
    return dict(world.get(path, token=_token(world, visit_id)).json)


def _join(world: World, visit_id: str) -> dict[str, Any]:
    path = f"/booking/v1/visits/{visit_id}/join"
    answer = world.post(path, token=_token(world, visit_id))
    assert answer.status == 200, answer.text
    return dict(answer.json)
