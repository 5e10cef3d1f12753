"""Where TRTC puts what it records and slices in COS (cloud-facts 1.3 and 1.4). Pure."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

MIXED_NAME = re.compile(r"([0-9]+)_([A-Za-z0-9+.-]+?)(?:_([0-9]+))?\.mp4")
FRAME = re.compile(
    r"(?:(.+)/)?([^/]+)/([^/]+)/images/([0-9]+)_([^/_]+)_[^/]+_([0-9]{14})\.(?:jpg|png)"
)


@dataclass(frozen=True)
class RecordingKey:
    """`index` is there only when TRTC split the file."""

    prefix: tuple[str, ...]
    task_id: str
    sdk_app_id: int
    room_id: str
    index: int | None


@dataclass(frozen=True)
class FrameKey:
    """`user` and `room_id` as they stand in the key; `taken_at` in UTC, to the second."""

    prefix: tuple[str, ...]
    task_id: str
    user: str
    sdk_app_id: int
    room_id: str
    taken_at: datetime


def recording_key(
    prefix: Sequence[str], task_id: str, sdk_app_id: int, room_id: str, index: int | None = None
) -> str:
    """Key of a mixed MP4 of a string room."""
    part = "" if index is None else f"_{index}"
    return "/".join([*prefix, task_id, f"{sdk_app_id}_{encoded(room_id)}{part}.mp4"])


def parse_recording_key(key: str) -> RecordingKey | None:
    """None for anything but a mixed MP4 of a string room."""
    *prefix, task_id, name = ["", *key.split("/")]
    found = MIXED_NAME.fullmatch(name)
    room_id = decoded(found[2]) if found else None
    if found is None or room_id is None or not task_id:
        return None
    index = int(found[3]) if found[3] else None
    return RecordingKey(tuple(prefix[1:]), task_id, int(found[1]), room_id, index)


def frame_prefix(prefix: Sequence[str], task_id: str, user: str | None = None) -> str:
    """What the keys of a slicing task's frames begin with, of everybody or of one user."""
    folder = "/".join([*prefix, task_id])
    # Whether the user id is base64 here, as it is for recordings, is not documented: list by task.
    return f"{folder}/" if user is None else f"{folder}/{user}/images/"


def parse_frame_key(key: str) -> FrameKey | None:
    """None for anything but a frame of a slicing task."""
    found = FRAME.fullmatch(key)
    if found is None:
        return None
    try:
        taken_at = datetime.strptime(found[6], "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    prefix = tuple(found[1].split("/")) if found[1] else ()
    return FrameKey(prefix, found[2], found[3], int(found[4]), found[5], taken_at)


def encoded(text: str) -> str:
    """A string room id or a user id as it stands in a key."""
    return base64.b64encode(text.encode()).decode().replace("/", "-").replace("=", ".")


def decoded(text: str) -> str | None:
    """None when it is not such an id."""
    try:
        standard = text.replace("-", "/").replace(".", "=")
        return base64.b64decode(standard, validate=True).decode()
    except ValueError:
        return None
