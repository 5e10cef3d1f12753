"""A short mp4 or webm from outside into frames, one at a time, everything bounded.

FFmpeg only ever sees files that start as mp4 or webm do, because its other readers (playlists) open
further files and addresses.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import IO, Any

# Broken clips are answered by code; FFmpeg's own complaints would only fill the log.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2
import numpy as np

from shared.faces import thresholds as t
from shared.faces.pictures import Rgb

UNREADABLE = "clip_unreadable"
TOO_LONG = "clip_too_long"
TOO_LARGE = "clip_too_large"
TOO_SHORT = "clip_too_short"

WEBM = b"\x1a\x45\xdf\xa3"

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class ClipRefused(ValueError):
    """A clip that is not looked at; `code` is one of this module's constants."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, eq=False)
class Frame:
    """`at` in seconds from the clip's first frame; `rgb` upright, at most 1280 px long."""

    at: float
    rgb: Rgb


def read_clip(data: bytes) -> Iterator[Frame]:
    """About 12 frames a second, whatever the clip's own rate. Raises ClipRefused, also at its end.

    One frame is held at a time: 20 s of 720p would be 660 MB. 3 ms a frame at 640 x 480.
    """
    _check_bytes(data)
    with _file(data) as path:
        capture = _open(path)
        try:
            yield from _sampled(capture)
        finally:
            capture.release()


def _check_bytes(data: bytes) -> None:
    if len(data) > t.CLIP_MAX_BYTES:
        raise ClipRefused(TOO_LARGE)
    if data[4:8] != b"ftyp" and not data.startswith(WEBM):
        raise ClipRefused(UNREADABLE)


@contextmanager
def _file(data: bytes) -> Iterator[str]:
    """A path to `data`, in memory on Linux: no face is written to a disk.

    OpenCV 4.14 can read from a Python stream, but it keeps no reference to it and then crashes.
    """
    with _anonymous() as file:
        file.write(data)
        file.flush()
        yield (f"/proc/self/fd/{file.fileno()}" if hasattr(os, "memfd_create") else file.name)


def _anonymous() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("clip"), "wb")
    return NamedTemporaryFile("wb")


def _open(path: str) -> Any:
    # One thread: checks run in parallel processes, and each decoder thread holds frames.
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    if not capture.isOpened():
        raise ClipRefused(UNREADABLE)
    # Opening reads the header only (8000 x 8000 costs 60 MB); decoding is where a bomb goes off.
    if _pixels(capture) > t.CLIP_MAX_PIXELS:
        capture.release()
        raise ClipRefused(TOO_LARGE)
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


def _pixels(capture: Any) -> float:
    width, height = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    return float(capture.get(width) * capture.get(height))


def _sampled(capture: Any) -> Iterator[Frame]:
    kept, last = 0, 0.0
    wanted = 0.0
    for at in _times(capture):
        last = at
        if at >= wanted:
            yield Frame(at, _retrieved(capture))
            # Counted from the last wanted time, so that 15 frames a second give 12 and not 7.5.
            kept, wanted = (
                kept + 1,
                max(wanted, at - t.CLIP_SAMPLE_SECONDS) + t.CLIP_SAMPLE_SECONDS,
            )
    if not kept:
        raise ClipRefused(UNREADABLE)
    if last < t.CLIP_MIN_SECONDS or kept < t.CLIP_MIN_FRAMES:
        raise ClipRefused(TOO_SHORT)


def _times(capture: Any) -> Iterator[float]:
    """Grabs frame after frame; gives each one's time. Headers lie about length, so it counts."""
    rate = capture.get(cv2.CAP_PROP_FPS)
    step = 1.0 / rate if 1.0 <= rate <= 240.0 else 1.0 / 25
    start, before = 0.0, -step
    for index in range(t.CLIP_MAX_FRAMES + 1):
        if not capture.grab():
            return
        stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        start = stamp if index == 0 else start
        # Some recorders repeat or lose time stamps: time then goes on by the clip's own rate.
        at = stamp - start if stamp - start > before else before + step
        if at > t.CLIP_MAX_SECONDS:
            break
        before = at
        yield at
    raise ClipRefused(TOO_LONG)


def _retrieved(capture: Any) -> Rgb:
    if _pixels(capture) > t.CLIP_MAX_PIXELS:
        raise ClipRefused(TOO_LARGE)
    try:
        good, bgr = capture.retrieve()
    except cv2.error as broken:
        raise ClipRefused(UNREADABLE) from broken
    if not good or bgr is None or bgr.ndim != 3:
        raise ClipRefused(UNREADABLE)
    scale = t.CLIP_KEEP_SIDE_PX / max(bgr.shape[:2])
    if scale < 1:
        bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
