"""A family in a visit's room: it enters with its own pass, and TRTC cuts frames of what its camera shows."""

import base64
from typing import Any

from local import sample_clips
from local.journey.actors import enter_room
from local.journey.world import World
from tests.e2e.desk import Desk

# Few pixels: an alert must reach the desk within seconds also where other tests are running.
FRAMES_FOR_AN_ALERT = 2


class Family:
    def __init__(self, desk: Desk, openid_order: int = 0) -> None:
        self._world = World(desk.url)
        self._world.tokens["guo"] = desk.identities()["relatives"][openid_order]["token"]
        self._pass: dict[str, Any] = {}

    def enter(self, visit_id: str) -> None:
        self._pass = enter_room(self._world, "guo", visit_id)

    def show(self, pictures: list[Any]) -> None:
        """Frames through the slicing task, which waits for TRTC's start of it."""
        jpeg = base64.b64encode(sample_clips.room_frame(pictures)).decode()
        body = {"user_id": self._pass["user_id"], "jpeg_base64": jpeg}
        path = f"/local/trtc/rooms/{self._pass['room_id']}/frames"
        for _ in range(FRAMES_FOR_AN_ALERT):
            self._world.post(path, body)
