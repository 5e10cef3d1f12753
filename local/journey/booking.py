"""Steps 7 to 10: opening hours, a booking, the last place, two officers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import requests

from local.journey.actors import sign_in_officer, sign_in_relative
from local.journey.world import TIMEOUT_S, World, codes, require
from local.sample_people import GUO, LIN
from shared.clock import read_moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS_AHEAD = 2


def opens_a_session(world: World) -> str:
    sign_in_officer(world, "sun.lead")
    day = (world.now().astimezone(SHANGHAI) + timedelta(days=DAYS_AHEAD)).date()
    made = world.post(
        "/approve/v1/session-templates",
        {
            "weekday": day.weekday(),
            "opens_at": "14:00",
            "closes_at": "15:00",
            "valid_from": day.isoformat(),
        },
        who="sun.lead",
        expect=201,
    )
    require(made["slots"] >= 2, f"only {made['slots']} slots were made")
    return f"孙所长设置开放时段，生成 {made['slots']} 个会见时段"


def books(world: World) -> str:
    relationship = world.known["relationship_id"]
    slots = world.get(f"/booking/v1/slots?relationship_id={relationship}", who="lin")["slots"]
    slot = next(one for one in slots if one["bookable"])
    world.known["slot"] = slot
    wanted = {"relationship_id": relationship, "slot_id": slot["id"]}
    key = {"Idempotency-Key": f"journey-{slot['id']}"}
    first = world.post("/booking/v1/visits", wanted, who="lin", expect=201, headers=key)
    again = world.post("/booking/v1/visits", wanted, who="lin", expect=201, headers=key)
    require(first == again, "the same booking sent twice must give one visit and the same answer")
    world.known["visit_id"] = first["id"]
    return f"预约成功：{_local(first['starts_at'])}；重复提交只生成一次会见"


def refuses_the_last_place_twice(world: World) -> str:
    sign_in_relative(world, "guo", GUO.openid)
    tie = world.get("/booking/v1/relationships", who="guo")["relationships"][0]["id"]
    wanted = {"relationship_id": tie, "slot_id": world.known["slot"]["id"]}
    refused = world.post("/booking/v1/visits", wanted, who="guo", expect=422)
    require("slot_full" in codes(refused), f"reasons were {codes(refused)}")
    require(refused["other_slots"], "other slots must be offered")
    other = refused["other_slots"][0]
    booked = world.post(
        "/booking/v1/visits",
        {"relationship_id": tie, "slot_id": other["id"]},
        who="guo",
        expect=201,
    )
    world.known["second_visit_id"] = booked["id"]
    world.known["second_slot"] = other
    stranger = world.get(f"/booking/v1/visits/{world.known['visit_id']}", who="guo", expect=404)
    require("not_found" in codes(stranger), "somebody else's visit must not exist")
    return f"名额已满并给出原因，改约 {_local(other['starts_at'])}；看不到他人的会见"


def two_officers_approve_at_once(world: World) -> str:
    sign_in_officer(world, "zhao.visit")
    path = f"{world.url}/approve/v1/visits/{world.known['visit_id']}/approve"

    def approve(who: str) -> int:
        headers = {"Authorization": f"Bearer {world.tokens[who]}"}
        return requests.post(path, json={}, headers=headers, timeout=TIMEOUT_S).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(approve, ("wang.visit", "zhao.visit")))
    require(answers == [200, 409], f"two officers got {answers}")
    world.post(f"/approve/v1/visits/{world.known['second_visit_id']}/approve", who="zhao.visit")
    return "两位民警同时审批：一位成功，另一位得到 409 提示"


def family_is_told(world: World) -> str:
    message = world.wait_for_message("wechat", LIN.openid, "请提前15分钟进入")
    require(world.known["visit_id"] in str(message["body"]), "the message must lead to the visit")
    return "家属收到微信审核结果"


def _local(text: str) -> str:
    return f"{read_moment(text).astimezone(SHANGHAI):%m月%d日 %H:%M}"
