"""A frame's pixels into what the rules need: box, size, nearest distance and verdict of each face."""

from collections.abc import Sequence
from typing import Any

from shared.faces.describe import unpack
from shared.faces.people import SeenFace, look, recognise
from shared.faces.pictures import PictureRefused, decode


def look_at_frame(picture: bytes, templates: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """Faces, largest first; None when it is no picture. `templates`: packed, of the approved people."""
    try:
        pixels = decode(picture)
    except PictureRefused:
        return None
    approved = [unpack(one) for one in templates]
    return [_judge(face, approved) for face in look(pixels)]


def _judge(face: SeenFace, approved: Sequence[Any]) -> dict[str, Any]:
    seen: dict[str, Any] = {"box": list(map(int, face.box)), "size": face.size}
    if face.descriptor is None:  # too small to describe: counted, never called a stranger
        return {**seen, "distance": None, "verdict": "uncertain"}
    known = recognise(face.descriptor, approved, size=face.size)
    unsure = known.label == "unknown" and not face.clear
    distance = None if known.distance is None else round(known.distance, 4)
    return {**seen, "distance": distance, "verdict": "uncertain" if unsure else known.label}
