"""Steps 11 to 15: the visit itself, from the face check to the recording on the platform."""

import base64
from datetime import timedelta
from typing import Any

import requests

from local import sample_clips
from local.journey.actors import check_face, enter_room, sign_in_officer, sign_in_relative
from local.journey.world import TIMEOUT_S, World, codes, require
from local.sample_people import GUO, LIN
from shared.clock import read_moment

LATE_RECORDING = "会见录像未按时生成"
BEFORE_START = timedelta(minutes=10)
# Who is killed while reading a film leaves it to the next when its lease (FILM_LEASE) is over.
FILM_READ_AGAIN_S = 420


def joins_after_the_check(world: World) -> str:
    visit_id = world.known["visit_id"]
    early = world.post(f"/booking/v1/visits/{visit_id}/join", who="lin", expect=422)
    require("too_early_to_join" in codes(early), f"reasons were {codes(early)}")
    world.move_clock(read_moment(world.known["slot"]["starts_at"]) - BEFORE_START)
    world.get("/booking/v1/visits", who="lin", expect=401)  # two days later the session is over
    sign_in_relative(world, "lin", LIN.openid)
    unchecked = world.post(f"/booking/v1/visits/{visit_id}/join", who="lin", expect=422)
    require("face_check_before_visit" in codes(unchecked), f"reasons were {codes(unchecked)}")
    checked = check_face(world, "lin", sample_clips.astronaut(), "visit", visit_id)
    require(checked["status"] == "passed", f"the check before the visit was {checked}")
    world.known["pass"] = enter_room(world, "lin", visit_id)
    _refuse_another_room(world)
    return "会见前核验通过；凭证只能进入本次会见室，换一间被拒绝"


def _refuse_another_room(world: World) -> None:
    room_pass = world.known["pass"]
    names = ("user_id", "user_sig", "private_map_key")
    other = f"/local/trtc/rooms/visit-{world.known['second_visit_id']}/enter"
    world.post(other, {name: room_pass[name] for name in names}, expect=403)


def room_is_open(world: World) -> str:
    sign_in_officer(world, "wang.visit")
    visit = _wait_for_visit(
        world,
        "the visit to run with recording and slicing",
        lambda one: one["status"] == "in_progress" and one["recording"] and one["slicing"],
    )
    require(not visit["alerts"], "no alert yet")
    kinds = sorted(one["kind"] for one in _room(world)["tasks"])
    require(len(kinds) == 2 and kinds[0] != kinds[1], f"TRTC runs {kinds}")
    return "会见进行中，录制与截帧各启动一次"


def known_face_is_no_alert(world: World) -> str:
    _frames(world, [sample_clips.astronaut()], count=2)
    visit = _visit(world)
    require(not visit["alerts"], f"the approved relative raised {visit['alerts']}")
    return "画面中只有本人：没有预警"


def stranger_raises_an_alert(world: World) -> str:
    _frames(world, [sample_clips.astronaut(), sample_clips.grace_hopper()], count=3)
    visit = _wait_for_visit(world, "two alerts", lambda one: len(one["alerts"]) == 2)
    kinds = {one["kind"] for one in visit["alerts"]}
    require(kinds == {"extra_person", "unknown_person"}, f"alerts were {kinds}")
    world.wait_for_message("wecom", "wang.visit", "未经审批的人员")
    mine = [one for one in world.sent("wecom", "wang.visit") if "会见预警" in str(one["body"])]
    require(len(mine) == 2, f"{len(mine)} alert messages, one a kind expected")
    require(visit["status"] == "in_progress", "an alert must never end a visit")
    return "陌生人出现：两类预警各一次，企业微信已通知，会见未被中断"


def officer_ends_the_visit(world: World) -> str:
    _end(world, expect=200)
    again = _end(world, expect=409)
    require("visit_not_running" in codes(again), f"reasons were {codes(again)}")
    world.wait_for("an empty room", lambda: not _room(world)["members"])
    return "民警填写理由后结束会见，会见室已关闭"


def recording_is_playable(world: World) -> str:
    recording = world.wait_for(
        "the recording", lambda: _recording(world, "playable"), patience_s=FILM_READ_AGAIN_S
    )
    path = f"/approve/v1/recordings/{recording['id']}/playback"
    world.post(path, {"reason": ""}, who="wang.visit", expect=422)
    playback = world.post(path, {"reason": "核查会见中的预警"}, who="wang.visit")
    film = requests.get(playback["url"], timeout=TIMEOUT_S).content
    require(len(film) == recording["bytes"], "the file played is not the file verified")
    sign_in_officer(world, "sun.lead")
    events = world.get(f"/approve/v1/audit?subject_id={recording['id']}", who="sun.lead")["events"]
    played = [one for one in events if one["action"] == "recording.played"]
    require(len(played) == 1 and played[0]["reason"] == "核查会见中的预警", f"audit: {events}")
    return f"录像已校验（{recording['bytes']} 字节），回放理由已入审计"


def second_visit_without_recording(world: World) -> str:
    visit_id = world.known["second_visit_id"]
    starts = read_moment(world.known["second_slot"]["starts_at"])
    world.move_clock(starts - BEFORE_START)
    world.post(f"/local/trtc/rooms/visit-{visit_id}/lose_recording")
    sign_in_relative(world, "guo", GUO.openid)
    checked = check_face(world, "guo", sample_clips.grace_hopper(), "visit", visit_id)
    require(checked["status"] == "passed", f"the check before the visit was {checked}")
    enter_room(world, "guo", visit_id)
    sign_in_officer(world, "wang.visit")
    _wait_for_visit(world, "the second visit", lambda one: one["slicing"], visit_id)
    world.move_clock(starts + timedelta(minutes=31))
    _wait_for_end(world, visit_id)
    room = f"/local/trtc/rooms/visit-{visit_id}"
    world.wait_for("an empty room", lambda: not world.get(room)["members"])
    return "第二场会见按时结束，但录像没有送达"


def ticket_opens_and_escalates(world: World) -> str:
    world.forward(minutes=20)
    world.wait_for_message("wecom", "qian.ops", LATE_RECORDING)
    told = [one for one in world.sent("wecom", "he.ops") if LATE_RECORDING in str(one["body"])]
    require(not told, "the specialist was told too early")
    world.forward(minutes=31)
    world.wait_for_message("wecom", "he.ops", "已超时")
    sign_in_officer(world, "he.ops")
    opened = world.get("/ops/v1/tickets", who="he.ops")["tickets"]
    tickets = [one for one in opened if one["title"] == LATE_RECORDING]
    require(len(tickets) == 1, f"{len(tickets)} tickets, one expected")
    seen = world.post(f"/ops/v1/tickets/{tickets[0]['id']}/acknowledge", who="he.ops")
    require(seen["status"] == "acknowledged", f"ticket is {seen['status']}")
    return "定时核对发现缺失录像，开出工单；31 分钟无人响应，升级到技术专家"


def _visit(world: World, visit_id: str | None = None) -> dict[str, Any]:
    path = f"/approve/v1/visits/{visit_id or world.known['visit_id']}"
    found: dict[str, Any] = world.get(path, who="wang.visit")
    return found


def _wait_for_visit(
    world: World, what: str, good: Any, visit_id: str | None = None
) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        visit = _visit(world, visit_id)
        return visit if good(visit) else None

    return world.wait_for(what, look)


def _wait_for_end(world: World, visit_id: str) -> None:
    sign_in_officer(world, "wang.visit")
    _wait_for_visit(world, "the visit's end", lambda one: one["status"] == "completed", visit_id)


def _room(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.get(f"/local/trtc/rooms/{world.known['pass']['room_id']}")
    return found


def _frames(world: World, people: list[Any], *, count: int) -> None:
    """Frames through the slicing task into COS, each analysed before the next."""
    room_pass = world.known["pass"]
    jpeg = base64.b64encode(sample_clips.room_frame(people)).decode()
    for _ in range(count):
        world.post(
            f"/local/trtc/rooms/{room_pass['room_id']}/frames",
            {"user_id": room_pass["user_id"], "jpeg_base64": jpeg},
        )
        world.known["frames"] = world.known.get("frames", 0) + 1
        world.wait_for("the frame's analysis", lambda: _all_frames_seen(world))


def _all_frames_seen(world: World) -> bool:
    return bool(_visit(world)["frames"] >= world.known["frames"])


def _end(world: World, *, expect: int) -> dict[str, Any]:
    path = f"/approve/v1/visits/{world.known['visit_id']}/end"
    body = {"reason": "画面中出现未经审批的人员"}
    answer: dict[str, Any] = world.post(path, body, who="wang.visit", expect=expect)
    return answer


def _recording(world: World, status: str) -> dict[str, Any] | None:
    listed = world.get("/approve/v1/recordings", who="wang.visit")["recordings"]
    mine = [one for one in listed if one["visit_id"] == world.known["visit_id"]]
    return next((one for one in mine if one["status"] == status), None)
