"""The picture of an ID card or another document: one face, turned whichever way, small."""

import numpy as np

from shared.faces import quality
from shared.faces import thresholds as t
from shared.faces.describe import Descriptor, describe_both_ways
from shared.faces.detect import Face, find_faces
from shared.faces.pictures import Rgb, decode

NO_FACE = "no_face_in_photo"
SEVERAL_FACES = "several_faces_in_photo"
SECOND_FACE_AREA = 0.5
"""A card's ghost picture is smaller than half of the portrait; a second person is not."""


class PhotoRefused(ValueError):
    """`codes` say what the person should do better; never empty."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def describe_photo(data: bytes) -> Descriptor:
    """165 ms upright, at most 0.4 s. Raises PictureRefused and PhotoRefused."""
    rgb, face = _portrait(decode(data))
    measured = quality.measure(rgb, face.box)
    wrong = quality.complaints(measured, min_size=t.PHOTO_FACE_MIN_PX)
    if wrong:
        raise PhotoRefused([f"photo_{code}" for code in wrong])
    return describe_both_ways(rgb, face.box)


def _portrait(rgb: Rgb) -> tuple[Rgb, Face]:
    # Phones lying flat write any orientation, so all four sides are tried, the likely one first.
    for quarter_turns in (0, 1, 3, 2):
        turned = np.ascontiguousarray(np.rot90(rgb, quarter_turns))
        faces = find_faces(turned)
        if faces:
            return turned, _only(faces)
    raise PhotoRefused([NO_FACE])


def _only(faces: list[Face]) -> Face:
    clear = [face for face in faces[1:] if face.score >= t.SECOND_FACE_SCORE]
    if any(face.area > SECOND_FACE_AREA * faces[0].area for face in clear):
        raise PhotoRefused([SEVERAL_FACES])
    return faces[0]
