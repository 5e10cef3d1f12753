"""Give the decoders mutated files: `python -m tests.unit.faces.fuzz COUNT`. Prints what came of them, as JSON.

A process of its own, so that a crash inside a decoder is a crash of this one and is seen as such.
"""

import io
import json
import resource
import sys
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import skimage.data
from PIL import Image

from functions.verify_face.local_engine.clip import ClipRefused, read_clip
from local.sample_clips import write_mp4
from shared.faces.pictures import PictureRefused, decode, encode_jpeg
from tests.unit.faces.broken_files import mutated, rotated_by_metadata

WARM_UP = 200


def main(count: int) -> dict[str, float]:
    random, outcomes = Random(11), Counter[str]()
    files = _files()
    start_mb = 0.0
    for number in range(count + WARM_UP):
        if number == WARM_UP:
            start_mb = _resident_mb()
        kind, original = random.choice(files)
        try:
            _read(kind, mutated(original, random))
            outcomes["read"] += 1
        except (PictureRefused, ClipRefused) as refused:
            assert refused.code.startswith(f"{kind}_"), refused.code
            outcomes["refused"] += 1
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    grown = _resident_mb() - start_mb
    return {"files": count, **outcomes, "grown_mb": round(grown, 1), "peak_mb": round(peak_mb)}


def _files() -> list[tuple[str, bytes]]:
    small = np.ascontiguousarray(skimage.data.astronaut()[::8, ::8])
    png = io.BytesIO()
    Image.fromarray(small).save(png, "PNG")
    clip = write_mp4([small] * 30)
    pictures = [encode_jpeg(small), png.getvalue()]
    clips = [clip, rotated_by_metadata(clip)]
    return [("picture", one) for one in pictures] + [("clip", one) for one in clips]


def _read(kind: str, data: bytes) -> None:
    if kind == "picture":
        decode(data)
    else:
        for _ in read_clip(data):
            pass


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
