"""`/local/trtc/rooms/<room>/…`: what people's phones and the vendor's back end do in a room."""

from typing import TYPE_CHECKING

from flask import Blueprint
from werkzeug.wrappers import Response

from . import usersig
from .calls import json_answer
from .control_input import decoded, given, problem

if TYPE_CHECKING:
    from .cloud import Cloud

DONE = {"ok": True}


def add_routes(pages: Blueprint, cloud: "Cloud") -> None:
    @pages.post("/trtc/rooms/<room>/enter")
    def enter(room: str) -> Response:
        asked = given("user_id", "user_sig", "private_map_key")
        names = ("user_id", "user_sig", "private_map_key")
        try:
            members = cloud.rooms.enter(room, *(str(asked[name]) for name in names))
        except usersig.Refused as error:
            return problem(403, error.code, str(error))
        return json_answer({"room": room, "members": members})

    @pages.post("/trtc/rooms/<room>/leave")
    def leave(room: str) -> Response:
        if not cloud.rooms.leave(room, given("user_id")["user_id"]):
            return problem(404, "NotInRoom", "this user is not in the room")
        return json_answer({"room": room, "members": cloud.rooms.members(room)})

    @pages.get("/trtc/rooms/<room>")
    def shown(room: str) -> Response:
        tasks = [
            {name: task[name] for name in ("id", "kind", "user")}
            for task in cloud.tasks.running(room)
        ]
        return json_answer({"room": room, "members": cloud.rooms.members(room), "tasks": tasks})

    @pages.post("/trtc/rooms/<room>/frames")
    def frame(room: str) -> Response:
        asked = given("user_id", "jpeg_base64")
        if asked["user_id"] not in cloud.rooms.members(room):
            return problem(404, "NotInRoom", "this user is not in the room")
        jpeg = decoded(asked["jpeg_base64"])
        with cloud.store.transaction():
            keys = cloud.tasks.slice(room, asked["user_id"], jpeg)
        return json_answer({"keys": keys})

    @pages.post("/trtc/rooms/<room>/recording_content")
    def content(room: str) -> Response:
        text = given("mp4_base64")["mp4_base64"]
        decoded(text)
        cloud.store.put("recording_content", room, {"base64": text})
        return json_answer(DONE)

    @pages.post("/trtc/rooms/<room>/lose_recording")
    def lose(room: str) -> Response:
        if given().get("lose", True):
            cloud.store.put("lost", room, {})
        else:
            cloud.store.pop("lost", room)
        return json_answer(DONE)

    @pages.post("/trtc/rooms/<room>/kill_robot")
    def kill(room: str) -> Response:
        cloud.tasks.kill(room, given("kind")["kind"])
        return json_answer(DONE)

    @pages.post("/trtc/rooms/<room>/events")
    def event(room: str) -> Response:
        asked = given("EventGroupId", "EventType", "EventInfo")
        info = {"RoomId": room, **asked["EventInfo"]}
        cloud.callbacks.send(asked["EventGroupId"], asked["EventType"], info)
        return json_answer(DONE)
