"""The chosen frames against the ID photo."""

from collections.abc import Sequence
from itertools import combinations

from functions.verify_face.local_engine.choose import jpegs
from functions.verify_face.local_engine.result import ClipResult, Outcome
from functions.verify_face.local_engine.watch import Candidate
from shared.faces import thresholds as t
from shared.faces.describe import Descriptor, Verdict, describe, distance, fuse, verdict

NOT_SAME_PERSON = "not_same_person"
NOT_SURE = "not_sure_same_person"
PERSON_CHANGED = "person_changed"

MEANS: dict[Verdict, tuple[Outcome, list[str]]] = {
    "accept": ("pass", []),
    "review": ("review", [NOT_SURE]),
    "refuse": ("refuse", [NOT_SAME_PERSON]),
}


def compare(
    chosen: Sequence[Candidate], photo: Descriptor, measured: dict[str, float]
) -> ClipResult:
    """75 ms a frame; at least two frames. `measured` is completed and handed on."""
    described = [describe(one.rgb, one.face.box) for one in chosen]
    mean = fuse(described)
    spread = max(distance(one, other) for one, other in combinations(described, 2))
    apart = distance(photo, mean)
    outcome, reasons = decide(apart, spread)
    figures = {"frames_compared": float(len(chosen)), "clip_spread": round(spread, 4)}
    return ClipResult(
        outcome,
        reasons,
        distance=round(apart, 4),
        measured=measured | figures,
        frames=jpegs(chosen),
        templates=described if outcome in ("pass", "review") else [],
    )


def decide(apart: float, spread: float) -> tuple[Outcome, list[str]]:
    """Pure. `spread`: the distance between the two frames farthest apart."""
    outcome, reasons = MEANS[verdict(apart)]
    if spread > t.SAME_CLIP_DISTANCE:
        return "refuse", [PERSON_CHANGED, *reasons]
    return outcome, list(reasons)
