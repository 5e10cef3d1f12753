"""Moves that several steps share: signing in, and a face check from challenge to result."""

import itertools
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from local import sample_clips
from local.journey.world import World

# Nobody records the same clip twice, even when two challenges happen to ask for the same.
TAKES = itertools.count()


def sign_in_relative(world: World, who: str, openid: str) -> str:
    """The relative's id."""
    code = world.post("/local/wechat/codes", {"openid": openid})["code"]
    session = world.post("/booking/v1/session", {"code": code})
    world.tokens[who] = session["token"]
    return str(session["relative_id"])


def sign_in_officer(world: World, user_id: str) -> None:
    """Through WeCom's OAuth page; the officer is then known by the WeCom user id."""
    browser = requests.Session()
    asked = browser.get(f"{world.url}/approve/v1/session/wecom", timeout=30).json()["url"]
    sent_back = browser.get(
        f"{asked.split('#')[0]}&userid={user_id}", allow_redirects=False, timeout=30
    ).headers["Location"]
    given = dict(parse_qsl(urlsplit(sent_back).query))
    answer = browser.post(f"{world.url}/approve/v1/session/wecom", json=given, timeout=30)
    world.tokens[user_id] = answer.json()["token"]


def check_face(
    world: World, who: str, picture: Any, purpose: str, visit_id: str | None = None
) -> dict[str, Any]:
    """A clip of `picture` that does what the challenge asks, uploaded and submitted."""
    challenge = world.post(
        "/verify-face/v1/checks", {"purpose": purpose, "visit_id": visit_id}, who=who, expect=201
    )
    world.upload(
        challenge, sample_clips.challenge_clip(picture, challenge["actions"], take=next(TAKES))
    )
    result: dict[str, Any] = world.post(f"/verify-face/v1/checks/{challenge['id']}/submit", who=who)
    return result


def enter_room(world: World, who: str, visit_id: str) -> dict[str, Any]:
    """Join with the product's pass; the emulated TRTC checks it as the real one would."""
    room_pass: dict[str, Any] = world.post(f"/booking/v1/visits/{visit_id}/join", who=who)
    names = ("user_id", "user_sig", "private_map_key")
    world.post(
        f"/local/trtc/rooms/{room_pass['room_id']}/enter",
        {name: room_pass[name] for name in names},
    )
    return room_pass
