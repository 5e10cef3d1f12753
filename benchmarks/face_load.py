"""Eight checks at once beside one after the other, the memory of it all, and clips that are cut off.

python -m benchmarks.face_load [--json]
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from functions.verify_face.local_engine.apart import check_clip_apart, workers
from local import sample_clips
from shared.workers import TookTooLong, Workers

DO = ("left", "blink")
AT_ONCE = 8
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.face_load")
    parser.add_argument("--json", action="store_true", help="one line")
    report = measure()
    print(json.dumps(report, indent=None if parser.parse_args().json else 2))


def measure() -> dict[str, Any]:
    person = sample_clips.astronaut()
    clip = sample_clips.challenge_clip(person, DO), sample_clips.id_photo(person), DO
    _together(os.cpu_count() or 1, clip)  # every worker has its models now
    alone, together = _turns(clip)
    return {
        "cores": os.cpu_count(),
        "one_at_a_time_per_s": round(AT_ONCE / alone, 2),
        "eight_at_once_per_s": round(AT_ONCE / together, 2),
        "ratio": round(alone / together, 2),
        "memory_mb": round(_memory_mb()),
        "long_clip": _cut_off(clip[1]),
        "hung_s": _hung(),
    }


def _turns(clip: Any) -> tuple[float, float]:
    """Seconds for AT_ONCE checks, each way in turns; the best of each."""
    rounds = [(_together(1, clip), _together(AT_ONCE, clip)) for _ in range(ROUNDS)]
    alone, together = (min(column) for column in zip(*rounds, strict=True))
    return alone, together


def _together(at_once: int, clip: Any) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as threads:
        done = list(threads.map(lambda _: check_clip_apart(*clip), range(AT_ONCE)))
    if any(one.outcome != "pass" for one in done):
        sys.exit("a check did not pass")
    return time.monotonic() - began


def _memory_mb() -> float:
    """The largest that this process and its workers ever were, added up."""
    own = os.getpid()
    lines = [Path(f"/proc/{pid}/status").read_text() for pid in [own, *_children(own)]]
    return sum(int(text.split("VmHWM:")[1].split()[0]) for text in lines) / 1024


def _children(pid: int) -> list[int]:
    task = Path(f"/proc/{pid}/task")
    return [int(one) for each in task.iterdir() for one in (each / "children").read_text().split()]


def _cut_off(photo: bytes) -> dict[str, Any]:
    """20 s of 1800 x 1800 at 60 a second, without a face: every look is a search of everything."""
    frame = np.full((1800, 1800, 3), 128, dtype=np.uint8)
    clip = sample_clips.write_mp4([frame] * 1190, 60)
    began = time.monotonic()
    result = check_clip_apart(clip, photo, DO)
    return {
        "seconds": round(time.monotonic() - began, 1),
        "reasons": result.reasons,
        "mb": round(len(clip) / 1e6, 2),
    }


def _hung() -> float:
    """A worker that would take a minute is ended after a second, and the next job is done."""
    began, some = time.monotonic(), Workers(1)
    try:
        some.run(time.sleep, 60, seconds=1, wait=1)
    except TookTooLong:
        some.run(os.getpid, seconds=10, wait=1)
    some.end()
    return round(time.monotonic() - began, 2)


if __name__ == "__main__":
    try:
        main()
    finally:
        workers().end()
