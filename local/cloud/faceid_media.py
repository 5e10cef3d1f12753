"""What the emulated FaceID makes of pictures and clips: fetched as the vendor fetches them, decoded for real."""

import base64
import binascii
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from . import outgoing
from .fields import Wrong

MOST = {"Image": 3 * 1024 * 1024, "Video": 8 * 1024 * 1024}
DOWNLOAD_SECONDS = 4.0
TOO_SHORT, TOO_LONG = 2.0, 20.0


def media(given: dict[str, Any], what: str) -> bytes:
    """`ImageBase64` or `ImageUrl`, `VideoBase64` or `VideoUrl`: base64 wins."""
    inline, url = given.get(f"{what}Base64"), given.get(f"{what}Url")
    if inline:
        if len(inline) > MOST[what]:
            raise Wrong("InvalidParameterValue", f"{what}Base64 is larger than {MOST[what]} bytes")
        return _decoded(inline, what)
    if url:
        return _downloaded(url)
    raise Wrong("MissingParameter", f"The request is missing `{what}Base64` or `{what}Url`.")


def problem_of(clip: bytes) -> dict[str, Any]:
    """A Result when nobody could look at this clip; empty when it can be played."""
    count, rate = _frames_and_rate(clip)
    if not count or not rate:
        return {"Result": "FailedOperation.VideoDecodeFailed", "Sim": 0.0}
    seconds = count / rate
    if seconds < TOO_SHORT:
        return {"Result": "FailedOperation.SilentTooShort", "Sim": 0.0}
    if seconds > TOO_LONG:
        return {"Result": "FailedOperation.VideoDurationExceeded", "Sim": 0.0}
    return {}


def best_frames(clip: bytes, count: int) -> list[str]:
    """Base64 JPEGs from the clip, spread over it."""
    import cv2

    total, _ = _frames_and_rate(clip)
    wanted = {total * part // (count + 1) for part in range(1, count + 1)}
    found = []
    for at, frame in enumerate(_read(clip)):
        if at in wanted:
            done, jpeg = cv2.imencode(".jpg", frame)
            found += [base64.b64encode(jpeg.tobytes()).decode()] if done else []
    return found or [""]


def _frames_and_rate(clip: bytes) -> tuple[int, float]:
    import cv2

    with _file(clip) as path:
        capture = cv2.VideoCapture(path)
        try:
            return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), float(capture.get(cv2.CAP_PROP_FPS))
        finally:
            capture.release()


def _read(clip: bytes) -> list[Any]:
    import cv2

    with _file(clip) as path:
        capture = cv2.VideoCapture(path)
        frames: list[Any] = []
        while True:
            good, frame = capture.read()
            if not good:
                capture.release()
                return frames
            frames.append(frame)


@contextmanager
def _file(data: bytes) -> Iterator[str]:
    """A path to the bytes, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(data)
        yield str(path)


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Wrong("InvalidParameterValue", f"{what}Base64 is not base64") from None


def _downloaded(url: str) -> bytes:
    """The service fetches the file itself: an address that gives nothing is an error of the call."""
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
        raise Wrong("FailedOperation.DownLoadError", "the emulator reaches loopback only")
    try:
        answer = outgoing.get(url, timeout=DOWNLOAD_SECONDS)
    except requests.RequestException:
        raise Wrong("FailedOperation.DownLoadTimeoutError", "the file did not come") from None
    if answer.status_code != 200 or not answer.content:
        raise Wrong(
            "FailedOperation.DownLoadError", f"the file's address said {answer.status_code}"
        )
    return answer.content
