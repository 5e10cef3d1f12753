"""Which frames of a clip are compared, and what is wrong with those that are not."""

from collections import Counter
from collections.abc import Sequence

from functions.verify_face.local_engine.movements import facing
from functions.verify_face.local_engine.watch import Candidate, Watched
from shared.faces import quality
from shared.faces import thresholds as t
from shared.faces.pictures import encode_jpeg


def choose(watched: Watched) -> list[Candidate]:
    """At most FRAMES_COMPARED good frames, spread over the clip, in order of time.

    Spread, so that a face shown for only a part of the clip cannot be all that is compared.
    """
    good = [one for one in watched.candidates.values() if _usable(one, facing(watched.looks))]
    best: dict[int, Candidate] = {}
    for one in sorted(good, key=lambda one: one.worth, reverse=True):
        best.setdefault(_part(one, watched.seconds), one)
    rest = sorted((one for one in good if one not in best.values()), key=lambda one: -one.worth)
    chosen = [*best.values(), *rest][: t.FRAMES_COMPARED]
    return sorted(chosen, key=lambda one: one.look.at)


def complaints(watched: Watched) -> list[str]:
    """Codes that hold for at least half of the candidates, the most frequent first."""
    counted = Counter(code for one in watched.candidates.values() for code in _wrong(one))
    return [code for code, n in counted.most_common() if n * 2 >= len(watched.candidates)]


def jpegs(chosen: Sequence[Candidate]) -> list[bytes]:
    return [encode_jpeg(one.rgb) for one in chosen]


def _usable(one: Candidate, middle: float) -> bool:
    frontal = abs(one.look.signals.nose - middle) <= t.FACING_FRAME_OFFSET
    return frontal and one.look.signals.mouth < t.MOUTH_OPEN_RATIO and not _wrong(one)


def _wrong(one: Candidate) -> list[str]:
    return quality.complaints(one.quality, min_size=t.CLIP_FACE_MIN_PX)


def _part(one: Candidate, seconds: float) -> int:
    share = one.look.at / max(seconds, 1e-6)
    return min(int(share * t.FRAMES_COMPARED), t.FRAMES_COMPARED - 1)
