"""How many people are in a picture, beside dlib's HOG detector without upsampling.

    python -m benchmarks.people --dir ../shared/faces [--json]

The folder has crowd.csv (file, people_count) and its pictures in crowd/ and synth/. Shares are of
all rows of a kind, empty pictures included. Single pictures, no track: what following people from
frame to frame adds is measured by benchmarks.visits. Times are CPU milliseconds of one thread, for
a picture that is already decoded and at most 640 px long.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.face_folder import rows
from shared.faces import models
from shared.faces import thresholds as t  # the package sets one thread before numpy loads

import cv2  # isort: skip
import numpy as np  # isort: skip

from shared.faces.crowd import find_people
from shared.faces.detect import shrink
from shared.faces.pictures import Rgb, decode

SIDE_PX = t.DETECT_SIDE_PX
Count = Callable[[Rgb], int]


@dataclass(frozen=True)
class Picture:
    kind: str
    people: int
    rgb: Rgb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.people")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="one line")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = _pictures(options.dir)
    report = {name: _measured(pictures, count) for name, count in COUNTS.items()}
    print(json.dumps(report, indent=None if options.json else 2))


def ours(rgb: Rgb) -> int:
    return len(find_people(rgb))


def naive(rgb: Rgb) -> int:
    grey, _ = shrink(rgb, SIDE_PX)
    return len(models.detector()(grey, 0))


COUNTS: dict[str, Count] = {"ours": ours, "naive": naive}


def _pictures(folder: Path) -> list[Picture]:
    listed = rows(folder / "crowd.csv")
    if not listed:
        sys.exit(f"no crowd.csv in {folder}")
    return [
        Picture(
            row["file"].partition("/")[0],
            int(row["people_count"]),
            _small(decode((folder / row["file"]).read_bytes())),
        )
        for row in listed
    ]


def _small(rgb: Rgb) -> Rgb:
    scale = SIDE_PX / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def _measured(pictures: Sequence[Picture], count: Count) -> dict[str, Any]:
    for picture in pictures:
        count(picture.rgb)  # a network of each size is loaded before the clock runs
    counted, spent = [], []
    for picture in pictures:
        began = time.process_time()
        counted.append(count(picture.rgb))
        spent.append((time.process_time() - began) * 1000)
    empty = [n for picture, n in zip(pictures, counted, strict=True) if not picture.people]
    return {
        "crowd_exact": _exact("crowd", pictures, counted),
        "synth_exact": _exact("synth", pictures, counted),
        "empty_fired": sum(n > 0 for n in empty),
        "empty_n": len(empty),
        "ms_p50": round(float(np.percentile(spent, 50)), 1),
        "ms_p95": round(float(np.percentile(spent, 95)), 1),
    }


def _exact(kind: str, pictures: Sequence[Picture], counted: Sequence[int]) -> float | None:
    right = [p.people == n for p, n in zip(pictures, counted, strict=True) if p.kind == kind]
    return round(sum(right) / len(right), 4) if right else None


if __name__ == "__main__":
    main()
