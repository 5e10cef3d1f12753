"""How many people are in a frame, small and turned ones too.

One look at the whole frame finds every place that may be a face; each doubtful place is then looked
at again from near. What is clear at once costs one look.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from shared.faces import centerface
from shared.faces import thresholds as t
from shared.faces.centerface import Array
from shared.faces.detect import Box, Face
from shared.faces.pictures import Rgb

CANVASES = ((512, 288), (512, 320), (480, 352), (416, 416), (352, 480), (320, 512), (288, 512))
"""Width and height; a frame is scaled into the one that shows it largest, which bounds the time."""
NEAR_PX, NEAR_FACE_PX = 128, 56
"""The second look: how large, and how large a face is in it."""
CELL_PX = 4
"""Of the network's answer."""
# As with numpy (see the package): processes share the cores, waiting threads would only burn them.
cv2.setNumThreads(1)


@dataclass(frozen=True)
class Spot:
    """Where a face may be: its middle and size in pixels, and how sure that is, 0..1."""

    x: float
    y: float
    size: float
    score: float


def find_people(rgb: Rgb) -> list[Face]:
    """Largest first; `score` 0..1. 16 to 20 ms, and 2 a doubtful place."""
    sure = [spot for spot in (_settled(rgb, one) for one in _far(rgb)) if spot]
    faces = [Face(_box(spot), spot.score) for spot in _apart(sure)]
    return sorted(faces, key=lambda face: face.area, reverse=True)


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
    heat, sizes, offsets = centerface.answer(canvas)
    rows, columns = np.nonzero(heat[0] > least)
    spots = [
        _spot(heat, sizes, offsets, row, column) for row, column in zip(rows, columns, strict=True)
    ]
    return _apart(spots)


def _spot(heat: Array, sizes: Array, offsets: Array, row: int, column: int) -> Spot:
    size = float(np.exp(sizes[:, row, column]).mean()) * CELL_PX
    y = (row + float(offsets[0, row, column]) + 0.5) * CELL_PX
    x = (column + float(offsets[1, row, column]) + 0.5) * CELL_PX
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
