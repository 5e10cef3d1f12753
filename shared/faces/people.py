"""Who is in a room frame: look at the pixels, then decide with pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shared.faces import quality
from shared.faces import thresholds as t
from shared.faces.crowd import find_people
from shared.faces.describe import Descriptor, describe_further, describe_quickly, distance, fuse
from shared.faces.detect import Box, Face, landmarks
from shared.faces.pictures import Rgb
from shared.faces.signals import signals

Label: TypeAlias = Literal["approved", "unknown", "uncertain"]


@dataclass(frozen=True, eq=False)
class SeenFace:
    """`box` and `size` (width) in pixels of the frame; no descriptor below DESCRIBE_MIN_PX. `clear`:
    large, sharp, lit and turned to the camera, so that a large distance means another person; nobody
    looks whether it is for a face that one crop shows to be of somebody approved."""

    box: Box
    score: float
    size: int
    descriptor: Descriptor | None
    clear: bool


@dataclass(frozen=True)
class Recognition:
    """Distance to and index of the nearest template; both None when there was none."""

    label: Label
    distance: float | None
    index: int | None


def look(rgb: Rgb, approved: Sequence[Descriptor]) -> list[SeenFace]:
    """Every face of one frame, largest first: 16 to 20 ms, 11 ms for each face of `approved` people, and 25 for any
    other one. Without `approved` faces are only counted."""
    return [_seen(rgb, face, approved) for face in find_people(rgb)]


def recognise(
    descriptor: Descriptor,
    templates: Sequence[Descriptor],
    *,
    size: int | None = None,
    unknown_over: float = t.REFUSE_DISTANCE,
) -> Recognition:
    """One description against the approved people's templates. Pure.

    "unknown" is only one vote: `settle` says when there are enough. With `size` (px), a face
    under UNKNOWN_MIN_PX is never unknown. Without templates everything is uncertain.
    """
    if not len(templates):
        return Recognition("uncertain", None, None)
    apart = np.linalg.norm(np.stack(templates) - descriptor, axis=1)
    index = int(np.argmin(apart))
    return Recognition(_label(float(apart[index]), size, unknown_over), float(apart[index]), index)


def settle(
    descriptors: Sequence[Descriptor],
    sizes: Sequence[int],
    templates: Sequence[Descriptor],
) -> Recognition:
    """A whole track, oldest description first: the mean of the last five decides. Pure.

    Unknown needs UNKNOWN_MIN_DESCRIPTIONS of faces of UNKNOWN_MIN_PX or more, else uncertain.
    Raises ValueError without any description.
    """
    recent = fuse(descriptors[-t.RUNNING_MEAN_OF :])
    found = recognise(recent, templates)
    large = sum(size >= t.UNKNOWN_MIN_PX for size in sizes[-t.RUNNING_MEAN_OF :])
    if found.label == "unknown" and large < t.UNKNOWN_MIN_DESCRIPTIONS:
        return Recognition("uncertain", found.distance, found.index)
    return found


def _label(apart: float, size: int | None, unknown_over: float) -> Label:
    if apart <= t.ACCEPT_DISTANCE:
        return "approved"
    large = size is None or size >= t.UNKNOWN_MIN_PX
    return "unknown" if apart > unknown_over and large else "uncertain"


def _seen(rgb: Rgb, face: Face, approved: Sequence[Descriptor]) -> SeenFace:
    if not len(approved) or face.size < t.DESCRIBE_MIN_PX:
        return SeenFace(face.box, face.score, face.size, None, clear=False)
    quick = describe_quickly(rgb, face.box)
    if min(distance(quick, one) for one in approved) <= t.SURE_DISTANCE:
        return SeenFace(face.box, face.score, face.size, quick, clear=False)
    descriptor = describe_further(rgb, face.box, quick)
    return SeenFace(face.box, face.score, face.size, descriptor, _clear(rgb, face))


def _clear(rgb: Rgb, face: Face) -> bool:
    measured = quality.measure(rgb, face.box)
    if quality.complaints(measured, min_size=t.UNKNOWN_MIN_PX):
        return False
    return abs(signals(landmarks(rgb, face.box)).nose) <= t.UNKNOWN_MAX_TURN
