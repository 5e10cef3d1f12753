"""One check: did a present person do as asked, and is it the person of the ID photo?

It stops photographs and fixed recordings. It cannot stop a live injection or a deepfake.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from functions.verify_face.local_engine.challenge import Action, parse
from functions.verify_face.local_engine.choose import choose, complaints, jpegs
from functions.verify_face.local_engine.clip import ClipRefused, Frame, read_clip
from functions.verify_face.local_engine.compare import compare
from functions.verify_face.local_engine.movements import facing
from functions.verify_face.local_engine.photo import PhotoRefused, describe_photo
from functions.verify_face.local_engine.presence import NO_MOVEMENT, Presence, judge
from functions.verify_face.local_engine.result import TIMED_OUT, ClipResult, Outcome
from functions.verify_face.local_engine.watch import Watched, watch
from shared.faces import thresholds as t
from shared.faces.describe import Descriptor
from shared.faces.pictures import PictureRefused

NO_FACE = "no_face"
TWO_PEOPLE = "two_people"
FACE_CAMERA = "face_camera"


def check_clip(
    clip: bytes,
    id_photo: bytes,
    challenge: Sequence[str],
    *,
    mirrored: bool = False,
    budget_s: float = t.CHECK_BUDGET_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> ClipResult:
    """About 1.4 s of CPU for 5 s of video. `mirrored`: the recorder flips its pictures.

    Everything wrong with the two files is a result, never an exception. Raises ValueError for an
    impossible challenge, ModelsMissing where the models are not installed.
    """
    actions = parse(challenge)
    until = clock() + budget_s
    try:
        photo = describe_photo(id_photo)
        watched = watch(_in_time(read_clip(clip), until, clock), is_mirrored=mirrored)
    except (PictureRefused, ClipRefused) as refused:
        return ClipResult("ask_again", [refused.code])
    except PhotoRefused as refused:
        return ClipResult("ask_again", refused.codes)
    return _judged(watched, photo, actions)


def _in_time(frames: Iterable[Frame], until: float, clock: Callable[[], float]) -> Iterator[Frame]:
    for frame in frames:
        if clock() > until:
            raise ClipRefused(TIMED_OUT)
        yield frame


def _judged(watched: Watched, photo: Descriptor, challenge: Sequence[Action]) -> ClipResult:
    blocking = _unusable(watched)
    if blocking:
        return _answer("ask_again", [blocking], watched)
    presence = judge(watched.looks, challenge)
    if presence.reasons:
        return _not_present(watched, presence)
    chosen = choose(watched)
    if len(chosen) < t.FRAMES_COMPARED_MIN:
        return _answer("ask_again", complaints(watched) or [FACE_CAMERA], watched)
    return compare(chosen, photo, _figures(watched))


def _unusable(watched: Watched) -> str | None:
    """Why nothing can be said about anybody. A second person comes first: it is the worst."""
    if watched.second_faces >= t.SECOND_FACE_SEARCHES:
        return TWO_PEOPLE
    if not watched.looks:
        return NO_FACE
    if watched.seen_share < t.FACE_SEEN_SHARE or abs(facing(watched.looks)) > t.FACING_OFFSET:
        return FACE_CAMERA
    return None


def _not_present(watched: Watched, presence: Presence) -> ClipResult:
    # Somebody who moved may try again; a picture that did not is what a print looks like.
    outcome: Outcome = "refuse" if NO_MOVEMENT in presence.reasons else "ask_again"
    reasons = [*presence.reasons, *complaints(watched)]
    return _answer(outcome, reasons, watched, missed=list(presence.missed))


def _answer(
    outcome: Outcome,
    reasons: list[str],
    watched: Watched,
    *,
    missed: list[str] | None = None,
) -> ClipResult:
    return ClipResult(
        outcome,
        reasons,
        missed=missed or [],
        measured=_figures(watched),
        frames=jpegs(choose(watched)),
    )


def _figures(watched: Watched) -> dict[str, float]:
    return {
        "seconds": round(watched.seconds, 2),
        "looks": float(watched.frames),
        "face_seen_share": round(watched.seen_share, 3),
        "second_face_searches": float(watched.second_faces),
    }
