"""What one check costs: an ID photo and five frames of a phone's clip, each engine in a process of
its own, which also tells how long it takes to be ready and how much memory it needs."""

import resource
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PHONE_SIDE_PX = 1280
"""The longer side of a phone's clip; the folder's pictures are scaled to it."""
FRAMES = 5
ROUNDS = 5


def measure(pictures: Sequence[Path]) -> dict[str, Any]:
    """`pictures`: of one person where possible, the ID photo first."""
    with TemporaryDirectory() as place:
        scaled = _scaled(pictures[: FRAMES + 1], Path(place))
        ours, naive = (_alone(run, scaled) for run in (_ours, _naive))
    return {
        "cpu_ms": {
            "id_plus_5_frames": round(ours["cpu_ms"], 1),
            "naive_id_plus_5_frames": round(naive["cpu_ms"], 1),
            "times_faster": round(naive["cpu_ms"] / ours["cpu_ms"], 2),
        },
        "start_s": round(ours["start_s"], 3),
        "naive_start_s": round(naive["start_s"], 3),
        "peak_mb": round(ours["peak_mb"]),
        "naive_peak_mb": round(naive["peak_mb"]),
    }


def _alone(run: Any, files: list[str]) -> dict[str, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, files).result()


def _scaled(pictures: Sequence[Path], place: Path) -> list[str]:
    from PIL import Image

    files = []
    for index in range(FRAMES + 1):
        with Image.open(pictures[index % len(pictures)]) as picture:
            scale = PHONE_SIDE_PX / max(picture.size)
            size = (round(picture.width * scale), round(picture.height * scale))
            files.append(str(place / f"{index}.jpg"))
            picture.convert("RGB").resize(size).save(files[-1], quality=90)
    return files


def _ours(files: list[str]) -> dict[str, float]:
    began = time.monotonic()
    from shared.faces import encoder, models
    from shared.faces.describe import describe, describe_both_ways, distance, fuse
    from shared.faces.detect import find_faces
    from shared.faces.pictures import decode

    for load in (models.detector, models.landmarks_5, models.landmarks_68, encoder.network):
        load()
    ready = time.monotonic() - began

    def check() -> None:
        # A clip's frames come decoded; the naive code opens files, so ours opens them too.
        photo, *frames = [decode(Path(file).read_bytes()) for file in files]
        found = [(frame, find_faces(frame)) for frame in frames]
        clip = fuse([describe(frame, faces[0].box) for frame, faces in found if faces])
        distance(describe_both_ways(photo, find_faces(photo)[0].box), clip)

    return {"start_s": ready, **_timed(check)}


def _naive(files: list[str]) -> dict[str, float]:
    began = time.monotonic()
    from benchmarks.face_engines import face_recognition

    library = face_recognition()
    ready = time.monotonic() - began

    def check() -> None:
        encoded = [library.face_encodings(library.load_image_file(file)) for file in files]
        frames = [one[0] for one in encoded[1:] if one]
        library.compare_faces(frames, encoded[0][0])

    return {"start_s": ready, **_timed(check)}


def _timed(check: Any) -> dict[str, float]:
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        check()
        spent.append(time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_ms": statistics.median(spent) * 1000, "peak_mb": peak}
