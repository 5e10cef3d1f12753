from collections.abc import Callable

import pytest

from shared.clients import trtc
from shared.clients.errors import ProviderRefused, ProviderUnavailable

from .conftest import Provider
from .test_usersig import opened

CREATE, SLICE = "CreateCloudRecording", "CreateCloudSliceTask"


def test_a_recording_of_a_string_room(wired: Provider) -> None:
    wired.on_action(CREATE, TaskId="task-1")
    started = trtc.start_recording(
        room_id="visit-1", robot_id="rec_visit-1", prefix=["visits", "v1"]
    )
    assert started == "task-1"
    body = wired.seen[0].json
    user_sig, map_key = opened(body.pop("UserSig")), opened(body.pop("PrivateMapKey"))
    assert (user_sig["TLS.identifier"], "TLS.userbuf" in user_sig) == ("rec_visit-1", False)
    assert "TLS.userbuf" in map_key
    assert body == {
        "SdkAppId": 1400000000,
        "RoomId": "visit-1",
        "RoomIdType": 0,
        "UserId": "rec_visit-1",
        "RecordParams": {"RecordMode": 2, "MaxIdleTime": 300, "StreamType": 0, "OutputFormat": 3},
        "StorageParams": {
            "CloudStorage": {
                "Vendor": 0,
                "Region": "ap-guangzhou",
                "Bucket": "visits-1250000000",
                "AccessKey": "AKIDrecordings",
                "SecretKey": "hush-tencent",
                "FileNamePrefix": ["visits", "v1"],
            }
        },
    }


def test_frames_every_five_seconds(wired: Provider) -> None:
    wired.on_action(SLICE, TaskId="task-2")
    started = trtc.start_slicing(
        room_id="visit-1",
        robot_id="cut_visit-1",
        prefix=["frames"],
        watched=["fam_", "res_"],
        every_s=5,
    )
    assert started == "task-2"
    body = wired.seen[0].json
    assert body["SliceParams"] == {
        "SliceType": 2,
        "SliceVideo": 5,
        "SliceImageType": 1,
        "MaxIdleTime": 300,
        "SubscribeStreamUserIds": {"SubscribeVideoUserIds": ["fam_.*$", "res_.*$"]},
    }
    assert body["SliceStorageParams"]["CloudSliceStorage"]["FileNamePrefix"] == ["frames"]
    assert body["RoomIdType"] == 0


@pytest.mark.parametrize("prefix", [[], ["visits/v1"], ["a", ""], ["会见"], ["a.b"]])
def test_a_prefix_the_vendor_does_not_take(wired: Provider, prefix: list[str]) -> None:
    with pytest.raises(ValueError, match="prefix"):
        trtc.start_recording(room_id="visit-1", robot_id="r", prefix=prefix)
    assert not wired.seen


def test_no_task_id_is_no_start(wired: Provider) -> None:
    wired.on_action(CREATE)
    with pytest.raises(ProviderUnavailable, match="bad_answer"):
        trtc.start_recording(room_id="visit-1", robot_id="r", prefix=["v"])


def test_describing(wired: Provider) -> None:
    files = [{"FileName": "a.mp4", "UserId": "", "TrackType": "audio_video", "BeginTimeStamp": 1}]
    wired.on_action("DescribeCloudRecording", TaskId="t", Status="Exited", StorageFileList=files)
    assert trtc.describe_recording("t") == trtc.RecordingTask("Exited", ["a.mp4"])
    wired.on_action("DescribeCloudRecording", TaskId="t", Status="Idle", StorageFileList=None)
    assert trtc.describe_recording("t") == trtc.RecordingTask("Idle", [])


@pytest.mark.parametrize(
    ("action", "runs"),
    [
        ("DescribeCloudRecording", trtc.recording_runs),
        ("DescribeCloudSliceTask", trtc.slicing_runs),
    ],
)
def test_whether_a_robot_runs(wired: Provider, action: str, runs: Callable[[str], bool]) -> None:
    """One that waits for picture or sound does; a refusal that does not speak of the task says nothing of it."""
    for status, expected in (("InProgress", True), ("Idle", True), ("Exited", False)):
        wired.on_action(action, TaskId="t", Status=status)
        assert runs("t") is expected
    assert wired.calls(action)[0].json == {"SdkAppId": 1400000000, "TaskId": "t"}
    for code in trtc.OVER:
        wired.refuse(action, code)
        assert runs("t") is False
    wired.refuse(action, "UnauthorizedOperation")
    with pytest.raises(ProviderRefused):
        runs("t")
    wired.on_action(action, TaskId="t")
    with pytest.raises(ProviderUnavailable):
        runs("t")


def test_stopping_twice_is_fine(wired: Provider) -> None:
    for action, stop in (
        ("DeleteCloudRecording", trtc.stop_recording),
        ("DeleteCloudSliceTask", trtc.stop_slicing),
    ):
        wired.on_action(action, TaskId="t")
        stop("t")
        assert wired.calls(action)[0].json == {"SdkAppId": 1400000000, "TaskId": "t"}
        wired.refuse(action, "FailedOperation.TaskFinished")
        stop("t")
        wired.refuse(action, "FailedOperation.TaskNotExist")
        with pytest.raises(ProviderRefused, match="TaskNotExist"):
            stop("t")


def test_a_room_that_is_gone_is_dismissed(wired: Provider) -> None:
    wired.refuse("DismissRoomByStrRoomId", "FailedOperation.RoomNotExist")
    trtc.dismiss_room("visit-1")
    assert wired.seen[0].json == {"SdkAppId": 1400000000, "RoomId": "visit-1"}


def test_removing_somebody(wired: Provider) -> None:
    wired.on_action("RemoveUserByStrRoomId")
    trtc.remove_user("visit-1", "rel_1")
    assert wired.seen[0].json == {
        "SdkAppId": 1400000000,
        "RoomId": "visit-1",
        "UserIds": ["rel_1"],
    }
