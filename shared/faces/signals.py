"""What a face does in one frame, from its 68 landmarks. Pure."""

from dataclasses import dataclass

import numpy as np

from shared.faces.detect import Landmarks


@dataclass(frozen=True)
class Signals:
    """`eyes`: aspect ratio, mean of both (about 0.3 open). `mouth`: inner lips, height by width.
    `nose`: its offset between the jaw's sides, -1..1, positive towards the person's own left."""

    eyes: float
    mouth: float
    nose: float


def signals(points: Landmarks) -> Signals:
    """From shape (68, 2), dlib's numbering, of a picture that is not mirrored."""
    return Signals(
        eyes=(_eye(points[36:42]) + _eye(points[42:48])) / 2,
        mouth=_ratio(_apart(points[62], points[66]), _apart(points[60], points[64])),
        nose=_nose(points),
    )


def mirrored(one: Signals) -> Signals:
    """The same face in a mirrored recording."""
    return Signals(one.eyes, one.mouth, -one.nose)


def _eye(eye: Landmarks) -> float:
    upright = _apart(eye[1], eye[5]) + _apart(eye[2], eye[4])
    return _ratio(upright, 2 * _apart(eye[0], eye[3]))


def _nose(points: Landmarks) -> float:
    # Point 2 is the jaw on the picture's left, which is the person's right.
    right, left = _apart(points[30], points[2]), _apart(points[30], points[14])
    return _ratio(right - left, right + left)


def _apart(one: Landmarks, other: Landmarks) -> float:
    return float(np.linalg.norm(one - other))


def _ratio(above: float, below: float) -> float:
    return above / below if below > 1e-6 else 0.0
