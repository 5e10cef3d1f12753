"""TRTC, string rooms only (cloud-facts 1.5): record, slice, end a room, remove somebody."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from shared.clients import tencent, usersig
from shared.clients.errors import ProviderRefused
from shared.clients.trtc_keys import (
    FrameKey,
    RecordingKey,
    frame_prefix,
    parse_frame_key,
    parse_recording_key,
    recording_key,
)
from shared.clock import now
from shared.rules.room_state import MAX_IDLE_S
from shared.settings import settings

__all__ = [
    "FrameKey",
    "RecordingKey",
    "RecordingTask",
    "describe_recording",
    "dismiss_room",
    "frame_prefix",
    "parse_frame_key",
    "parse_recording_key",
    "recording_key",
    "recording_runs",
    "remove_user",
    "slicing_runs",
    "start_recording",
    "start_slicing",
    "stop_recording",
    "stop_slicing",
]

PROVIDER = "trtc"
STRING_ROOM = 0
MIXED, AUDIO_AND_VIDEO, MP4 = 2, 0, 3
FRAMES_ONLY, JPG = 2, 1
FRAME_INTERVAL_S = 5  # the vendor's minimum
ROBOT_HOURS = 24
PREFIX_PART = re.compile(r"[A-Za-z0-9_-]+")
NO_ROOM, TASK_FINISHED = "FailedOperation.RoomNotExist", "FailedOperation.TaskFinished"
EXITED = "Exited"
# Asked for a task that is over, TRTC refuses (document 647/73784); with which of these, is not documented [U].
OVER = (
    TASK_FINISHED,
    "FailedOperation.TaskNotExist",
    "InvalidParameter.TaskId",
    "ResourceNotFound",
    "ResourceNotFound.ResourceNotFound",
)


@dataclass(frozen=True)
class RecordingTask:
    """`status`: Idle, InProgress or Exited. `file_names` as TRTC gives them, perhaps bare."""

    status: str
    file_names: list[str]


def start_recording(*, room_id: str, robot_id: str, prefix: Sequence[str]) -> str:
    """Everybody in one MP4, to COS under `prefix`. Gives the task id.

    After ProviderUnavailable a task may be running all the same: its events name it.
    """
    answer = _call(
        "CreateCloudRecording",
        **_robot(room_id, robot_id),
        RecordParams={
            "RecordMode": MIXED,
            "StreamType": AUDIO_AND_VIDEO,
            "OutputFormat": MP4,
            "MaxIdleTime": MAX_IDLE_S,
        },
        StorageParams={"CloudStorage": _storage(prefix)},
    )
    return str(tencent.field(PROVIDER, answer, "TaskId"))


def start_slicing(
    *, room_id: str, robot_id: str, prefix: Sequence[str], watched: Sequence[str], every_s: int
) -> str:
    """A JPEG of every `watched` user (beginnings of user ids), to COS under `prefix`. Gives the task id."""
    answer = _call(
        "CreateCloudSliceTask",
        **_robot(room_id, robot_id),
        SliceParams={
            "SliceType": FRAMES_ONLY,
            "SliceVideo": max(every_s, FRAME_INTERVAL_S),
            "SliceImageType": JPG,
            "SubscribeStreamUserIds": {"SubscribeVideoUserIds": [f"{one}.*$" for one in watched]},
            "MaxIdleTime": MAX_IDLE_S,
        },
        SliceStorageParams={"CloudSliceStorage": _storage(prefix)},
    )
    return str(tencent.field(PROVIDER, answer, "TaskId"))


def stop_recording(task_id: str) -> None:
    """Fine when it has ended. The upload goes on afterwards; event 310 says when it is done."""
    _call("DeleteCloudRecording", fine=[TASK_FINISHED], TaskId=task_id)


def stop_slicing(task_id: str) -> None:
    """Fine when it has ended."""
    _call("DeleteCloudSliceTask", fine=[TASK_FINISHED], TaskId=task_id)


def describe_recording(task_id: str) -> RecordingTask:
    """For up to 72 hours after the start; later it is refused though the files are there."""
    answer = _call("DescribeCloudRecording", TaskId=task_id)
    files = [str(one.FileName) for one in answer.StorageFileList or []]
    return RecordingTask(str(tencent.field(PROVIDER, answer, "Status")), files)


def recording_runs(task_id: str) -> bool:
    """False once the robot has left. `Idle` runs: it waits for picture or sound."""
    return _runs(_call("DescribeCloudRecording", fine=OVER, TaskId=task_id))


def slicing_runs(task_id: str) -> bool:
    return _runs(_call("DescribeCloudSliceTask", fine=OVER, TaskId=task_id))


def _runs(answer: Any) -> bool:
    return answer is not None and tencent.field(PROVIDER, answer, "Status") != EXITED


def dismiss_room(room_id: str) -> None:
    """Everybody out. Fine when there is no such room."""
    _call("DismissRoomByStrRoomId", fine=[NO_ROOM], RoomId=room_id)


def remove_user(room_id: str, user_id: str) -> None:
    """One person out. Fine when there is no such room."""
    _call("RemoveUserByStrRoomId", fine=[NO_ROOM], RoomId=room_id, UserIds=[user_id])


def _call(action: str, *, fine: Collection[str] = (), **fields: Any) -> Any:
    """None instead of an answer when TRTC refuses with a code of `fine`."""
    from tencentcloud.trtc.v20190722 import models, trtc_client

    message_class = getattr(models, f"{action}Request")
    message = tencent.request(message_class, SdkAppId=settings().trtc_sdk_app_id, **fields)
    try:
        return tencent.call(PROVIDER, trtc_client.TrtcClient, message)
    except ProviderRefused as error:
        if error.code not in fine:
            raise
    return None


def _robot(room_id: str, robot_id: str) -> dict[str, Any]:
    """The robot enters as a user who only watches, with a key for this room like everybody else."""
    whose: dict[str, Any] = {
        "sdk_app_id": settings().trtc_sdk_app_id,
        "secret_key": settings().trtc_secret_key,
        "user_id": robot_id,
        "now": int(now().timestamp()),
        "expire": ROBOT_HOURS * 3600,
    }
    return {
        "RoomId": room_id,
        "RoomIdType": STRING_ROOM,  # the vendor's default is 1, a numeric room
        "UserId": robot_id,
        "UserSig": usersig.user_sig(**whose),
        "PrivateMapKey": usersig.private_map_key(
            **whose, room_id=room_id, privileges=usersig.WATCH_ONLY
        ),
    }


def _storage(prefix: Sequence[str]) -> dict[str, Any]:
    """COS, by the key pair of a sub-account that may write under the recordings' prefix alone."""
    if not prefix or not all(PREFIX_PART.fullmatch(part) for part in prefix):
        raise ValueError("a prefix's parts are letters, digits, _ and -")
    chosen = settings()
    return {
        "Vendor": 0,
        "Region": chosen.tencent_region,
        "Bucket": chosen.cos_bucket,
        "AccessKey": chosen.trtc_cos_secret_id,
        "SecretKey": chosen.trtc_cos_secret_key,
        "FileNamePrefix": list(prefix),
    }
