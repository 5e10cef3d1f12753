from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clients.trtc_keys import (
    decoded,
    encoded,
    frame_prefix,
    parse_frame_key,
    parse_recording_key,
    recording_key,
)


def test_a_string_room_is_base64_with_two_characters_changed() -> None:
    # The bytes of this id give both / and = in base64.
    assert encoded("a?>") == "YT8+"
    assert encoded("???") == "Pz8-"
    assert encoded("visit-1") == "dmlzaXQtMQ.."


def test_a_mixed_recording() -> None:
    key = recording_key(["visits", "v1"], "task+1.-", 1400000001, "visit-1")
    assert key == "visits/v1/task+1.-/1400000001_dmlzaXQtMQ...mp4"
    assert recording_key(["v"], "t", 14, "visit-1", 2) == "v/t/14_dmlzaXQtMQ.._2.mp4"


@given(
    prefix=st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True), max_size=3),
    task_id=st.from_regex(r"[A-Za-z0-9+.-]{1,20}", fullmatch=True),
    room_id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    index=st.none() | st.integers(0, 99),
)
def test_what_was_built_can_be_read(
    prefix: list[str], task_id: str, room_id: str, index: int | None
) -> None:
    read = parse_recording_key(recording_key(prefix, task_id, 1400000001, room_id, index))
    assert read is not None
    assert (list(read.prefix), read.task_id, read.sdk_app_id) == (prefix, task_id, 1400000001)
    assert (read.room_id, read.index) == (room_id, index)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "visits/v1/task/readme.txt",
        "visits/v1/task/1400000001_dmlzaXQtMQ...m3u8",
        "visits/v1/task/1400000001_dmlzaXQtMQ..__UserId_s_eA..__UserId_e_main.mp4",
        "1400000001_dmlzaXQtMQ...mp4",
        "visits/task/1400000001_dmlz!.mp4",
    ],
)
def test_anything_else_is_none(key: str) -> None:
    assert parse_recording_key(key) is None


def test_frames() -> None:
    assert frame_prefix(["frames", "v1"], "task-1") == "frames/v1/task-1/"
    assert frame_prefix(["frames"], "t", "u1") == "frames/t/u1/images/"
    key = frame_prefix(["frames", "v1"], "task-1", "u_1") + "14_dmlz_u_1_20261129063005.jpg"
    read = parse_frame_key(key)
    assert read is not None
    assert (read.prefix, read.task_id, read.user) == (("frames", "v1"), "task-1", "u_1")
    assert (read.sdk_app_id, read.room_id) == (14, "dmlz")
    assert read.taken_at == datetime(2026, 11, 29, 6, 30, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "key", ["", "t/u/audios/1_r_u_20261129063005.ogg", "t/u/images/1_r_u_20261399999999.jpg"]
)
def test_no_frame(key: str) -> None:
    assert parse_frame_key(key) is None


def test_a_false_id_is_none() -> None:
    assert decoded("###") is None
