"""trtc 2019-07-22: rooms, cloud recording and cloud slicing by API (cloud-facts 1.5)."""

import re
from typing import TYPE_CHECKING, Any

from flask import request

from . import usersig
from .fields import Action, Wrong, may, must
from .tasks import BY_API

if TYPE_CHECKING:
    from .cloud import Cloud

REGIONS = ("ap-beijing", "ap-guangzhou", "ap-shanghai")
PREFIX = re.compile(r"[A-Za-z0-9_-]+")
USER_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
SUBSCRIPTION = {
    name: may(list)
    for name in (
        "SubscribeAudioUserIds", "UnSubscribeAudioUserIds",
        "SubscribeVideoUserIds", "UnSubscribeVideoUserIds",
    )
}  # fmt: skip
STORAGE = {
    **{name: must(str) for name in ("Region", "Bucket", "AccessKey", "SecretKey")},
    "Vendor": must(int),
    "FileNamePrefix": may(list),
}
RECORD = {
    **{name: must(int) for name in ("RecordMode", "MaxIdleTime")},
    **{
        name: may(int)
        for name in (
            "StreamType", "OutputFormat", "AvMerge", "MaxMediaFileDuration",
            "MediaId", "FillType", "SubscribeAbility",
        )
    },
    "SubscribeStreamUserIds": may(SUBSCRIPTION),
}  # fmt: skip
SLICE = {
    "SliceType": must(int),
    **{name: may(int) for name in ("MaxIdleTime", "SliceAudio", "SliceVideo", "SliceImageType")},
    "SubscribeStreamUserIds": may(SUBSCRIPTION),
    "SliceCallbackUrl": may(str),
}
ROBOT = {
    "SdkAppId": must(int),
    **{name: must(str) for name in ("RoomId", "UserId", "UserSig")},
    "RoomIdType": may(int),
    "ResourceExpiredHour": may(int),
    "PrivateMapKey": may(str),
}
LIMITS = {
    "RecordMode": (1, 2), "MaxIdleTime": (5, 86400), "StreamType": (0, 2), "OutputFormat": (0, 4),
    "MaxMediaFileDuration": (1, 1440), "SliceType": (1, 3), "SliceAudio": (15, 60),
    "SliceVideo": (5, 60), "SliceImageType": (0, 1), "ResourceExpiredHour": (6, 720),
}  # fmt: skip
Given = dict[str, Any]


class Trtc:
    def __init__(self, cloud: "Cloud") -> None:
        self._cloud, self._store, self._settings = cloud, cloud.store, cloud.settings
        task = {"SdkAppId": must(int), "TaskId": must(str)}
        room = {"SdkAppId": must(int), "RoomId": must(str)}
        storages = {"CloudStorage": may(STORAGE), "CloudVod": may(dict)}
        mixing = {"MixTranscodeParams": may(dict), "MixLayoutParams": may(dict)}
        record = {
            **ROBOT, **mixing, "RecordParams": must(RECORD), "StorageParams": must(storages)
        }  # fmt: skip
        slicing = {
            **ROBOT,
            "SliceParams": must(SLICE),
            "SliceStorageParams": must({"CloudSliceStorage": must(STORAGE)}),
        }
        self.actions = {
            "CreateCloudRecording": Action(record, self.record),
            "DescribeCloudRecording": Action({**task, "RecorderKey": may(str)}, self.described),
            "DeleteCloudRecording": Action(task, self.stop),
            "CreateCloudSliceTask": Action(slicing, self.slice),
            "DescribeCloudSliceTask": Action(task, self.described_slicing),
            "DeleteCloudSliceTask": Action(task, self.stop),
            "DismissRoomByStrRoomId": Action(room, self.dismiss),
            "RemoveUserByStrRoomId": Action({**room, "UserIds": must(list)}, self.remove),
        }

    def record(self, given: Given) -> Given:
        storages = given["StorageParams"]
        if "CloudVod" in storages or "CloudStorage" not in storages:
            raise Wrong("InvalidParameter", "StorageParams: CloudStorage alone is emulated")
        return self._started("record", given, given["RecordParams"], storages["CloudStorage"])

    def slice(self, given: Given) -> Given:
        storage = given["SliceStorageParams"]["CloudSliceStorage"]
        return self._started("slice", given, given["SliceParams"], storage)

    def _started(self, kind: str, given: Given, params: Given, storage: Given) -> Given:
        if request.headers.get("X-TC-Region") not in REGIONS:
            raise Wrong("UnsupportedRegion", f"one of {', '.join(REGIONS)}")
        self._check_application(given)
        for name, value in {**given, **params}.items():
            low, high = LIMITS.get(name, (value, value))
            if not low <= value <= high if name in LIMITS else False:
                raise Wrong("InvalidParameter.OutOfRange", f"{name} must be {low} to {high}")
        self._check_robot(given)
        _check_storage(storage)
        storage = {"FileNamePrefix": [], **storage}
        with self._store.transaction():
            return {"TaskId": self._cloud.tasks.start(kind, given, storage)}

    def _check_robot(self, given: Given) -> None:
        """The robot enters like anybody else. Rooms here ask for a PrivateMapKey ("advanced permission control"),
        and then the vendor asks the robot for one too."""
        if given.get("RoomIdType", 1) != 0:
            raise Wrong("InvalidParameter.RoomId", "RoomIdType must be 0: rooms have string ids")
        if not USER_ID.fullmatch(given["UserId"]):
            raise Wrong("InvalidParameter.UserId", "1 to 32 letters, digits, _ and -")
        if given["UserId"] in self._cloud.rooms.members(given["RoomId"]):
            raise Wrong("InvalidParameter.UserId", "somebody in the room has the robot's name")
        door, map_key = self._cloud.rooms.door(), given.get("PrivateMapKey", "")
        try:
            door.check_user_sig(given["UserId"], given["UserSig"])
            if map_key or self._cloud.robots_need_map_key:
                door.check_map_key(given["UserId"], given["RoomId"], map_key)
        except usersig.Refused as error:
            raise Wrong("InvalidParameter.UserSig", f"{error.code}: {error}") from None

    def described(self, given: Given) -> Given:
        task = self._task(given)
        names = ("UserId", "FileName", "TrackType")
        files = [
            {**{name: file[name] for name in names}, "BeginTimeStamp": file["StartTimeStamp"]}
            for file in task["files"]
        ]
        return {"TaskId": task["id"], "Status": task["status"], "StorageFileList": files}

    def described_slicing(self, given: Given) -> Given:
        task = self._task(given)
        return {"TaskId": task["id"], "Status": task["status"]}

    def stop(self, given: Given) -> Given:
        with self._store.transaction():
            task = self._task(given)
            if task["status"] == "Exited":
                raise Wrong("FailedOperation.TaskFinished", "the task has ended")
            self._cloud.tasks.end(task, BY_API)
            return {"TaskId": task["id"]}

    def dismiss(self, given: Given) -> Given:
        self._check_application(given)
        if not self._cloud.rooms.dismiss(given["RoomId"]):
            raise Wrong("FailedOperation.RoomNotExist", "the room does not exist")
        return {}

    def remove(self, given: Given) -> Given:
        self._check_application(given)
        if not 1 <= len(given["UserIds"]) <= 10:
            raise Wrong("InvalidParameter.UserIds", "1 to 10 users")
        if not self._cloud.rooms.members(given["RoomId"]):
            raise Wrong("FailedOperation.RoomNotExist", "the room does not exist")
        self._cloud.rooms.remove(given["RoomId"], given["UserIds"])
        return {}

    def _task(self, given: Given) -> Given:
        self._check_application(given)
        task = self._cloud.tasks.get(given["TaskId"])
        kind = "slice" if "Slice" in request.headers["X-TC-Action"] else "record"
        if task is None or task["kind"] != kind:
            raise Wrong("FailedOperation.TaskNotExist", "the task does not exist")
        return task

    def _check_application(self, given: Given) -> None:
        if given["SdkAppId"] != self._settings.trtc_sdk_app_id:
            raise Wrong("InvalidParameter.SdkAppId", "the SdkAppId is not yours")


def _check_storage(storage: Given) -> None:
    if storage["Vendor"] != 0:
        raise Wrong("InvalidParameter", "Vendor must be 0, which is COS")
    for name in ("Region", "Bucket", "AccessKey", "SecretKey"):
        if not storage[name]:
            raise Wrong(f"MissingParameter.{name}", f"{name} is empty")
    for part in storage.get("FileNamePrefix", []):
        if not isinstance(part, str) or not PREFIX.fullmatch(part):
            raise Wrong("InvalidParameter", "FileNamePrefix: letters, digits, _ and - only")
