"""Ours and the usual code, side by side: a picture into vectors, two pictures into a distance."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from shared.faces import thresholds as t  # before numpy: it sets one thread a process

import numpy as np  # isort: skip
from numpy.typing import NDArray  # isort: skip

from shared.faces.describe import describe, describe_both_ways, fuse
from shared.faces.detect import find_faces
from shared.faces.pictures import PictureRefused, decode

Vector: TypeAlias = NDArray[np.float64]

FRAMES = t.FRAMES_COMPARED
FRAMES_MIN = t.FRAMES_COMPARED_MIN


class Ours:
    """The product's own steps. Alone: as an ID photo; frame: as one of several."""

    name = "ours"
    threshold = t.ACCEPT_DISTANCE

    @staticmethod
    def look(path: Path) -> dict[str, Vector] | None:
        try:
            rgb = decode(path.read_bytes())
        except PictureRefused:
            return None
        faces = find_faces(rgb)
        if not faces:
            return None
        box = faces[0].box
        return {"alone": describe_both_ways(rgb, box), "frame": describe(rgb, box)}

    @staticmethod
    def fused(frames: Sequence[Vector]) -> Vector:
        """One vector for a clip, as a row."""
        return fuse(frames)[None]


class Naive:
    """face_recognition as its examples use it: the first face, compare_faces at 0.6, and for
    several frames `True in compare_faces(...)`."""

    name = "naive"
    threshold = 0.6

    @staticmethod
    def look(path: Path) -> dict[str, Vector] | None:
        library = face_recognition()
        found = library.face_encodings(library.load_image_file(path))
        return {"alone": found[0], "frame": found[0]} if found else None

    @staticmethod
    def fused(frames: Sequence[Vector]) -> Vector:
        return np.stack(frames)


ENGINES: tuple[Any, ...] = (Ours, Naive)


def face_recognition() -> Any:
    """The library. Without pkg_resources its import ends the process with status 0, silently."""
    if find_spec("pkg_resources") is None:
        sys.exit("the naive baseline needs setuptools below 82 (make setup)")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import face_recognition as library
    return library


def look(order: tuple[int, Path]) -> dict[str, Vector] | None:
    """For a process pool."""
    engine, path = order
    return ENGINES[engine].look(path)
