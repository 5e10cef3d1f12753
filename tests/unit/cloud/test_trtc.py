"""Rooms, robots and callbacks: TRTC through its official SDK, callbacks on the wire."""

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient

from local.cloud import callbacks
from shared import clock

from .clients import s3, tencent
from .harness import SETTINGS, Receiver, Served, map_key, ticket, until, user_sig

STORAGE = {
    "Vendor": 0,
    "Region": "ap-guangzhou",
    "Bucket": SETTINGS.cos_bucket,
    "AccessKey": SETTINGS.trtc_cos_secret_id,
    "SecretKey": SETTINGS.trtc_cos_secret_key,
    "FileNamePrefix": ["recordings", "visit-1"],
}


def robot(user: str = "rec_1", room: str = "visit-1") -> dict[str, Any]:
    return {
        "SdkAppId": SETTINGS.trtc_sdk_app_id,
        "RoomId": room,
        "RoomIdType": 0,
        "UserId": user,
        "UserSig": user_sig(user),
        "PrivateMapKey": map_key(user, room),
    }


def recording(**changes: Any) -> dict[str, Any]:
    params = {"RecordMode": 2, "MaxIdleTime": 30, "StreamType": 0, "OutputFormat": 3}
    storage = {"CloudStorage": STORAGE}
    return {**robot(), "RecordParams": params, "StorageParams": storage, **changes}


def slicing(user: str = "slice_1") -> dict[str, Any]:
    params = {"SliceType": 2, "SliceVideo": 5, "SliceImageType": 1}
    storage = {"CloudSliceStorage": {**STORAGE, "FileNamePrefix": ["frames"]}}
    return {**robot(user), "SliceParams": params, "SliceStorageParams": storage}


def call(served: Served, action: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = tencent(served, TrtcClient).call_json(action, body)["Response"]
    return answer


def refusal(served: Served, action: str, body: dict[str, Any]) -> str:
    with pytest.raises(TencentCloudSDKException) as caught:
        call(served, action, body)
    return str(caught.value.code)


def enter(served: Served, user: str = "mother", room: str = "visit-1") -> None:
    served.post(f"/local/trtc/rooms/{room}/enter", ticket(user, room))


def on_task(served: Served, task: str, action: str) -> dict[str, Any]:
    return call(served, action, {"SdkAppId": SETTINGS.trtc_sdk_app_id, "TaskId": task})


def test_entry_and_exit_are_reported_signed(served: Served, receiver: Receiver) -> None:
    enter(served)
    enter(served, "son")
    served.post("/local/trtc/rooms/visit-1/leave", {"user_id": "mother"})
    served.post("/local/trtc/rooms/visit-1/leave", {"user_id": "son"})
    until(lambda: len(receiver.got) == 6)
    assert receiver.types() == [101, 103, 103, 104, 104, 102]
    headers, body = receiver.got[0]
    assert headers["Sign"] == callbacks.sign(SETTINGS.trtc_callback_key, body)
    assert headers["Sdkappid"] == str(SETTINGS.trtc_sdk_app_id)
    assert b'\t"EventGroupId":\t1' in body


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"user_sig": user_sig("mother", secret="another")}, "UserSigInvalid"),
        ({"user_sig": user_sig("father")}, "UserSigWrongUser"),
        ({"user_sig": user_sig("mother", expire=-1)}, "UserSigExpired"),
        ({"user_sig": "nonsense"}, "UserSigInvalid"),
        ({"private_map_key": map_key("mother", "visit-2")}, "PrivateMapKeyWrongRoom"),
        ({"private_map_key": map_key("mother", "visit-1", expire=-1)}, "PrivateMapKeyExpired"),
        ({"private_map_key": map_key("mother", "visit-1", privileges=1)}, "PrivateMapKeyNoJoin"),
        ({"private_map_key": user_sig("mother")}, "PrivateMapKeyInvalid"),
        ({"private_map_key": ""}, "PrivateMapKeyInvalid"),
    ],
)
def test_the_door_refuses(served: Served, changes: dict[str, str], code: str) -> None:
    asked = {**ticket("mother", "visit-1"), **changes}
    url = f"{served.url}/local/trtc/rooms/visit-1/enter"
    answer = requests.post(url, json=asked, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_a_signature_ends_by_the_product_clock(served: Served) -> None:
    asked = ticket("mother", "visit-1")
    later = datetime.now(timezone.utc) + timedelta(hours=2)
    clock.use(lambda: later)
    assert served.post("/local/trtc/rooms/visit-1/enter", asked)["code"] == "UserSigExpired"


def test_a_recording_reaches_cos_under_the_vendors_key(served: Served, receiver: Receiver) -> None:
    enter(served)
    film = base64.b64encode(b"a film").decode()
    served.post("/local/trtc/rooms/visit-1/recording_content", {"mp4_base64": film})
    task = call(served, "CreateCloudRecording", recording())["TaskId"]
    assert on_task(served, task, "DescribeCloudRecording")["Status"] == "InProgress"
    on_task(served, task, "DeleteCloudRecording")
    until(lambda: 310 in receiver.types())
    assert receiver.types() == [101, 103, 301, 303, 302, 310]
    ready = receiver.events[-1]["EventInfo"]
    packed = base64.b64encode(b"visit-1").decode().replace("/", "-").replace("=", ".")
    name = f"{SETTINGS.trtc_sdk_app_id}_{packed}.mp4"
    assert ready["Payload"]["FileList"] == [name]
    key = f"recordings/visit-1/{task}/{name}"
    stored = s3(served.cloud.cos_endpoint).get_object(Bucket=SETTINGS.cos_bucket, Key=key)
    assert stored["Body"].read() == b"a film"
    described = on_task(served, task, "DescribeCloudRecording")
    assert (described["Status"], len(described["StorageFileList"])) == ("Exited", 1)
    until(lambda: served.created_keys() == [f"/1250000000/visits/{key}"])


def test_a_recording_without_given_content_is_a_film(served: Served, receiver: Receiver) -> None:
    enter(served)
    call(served, "CreateCloudRecording", recording())
    served.post("/local/trtc/rooms/visit-1/leave", {"user_id": "mother"})
    until(lambda: 310 in receiver.types())
    stored = s3(served.cloud.cos_endpoint)
    (key,) = [
        item["Key"] for item in stored.list_objects_v2(Bucket=SETTINGS.cos_bucket)["Contents"]
    ]
    body = stored.get_object(Bucket=SETTINGS.cos_bucket, Key=key)["Body"].read()
    assert body[4:8] == b"ftyp"


def test_a_lost_recording_never_comes(served: Served, receiver: Receiver) -> None:
    enter(served)
    served.post("/local/trtc/rooms/visit-1/lose_recording", {})
    call(served, "CreateCloudRecording", recording())
    served.post("/local/trtc/rooms/visit-1/leave", {"user_id": "mother"})
    until(lambda: 302 in receiver.types())
    assert 310 not in receiver.types() and served.created == []


def test_a_robot_that_is_killed_tells_nobody(served: Served, receiver: Receiver) -> None:
    enter(served)
    task = call(served, "CreateCloudRecording", recording())["TaskId"]
    until(lambda: 303 in receiver.types())
    served.post("/local/trtc/rooms/visit-1/kill_robot", {"kind": "record"})
    asked = {"SdkAppId": SETTINGS.trtc_sdk_app_id, "TaskId": task}
    assert call(served, "DescribeCloudRecording", asked)["Status"] == "Exited"
    served.post("/local/trtc/rooms/visit-1/leave", {"user_id": "mother"})
    until(lambda: 102 in receiver.types())
    assert 302 not in receiver.types() and served.created == []


def test_the_same_robot_puts_the_earlier_one_out(served: Served, receiver: Receiver) -> None:
    enter(served)
    first = call(served, "CreateCloudRecording", recording())["TaskId"]
    second = call(served, "CreateCloudRecording", recording())["TaskId"]
    until(lambda: receiver.types().count(301) == 2)
    (stop,) = [event for event in receiver.events if event["EventType"] == 302]
    assert stop["EventInfo"]["TaskId"] == first
    assert stop["EventInfo"]["Payload"] == {"LeaveCode": 101}
    assert on_task(served, second, "DescribeCloudRecording")["Status"] == "InProgress"


def test_frames_land_where_the_slicer_puts_them(served: Served, receiver: Receiver) -> None:
    enter(served)
    frame = {"user_id": "mother", "jpeg_base64": base64.b64encode(b"jpeg").decode()}
    assert served.post("/local/trtc/rooms/visit-1/frames", frame)["keys"] == []
    task = call(served, "CreateCloudSliceTask", slicing())["TaskId"]
    keys = [served.post("/local/trtc/rooms/visit-1/frames", frame)["keys"][0] for _ in range(2)]
    assert len(set(keys)) == 2
    start = f"frames/{task}/mother/images/{SETTINGS.trtc_sdk_app_id}_visit-1_mother_"
    assert all(key.startswith(start) and key.endswith(".jpg") for key in keys)
    until(lambda: served.created_keys() == [f"/1250000000/visits/{key}" for key in keys])


def test_dismissal_ends_everything(served: Served, receiver: Receiver) -> None:
    room = {"SdkAppId": SETTINGS.trtc_sdk_app_id, "RoomId": "visit-1"}
    assert refusal(served, "DismissRoomByStrRoomId", room) == "FailedOperation.RoomNotExist"
    enter(served)
    call(served, "CreateCloudRecording", recording())
    call(served, "DismissRoomByStrRoomId", room)
    until(lambda: 310 in receiver.types())
    assert receiver.types() == [101, 103, 301, 303, 104, 102, 302, 310]


def test_one_user_is_removed(served: Served, receiver: Receiver) -> None:
    enter(served)
    enter(served, "son")
    room = {"SdkAppId": SETTINGS.trtc_sdk_app_id, "RoomId": "visit-1"}
    call(served, "RemoveUserByStrRoomId", {**room, "UserIds": ["son"]})
    assert served.get("/local/trtc/rooms/visit-1")["members"] == ["mother"]
    until(lambda: 104 in receiver.types())
    assert receiver.events[-1]["EventInfo"]["Reason"] == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"RoomIdType": 1}, "InvalidParameter.RoomId"),
        ({"UserSig": user_sig("rec_1", secret="another")}, "InvalidParameter.UserSig"),
        ({"PrivateMapKey": map_key("rec_1", "visit-2")}, "InvalidParameter.UserSig"),
        ({"SdkAppId": 1}, "InvalidParameter.SdkAppId"),
        ({"StorageParams": {"CloudStorage": {**STORAGE, "Vendor": 1}}}, "InvalidParameter"),
        (
            {"StorageParams": {"CloudStorage": {**STORAGE, "FileNamePrefix": ["a/b"]}}},
            "InvalidParameter",
        ),
        (
            {"StorageParams": {"CloudStorage": {**STORAGE, "SecretKey": ""}}},
            "MissingParameter.SecretKey",
        ),
        ({"RecordParams": {"RecordMode": 3, "MaxIdleTime": 30}}, "InvalidParameter.OutOfRange"),
        ({"RecordParams": {"RecordMode": 2, "Idle": 3, "MaxIdleTime": 30}}, "UnknownParameter"),
    ],
)
def test_a_wrong_recording_is_refused(served: Served, changes: dict[str, Any], code: str) -> None:
    assert refusal(served, "CreateCloudRecording", recording(**changes)) == code


def test_a_wrong_key_pair_starts_but_stores_nothing(served: Served, receiver: Receiver) -> None:
    storage = {"CloudStorage": {**STORAGE, "SecretKey": "wrong"}}
    enter(served)
    call(served, "CreateCloudRecording", recording(StorageParams=storage))
    served.post("/local/trtc/rooms/visit-1/leave", {"user_id": "mother"})
    until(lambda: 302 in receiver.types())
    (upload,) = [event for event in receiver.events if event["EventType"] == 303]
    assert upload["EventInfo"]["Payload"] == {"Status": 1}
    assert served.created == []
