"""One person's face from frame to frame: 4 ms around the last place instead of 52 ms everywhere."""

from collections import deque

import numpy as np

from shared.faces import thresholds as t
from shared.faces.detect import Box, Face, find_faces
from shared.faces.pictures import Rgb

MARGIN = 0.5
"""Share of the face's size that is searched on each side; heads move less in 0.08 s."""
SIZES_KEPT, PLACES_KEPT = 9, 3
"""Boxes jump by a pyramid step (20 %) between equal frames and take the landmarks with them: on a
still clip the nose offset then spreads 0.063 (standard deviation), with the running medians and
the mean of three landmark runs 0.020."""


class Follower:
    """`second_faces` counts the searches of whole pictures that found more than one face."""

    def __init__(self) -> None:
        self.second_faces = 0
        self._last: Box | None = None
        self._looks = 0
        self._sizes: deque[int] = deque(maxlen=SIZES_KEPT)
        self._places: deque[tuple[float, float]] = deque(maxlen=PLACES_KEPT)

    def find(self, rgb: Rgb) -> Face | None:
        """The largest face. Every FULL_SEARCH_EVERY looks the whole picture is searched, and every
        other time of these for small faces too."""
        rounds, since = divmod(self._looks, t.FULL_SEARCH_EVERY)
        self._looks += 1
        upsamples = (0,) if rounds % 2 else (1,)
        face = self._near(rgb) if since else self._everywhere(rgb, upsamples)
        self._last = face.box if face else None
        return self._steadied(face) if face else None

    def _steadied(self, face: Face) -> Face:
        left, top, right, bottom = face.box
        self._sizes.append(right - left)
        self._places.append(((left + right) / 2, (top + bottom) / 2))
        x, y = np.median(self._places, axis=0)
        half = float(np.median(self._sizes)) / 2
        box = (round(x - half), round(y - half), round(x + half), round(y + half))
        return Face(box, face.score)

    def _near(self, rgb: Rgb) -> Face | None:
        if self._last is None:
            return self._everywhere(rgb, (0,))
        left, top, part = _surroundings(rgb, self._last)
        if not part.size:
            # A clip may change its size half-way; the last place is then nowhere.
            return self._everywhere(rgb, (0,))
        size = self._last[2] - self._last[0]
        side = round(max(part.shape[:2]) * t.FOLLOW_FACE_PX / size)
        # Where a face just was, a lower score is enough: turned heads score low.
        found = find_faces(part, upsamples=(0,), side=side, min_score=t.FOLLOWED_FACE_SCORE)
        if not found:
            return self._everywhere(rgb, (0,))
        return Face(_moved(found[0].box, left, top), found[0].score)

    def _everywhere(self, rgb: Rgb, upsamples: tuple[int, ...]) -> Face | None:
        faces = find_faces(rgb, upsamples=upsamples)
        clear = [face for face in faces[1:] if face.score >= t.SECOND_FACE_SCORE]
        self.second_faces += bool(clear)
        return faces[0] if faces else None


def _surroundings(rgb: Rgb, box: Box) -> tuple[int, int, Rgb]:
    """Left, top and a copy of the part around `box` (dlib wants whole rows)."""
    margin = round((box[2] - box[0]) * MARGIN)
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    part = rgb[top : max(0, box[3] + margin), left : max(0, box[2] + margin)]
    return left, top, np.ascontiguousarray(part)


def _moved(box: Box, left: int, top: int) -> Box:
    return box[0] + left, box[1] + top, box[2] + left, box[3] + top
