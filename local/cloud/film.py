"""A tiny valid MP4, for recordings that nobody gave a content."""

import importlib.util
import tempfile
from functools import lru_cache
from pathlib import Path

# Two empty boxes: what a machine without OpenCV gets. It has the right beginning and no pictures.
EMPTY = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + b"\x00\x00\x00\x08free"


@lru_cache(maxsize=1)
def tiny_mp4() -> bytes:
    if importlib.util.find_spec("cv2") is None:
        return EMPTY
    return _drawn() or EMPTY


def _drawn() -> bytes:
    import cv2
    import numpy

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "film.mp4")
        fourcc = cv2.VideoWriter.fourcc(*"vp09")  # of what OpenCV can write, what browsers can play
        writer = cv2.VideoWriter(path, fourcc, 10.0, (160, 120))
        for step in range(10):
            picture = numpy.full((120, 160, 3), 20 * step, dtype=numpy.uint8)
            writer.write(picture)
        writer.release()
        return Path(path).read_bytes() if Path(path).exists() else b""
