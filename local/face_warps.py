"""Moves a face in a still picture: eyelids, mouth, head. Good enough for landmarks, not for people.

Each movement says where the 68 landmarks go; the picture follows triangle by triangle.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.faces.detect import find_faces, steady_landmarks
from shared.faces.pictures import Rgb

Points = NDArray[np.float64]

UPPER_LIDS = {37: 41, 38: 40, 43: 47, 44: 46}
"""Upper lid to the lower lid below it."""
LIDS_LEFT_OPEN = -0.1
"""Slightly past the lower lid: the lashes end up below the eye."""
LASHES = ([36, 41, 40, 39], [42, 47, 46, 45])
MOUTH_FALLS = (
    (1.0, [56, 57, 58, 66]),
    (0.95, [65, 67]),
    (0.85, [7, 8, 9, 55, 59]),
    (0.7, [6, 10]),
    (0.4, [5, 11, 48, 54, 60, 64]),
    (-0.1, [50, 51, 52, 61, 62, 63]),
)
"""Share of the drop, and whose it is: the jaw swings, the corners follow less."""
INNER_MOUTH = slice(60, 68)
MOUTH_DROP = 0.8
"""Of the mouth's width."""
YAW = np.deg2rad(34.0)
STEPS = 8
"""Strengths are rounded to eighths, so that a clip needs few different warps."""


class Warper:
    """One picture with one face, ready to be moved. Raises IndexError without a face."""

    def __init__(self, picture: Rgb) -> None:
        self._picture = picture
        box = find_faces(picture)[0].box
        self._face = steady_landmarks(picture, box)
        self._frame = _frame(picture, self._face)
        self._triangles = _triangles(np.vstack([self._face, self._frame]), picture.shape)
        self._made: dict[tuple[str, int], Rgb] = {}

    def at(self, action: str, strength: float) -> Rgb:
        """`action` is blink, mouth, left or right (anything else is still), `strength` 0..1."""
        move = MOVES.get(action)
        step = round(strength * STEPS)
        if move is None or step == 0:
            return self._picture
        if (action, step) not in self._made:
            moved = move(self._face, step / STEPS)
            picture = self._warped(moved)
            if action == "mouth":
                picture = _with_dark_mouth(picture, moved)
            if action == "blink":
                picture = _with_lashes(picture, moved, step / STEPS)
            self._made[action, step] = picture
        return self._made[action, step]

    def _warped(self, moved: Points) -> Rgb:
        source = np.vstack([self._face, self._frame])
        target = np.vstack([moved, self._frame])
        return _remapped(self._picture, source, target, self._triangles)


def _blink(face: Points, strength: float) -> Points:
    moved = face.copy()
    for upper, lower in UPPER_LIDS.items():
        way = (1 - LIDS_LEFT_OPEN) * strength
        moved[upper] = face[upper] + way * (face[lower] - face[upper])
    return moved


def _mouth(face: Points, strength: float) -> Points:
    moved = face.copy()
    drop = MOUTH_DROP * float(np.linalg.norm(face[64] - face[60])) * strength
    for share, points in MOUTH_FALLS:
        moved[points, 1] += drop * share
    return moved


def _left(face: Points, strength: float) -> Points:
    return _turned(face, YAW * strength)


def _right(face: Points, strength: float) -> Points:
    return _turned(face, -YAW * strength)


def _turned(face: Points, yaw: float) -> Points:
    """Yaw about the upright axis; depth is an ellipsoid with a nose on it."""
    middle = (face[0, 0] + face[16, 0]) / 2
    half = (face[16, 0] - face[0, 0]) / 2
    across = np.clip((face[:, 0] - middle) / half, -1, 1)
    depth = 0.8 * np.sqrt(1 - across**2)
    depth[:17] *= 0.3
    depth[27:31] += np.linspace(0.05, 0.35, 4)
    depth[31:36] += 0.15
    moved = face.copy()
    moved[:, 0] = middle + half * (across * np.cos(yaw) + depth * np.sin(yaw))
    return moved


MOVES = {"blink": _blink, "mouth": _mouth, "left": _left, "right": _right}


def _frame(picture: Rgb, face: Points) -> Points:
    """Points that stay: around the head and at the picture's edge."""
    height, width = picture.shape[:2]
    centre, reach = face.mean(axis=0), np.ptp(face, axis=0) * 0.95
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    around = centre + reach * np.column_stack([np.cos(angles), np.sin(angles)])
    last = (width - 1, height - 1)
    edge = [(x, y) for x in (0, last[0] / 2, last[0]) for y in (0, last[1] / 2, last[1])]
    corners = [point for point in edge if point != (last[0] / 2, last[1] / 2)]
    return np.vstack([np.clip(around, 1, np.array(last) - 1), np.array(corners, dtype=np.float64)])


def _triangles(points: Points, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Indices into `points`, shape (n, 3)."""
    from scipy.spatial import Delaunay

    return np.asarray(Delaunay(points).simplices, dtype=np.intp)


def _remapped(picture: Rgb, source: Points, target: Points, triangles: NDArray[np.intp]) -> Rgb:
    height, width = picture.shape[:2]
    owner = np.full((height, width), -1, dtype=np.int32)
    affine = np.zeros((len(triangles) + 1, 2, 3))
    affine[-1] = [[1, 0, 0], [0, 1, 0]]
    for index, corners in enumerate(triangles):
        into, out_of = (points[corners].astype(np.float32) for points in (target, source))
        affine[index] = cv2.getAffineTransform(into, out_of)
        cv2.fillConvexPoly(owner, np.rint(into).astype(np.int32), index)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    own = affine[owner]
    from_x = (own[..., 0, 0] * x + own[..., 0, 1] * y + own[..., 0, 2]).astype(np.float32)
    from_y = (own[..., 1, 0] * x + own[..., 1, 1] * y + own[..., 1, 2]).astype(np.float32)
    return np.asarray(cv2.remap(picture, from_x, from_y, cv2.INTER_LINEAR), dtype=np.uint8)


def _with_dark_mouth(picture: Rgb, face: Points) -> Rgb:
    """Stretched lips look like nothing; an open mouth is dark."""
    inside = np.zeros(picture.shape[:2], dtype=np.float32)
    cv2.fillPoly(inside, [np.rint(face[INNER_MOUTH]).astype(np.int32)], 1.0)
    soft = cv2.GaussianBlur(inside, (0, 0), 1.5)[..., None]
    blended = picture * (1 - soft) + np.array([45, 12, 15]) * soft
    return np.asarray(blended, dtype=np.uint8)


def _with_lashes(picture: Rgb, face: Points, strength: float) -> Rgb:
    """Along the lower lid: what landmarks hold on to in a closed eye."""
    drawn = picture.copy()
    thick = max(1, round(float(np.linalg.norm(face[39] - face[36])) * 0.16))
    for lashes in LASHES:
        line = np.rint(face[lashes]).astype(np.int32)
        cv2.polylines(drawn, [line], False, (20, 13, 13), thick, cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(drawn, strength, picture, 1 - strength, 0), dtype=np.uint8)
