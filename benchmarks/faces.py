"""How well and how fast a face is checked, beside face_recognition's compare_faces at 0.6.

    python -m benchmarks.faces --dir ../shared/faces [--json] [--charts docs/zh/images]

Any folder with pairs.csv and its pictures will do; liveness.csv adds the presence figures. "far" and
"frr" are shares of the listed pairs at each engine's own threshold; a picture without a face counts
as refused.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import face_charts, face_cost, face_presence, face_scores
from benchmarks.face_engines import ENGINES, look
from benchmarks.face_folder import Folder, Pair, read_folder
from benchmarks.face_scores import Looks, Scores


def main() -> None:
    options = _options()
    folder = read_folder(options.dir)
    looks = [_looks(folder, index) for index in range(len(ENGINES))]
    report = {
        "verify": {
            engine.name: _verified(folder, seen, engine)
            for engine, seen in zip(ENGINES, looks, strict=True)
        },
        **face_cost.measure(_most_pictures(folder, looks)),
        "liveness": face_presence.measure(folder.path),
    }
    if options.charts:
        _draw(folder, looks, options.charts)
    print(json.dumps(report, indent=None if options.json else 2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.faces")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="one line")
    parser.add_argument("--charts", type=Path, help="draw the ROC and the scores into this folder")
    options = parser.parse_args()
    if not (options.dir / "pairs.csv").is_file():
        sys.exit(f"no pairs.csv in {options.dir}")
    return options


def _looks(folder: Folder, engine: int) -> Looks:
    orders = [(engine, folder.path / name) for name in folder.files]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return dict(zip(folder.files, pool.map(look, orders, chunksize=8), strict=True))


def _verified(folder: Folder, looks: Looks, engine: Any) -> dict[str, Any]:
    clips, people = face_scores.of_clips(folder, looks, engine)
    return {
        "threshold": engine.threshold,
        **_report(folder.pairs, looks, engine),
        "no_face": sum(seen is None for seen in looks.values()),
        "pictures": len(looks),
        "fused": {"n": people, **clips.report(engine.threshold)},
        "everybody": face_scores.everybody(folder, looks, engine.threshold),
        "halves": [_report(half, looks, engine) for half in _halves(folder)],
        "held_out": _held_out(folder, looks),
        "groups": {
            name: {
                **_report(pairs, looks, engine),
                "everybody": face_scores.everybody(folder, looks, engine.threshold, name),
            }
            for name, pairs in _groups(folder).items()
        },
    }


def _report(pairs: Any, looks: Looks, engine: Any) -> dict[str, Any]:
    return face_scores.of_pairs(list(pairs), looks).report(engine.threshold)


def _halves(folder: Folder) -> list[list[Pair]]:
    """Pairs within each half of the people."""
    first = {name: folder.in_first_half(name) for name in folder.files}
    return [
        [pair for pair in folder.pairs if first[pair.one] is first[pair.other] is half]
        for half in (True, False)
    ]


def _held_out(folder: Folder, looks: Looks) -> list[dict[str, Any] | None]:
    """Each half of the people judged at a threshold that the other half alone has chosen."""
    first, second = (
        face_scores.strangers(
            folder, looks, [name for name in folder.files if folder.in_first_half(name) is half]
        )
        for half in (True, False)
    )
    pairs = _halves(folder)
    return [
        face_scores.held_out(looks, second, pairs[0], first),
        face_scores.held_out(looks, first, pairs[1], second),
    ]


def _groups(folder: Folder) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in folder.pairs:
        name = folder.group(pair.one)
        if name == folder.group(pair.other):
            found.setdefault(name, []).append(pair)
    return found


def _most_pictures(folder: Folder, looks: list[Looks]) -> list[Path]:
    """Of the person with the most pictures that both engines find a face in."""
    usable = [
        [name for name in files if all(seen[name] is not None for seen in looks)]
        for files in folder.people.values()
    ]
    return [folder.path / name for name in max(usable, key=len)]


def _draw(folder: Folder, looks: list[Looks], into: Path) -> None:
    alone: dict[str, Scores] = {}
    clips: dict[str, Scores] = {}
    for engine, seen in zip(ENGINES, looks, strict=True):
        alone[engine.name] = face_scores.of_pairs(list(folder.pairs), seen)
        clips[engine.name] = face_scores.of_clips(folder, seen, engine)[0]
    face_charts.draw(alone, clips, {one.name: one.threshold for one in ENGINES}, into)


if __name__ == "__main__":
    main()
