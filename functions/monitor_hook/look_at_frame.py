"""A frame's pixels into what the rules need: box, size, nearest distance and verdict of each face."""

from collections.abc import Sequence
from typing import Any

from shared.faces import thresholds as t
from shared.faces.describe import unpack
from shared.faces.people import SeenFace, look, recognise
from shared.faces.pictures import PictureRefused, Rgb, decode


def look_at_frame(
    picture: bytes, templates: Sequence[bytes], *, unknown_over: float = t.REFUSE_DISTANCE
) -> list[dict[str, Any]] | None:
    """Faces, largest first; None when it is no picture. `templates`: packed, of the approved people; without any,
    faces are only counted."""
    try:
        pixels = decode(picture)
    except PictureRefused:
        return None
    return look_at_pixels(pixels, templates, unknown_over=unknown_over)


def look_at_pixels(
    pixels: Rgb, templates: Sequence[bytes], *, unknown_over: float = t.REFUSE_DISTANCE
) -> list[dict[str, Any]]:
    approved = [unpack(one) for one in templates]
    return [_judge(face, approved, unknown_over) for face in look(pixels, approved)]


def _judge(face: SeenFace, approved: Sequence[Any], unknown_over: float) -> dict[str, Any]:
    seen: dict[str, Any] = {"box": list(map(int, face.box)), "size": face.size}
    if (
        face.descriptor is None
    ):  # not described, or too small for it: counted, never called a stranger
        return {**seen, "distance": None, "verdict": "uncertain"}
    known = recognise(face.descriptor, approved, size=face.size, unknown_over=unknown_over)
    unsure = known.label == "unknown" and not face.clear
    distance = None if known.distance is None else round(known.distance, 4)
    return {**seen, "distance": distance, "verdict": "uncertain" if unsure else known.label}
