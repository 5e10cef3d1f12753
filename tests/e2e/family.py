"""A family in a visit's room: it enters with its own pass, and TRTC cuts frames of what its camera shows."""

import base64
from typing import Any

from local import sample_clips
from local.journey.actors import enter_room
from local.journey.world import World
from shared.room_passes import FAMILY
from tests.e2e.desk import Desk


class Family:
    def __init__(self, desk: Desk, visit_id: str) -> None:
        people = desk.visit(visit_id)["people"]
        mine = next(one["user_id"] for one in people if one["user_id"].startswith(FAMILY))
        tokens = {FAMILY + one["id"]: one["token"] for one in desk.identities()["relatives"]}
        self._world = World(desk.url)
        self._world.tokens["family"] = tokens[mine]
        self._visit_id = visit_id
        self._pass: dict[str, Any] = {}

    def enter(self) -> None:
        self._pass = enter_room(self._world, "family", self._visit_id)

    def show(self, pictures: list[Any]) -> None:
        """One frame through the slicing task, which puts it to COS: its event calls the function that looks at it."""
        jpeg = base64.b64encode(sample_clips.room_frame(pictures)).decode()
        body = {"user_id": self._pass["user_id"], "jpeg_base64": jpeg}
        self._world.post(f"/local/trtc/rooms/{self._pass['room_id']}/frames", body)
