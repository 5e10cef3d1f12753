"""Prints and live people by movement alone, without any challenge: does anything move at all?"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.face_folder import rows
from functions.verify_face.local_engine.clip import Frame
from functions.verify_face.local_engine.movements import movements
from functions.verify_face.local_engine.watch import watch
from shared.faces.pictures import PictureRefused, decode

FRAMES_A_SECOND = 25.0
"""The list has frame numbers, no times."""


def measure(folder: Path) -> dict[str, Any]:
    """Counts; empty where the folder has no liveness.csv. A replay is no print: counted apart."""
    clips: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for row in rows(folder / "liveness.csv"):
        clips[row["label"], row["sequence"]].append((int(row["frame"] or 0), row["file"]))
    moved: dict[str, list[bool]] = defaultdict(list)
    for (label, _), frames in sorted(clips.items()):
        moved[label].append(_moves(folder, sorted(frames)))
    live = moved["live"]
    return {
        "print_accepted": sum(moved["print"]),
        "print_n": len(moved["print"]),
        "live_refused": len(live) - sum(live),
        "live_n": len(live),
        "replay_accepted": sum(moved["replay"]),
        "replay_n": len(moved["replay"]),
    } if clips else {}  # fmt: skip


def _moves(folder: Path, frames: list[tuple[int, str]]) -> bool:
    pictures = []
    for number, name in frames:
        try:
            pictures.append(Frame(number / FRAMES_A_SECOND, decode((folder / name).read_bytes())))
        except PictureRefused:
            continue
    return bool(movements(watch(pictures).looks))
