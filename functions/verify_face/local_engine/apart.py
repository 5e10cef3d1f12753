"""Checks in processes of their own: side by side, cut off when they hang, nobody hurt by a crash."""

import atexit
from collections.abc import Sequence
from functools import cache

from functions.verify_face.local_engine.result import TIMED_OUT, ClipResult
from shared.faces import thresholds as t
from shared.workers import TookTooLong, Workers


def check_clip_apart(
    clip: bytes, id_photo: bytes, challenge: Sequence[str], mirrored: bool = False
) -> ClipResult:
    """As `check_clip`, from any thread; dlib and OpenCV load in the worker only.

    Raises AllBusy, WorkerDied, ModelsMissing.
    """
    try:
        return workers().run(
            _check,
            clip,
            id_photo,
            tuple(challenge),
            mirrored,
            seconds=t.CHECK_KILLED_SECONDS,
            wait=t.CHECK_WAIT_SECONDS,
        )
    except TookTooLong:
        return ClipResult("ask_again", [TIMED_OUT])


@cache
def workers() -> Workers:
    """As many as there are cores; 220 MB each once they have worked."""
    made = Workers()
    atexit.register(made.end)
    return made


def _check(clip: bytes, id_photo: bytes, challenge: tuple[str, ...], mirrored: bool) -> ClipResult:
    from functions.verify_face.local_engine.check import check_clip

    return check_clip(clip, id_photo, challenge, mirrored=mirrored)
