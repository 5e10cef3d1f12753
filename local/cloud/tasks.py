"""Recording and slicing robots: what they write to COS and what they report (cloud-facts 1.3, 1.4)."""

import base64
import secrets
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from . import moment
from .film import tiny_mp4

if TYPE_CHECKING:
    from .cloud import Cloud

# Event types by kind of task: group, start, stop, upload start, upload stop.
EVENTS = {"record": (3, 301, 302, 303, 305), "slice": (10, 1001, 1002, 1003, 1005)}
BY_API, KICKED, DISMISSED, NOBODY_LEFT, ENTERED_AGAIN = 0, 1, 2, 99, 101
WITH_MP4 = (1, 3)
Task = dict[str, Any]


def packed(name: str) -> str:
    """A user id or string room id as it stands in a recording's file name."""
    return base64.b64encode(name.encode()).decode().replace("/", "-").replace("=", ".")


def task_id() -> str:
    """With the `+`, `-` and `.` that the vendor's ids may contain, so that nobody forgets to encode them."""
    return f"-m{secrets.token_hex(8)}+{secrets.token_hex(6)}.."


class Tasks:
    def __init__(self, cloud: "Cloud") -> None:
        self._cloud, self._store, self._settings = cloud, cloud.store, cloud.settings

    def start(self, kind: str, given: dict[str, Any], storage: dict[str, Any]) -> str:
        """A robot whose user id is already in the room puts the earlier one out."""
        room, user, number = given["RoomId"], given["UserId"], task_id()
        for other in self.running(room):
            if other["user"] == user:
                self.end(other, ENTERED_AGAIN)
        params = given.get("RecordParams") or given.get("SliceParams")
        people = (self._store.get("room", room) or {"members": []})["members"]
        task = {
            "id": number, "kind": kind, "room": room, "user": user, "status": "InProgress",
            "params": params, "storage": storage, "people": people, "files": [],
            "started": moment.milliseconds(),
        }  # fmt: skip
        self._store.put("task", number, task)
        self._store.put("tasks_of", room, {"ids": [*self._ids(room), number]})
        _group, started, _stopped, uploading, _uploaded = EVENTS[kind]
        self._report(task, started, {"Status": 0})
        self._report(task, uploading, {"Status": 0 if self._may_store(storage) else 1})
        return number

    def get(self, number: str) -> Task | None:
        return self._store.get("task", number)

    def running(self, room: str) -> list[Task]:
        tasks = (self.get(number) for number in self._ids(room))
        return [task for task in tasks if task and task["status"] == "InProgress"]

    def _ids(self, room: str) -> list[str]:
        return list((self._store.get("tasks_of", room) or {"ids": []})["ids"])

    def seen(self, room: str, user: str) -> None:
        """Somebody entered: in single-stream mode each one gets a file."""
        for task in self.running(room):
            people = [*task["people"], *([] if user in task["people"] else [user])]
            self._store.put("task", task["id"], {**task, "people": people})

    def end_room(self, room: str, leave_code: int) -> None:
        for task in self.running(room):
            self.end(task, leave_code)

    def end(self, task: Task, leave_code: int) -> None:
        """Stop, upload, report. A recording ordered to be lost is never uploaded and never reported as a file."""
        lost = self._store.get("lost", task["room"]) is not None
        task = {**task, "status": "Exited"}
        _group, _started, stopped, _uploading, uploaded = EVENTS[task["kind"]]
        stores = self._may_store(task["storage"])
        film = task["kind"] == "record" and task["params"].get("OutputFormat", 0) in WITH_MP4
        if film and stores and not lost:
            task["files"] = self._upload(task)
        self._store.put("task", task["id"], task)
        self._report(task, stopped, {"LeaveCode": leave_code})
        if film and task["files"]:
            self._report(task, 310, _files_ready(task["files"]))
        elif not film and stores:
            self._report(task, uploaded, {"Status": 0})

    def kill(self, room: str, kind: str) -> None:
        """It is gone, and nothing tells: no event, no film."""
        for task in self.running(room):
            if task["kind"] == kind:
                self._store.put("task", task["id"], {**task, "status": "Exited"})

    def slice(self, room: str, user: str, jpeg: bytes) -> list[str]:
        """Put one frame to COS for each slicing task of the room; the keys."""
        keys = []
        for task in self.running(room):
            if task["kind"] == "slice" and self._may_store(task["storage"]):
                key = self._free_frame_key(task, user)
                self._cloud.cos.put(key, jpeg, "image/jpeg")
                keys.append(key)
        return keys

    def _free_frame_key(self, task: Task, user: str) -> str:
        """The name carries whole seconds, so two frames of one second need two names."""
        ending = "jpg" if task["params"].get("SliceImageType", 0) == 1 else "png"
        second = int(moment.seconds())
        folder = "/".join([*task["storage"]["FileNamePrefix"], task["id"], user, "images"])
        while True:
            stamp = datetime.fromtimestamp(second, timezone.utc).strftime("%Y%m%d%H%M%S")
            name = f"{self._settings.trtc_sdk_app_id}_{task['room']}_{user}_{stamp}.{ending}"
            if not self._cloud.cos.has(f"{folder}/{name}"):
                return f"{folder}/{name}"
            second += 1

    def _upload(self, task: Task) -> list[dict[str, Any]]:
        content = self._store.get("recording_content", task["room"])
        film = base64.b64decode(content["base64"]) if content else tiny_mp4()
        files = self._file_names(task)
        folder = "/".join([*task["storage"]["FileNamePrefix"], task["id"]])
        for file in files:
            self._cloud.cos.put(f"{folder}/{file['FileName']}", film, "video/mp4")
        return files

    def _file_names(self, task: Task) -> list[dict[str, Any]]:
        stem = f"{self._settings.trtc_sdk_app_id}_{packed(task['room'])}"
        mixed = task["params"]["RecordMode"] == 2
        names = {"": stem} if mixed else {
            user: f"{stem}__UserId_s_{packed(user)}__UserId_e_main" for user in task["people"]
        }  # fmt: skip
        times = {"StartTimeStamp": task["started"], "EndTimeStamp": moment.milliseconds()}
        rest = {"TrackType": "audio_video", "MediaId": "mix" if mixed else "main", **times}
        return [{"FileName": f"{name}.mp4", "UserId": user, **rest} for user, name in names.items()]

    def _may_store(self, storage: dict[str, Any]) -> bool:
        """Whether the bucket exists and the key pair in the request opens it."""
        pair = (storage["AccessKey"], storage["SecretKey"])
        return storage["Bucket"] == self._settings.cos_bucket and pair in self._cloud.key_pairs

    def _report(self, task: Task, kind: int, payload: dict[str, Any]) -> None:
        info = {"RoomId": task["room"], "UserId": task["user"], "TaskId": task["id"]}
        self._cloud.callbacks.send(EVENTS[task["kind"]][0], kind, {**info, "Payload": payload})


def _files_ready(files: list[dict[str, Any]]) -> dict[str, Any]:
    names = [file["FileName"] for file in files]
    return {"Status": 0, "FileList": names, "FileMessage": files}
