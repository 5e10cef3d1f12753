"""Distances into the figures of the report. `inf` stands for a picture without a face: refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.face_engines import FRAMES, FRAMES_MIN, Vector
from benchmarks.face_folder import Folder, Pair

MANY = 5
"""Pictures of one person for the fused figures."""
ALLOWED = 0.0002
"""Share of strangers' pairs that `held_out` lets in where it chooses; ACCEPT_DISTANCE lets in 0.00017 of all."""
TEMPLATES_A_PERSON = 3
"""Fused templates of each person that are shown to everybody else."""

Looks = Mapping[str, Mapping[str, Vector] | None]


@dataclass(frozen=True, eq=False)
class Scores:
    same: NDArray[np.float64]
    different: NDArray[np.float64]

    def report(self, threshold: float) -> dict[str, Any]:
        frr, far = _share(self.same > threshold), _share(self.different <= threshold)
        right = (self.same <= threshold).sum() + (self.different > threshold).sum()
        return {
            "eer": _rounded(self.eer()),
            "accuracy": _rounded(right / max(1, len(self.same) + len(self.different))),
            "best_accuracy": _rounded(self.best_accuracy()),
            "far": far,
            "frr": frr,
            "n_same": len(self.same),
            "n_different": len(self.different),
        }

    def eer(self) -> float | None:
        """Where both kinds of error are equally frequent, or halfway where they cross."""
        if not len(self.same) or not len(self.different):
            return None
        at, false_accepts, false_rejects = self.curve()
        crossing = int(np.argmax(false_accepts >= false_rejects))
        return float((false_accepts[crossing] + false_rejects[crossing]) / 2)

    def best_accuracy(self) -> float | None:
        """At the threshold that suits these very pairs best; `accuracy` is at the product's."""
        if not len(self.same) or not len(self.different):
            return None
        _, accepts, rejects = self.curve()
        wrong = accepts * len(self.different) + rejects * len(self.same)
        return 1 - float(wrong.min()) / (len(self.same) + len(self.different))

    def curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Thresholds, with the share of wrong accepts and of wrong rejects at each."""
        everything = np.concatenate((self.same, self.different))
        at = np.append(np.unique(everything[np.isfinite(everything)]), np.inf)
        accepts = np.searchsorted(np.sort(self.different), at, side="right") / len(self.different)
        rejects = 1 - np.searchsorted(np.sort(self.same), at, side="right") / len(self.same)
        return at, accepts, rejects


def of_pairs(pairs: list[Pair], looks: Looks) -> Scores:
    apart = [(pair.same, _apart(looks[pair.one], looks[pair.other])) for pair in pairs]
    return Scores(
        np.array([one for same, one in apart if same]),
        np.array([one for same, one in apart if not same]),
    )


def everybody(folder: Folder, looks: Looks, threshold: float, group: str = "") -> dict[str, Any]:
    """Wrong accepts over every pair of different people, not only the listed ones."""
    apart = strangers(
        folder, looks, [n for n in folder.files if not group or folder.group(n) == group]
    )
    return {
        "far": _far(apart, threshold),
        "n_different": len(apart),
    }


def _far(apart: NDArray[np.float64], threshold: float) -> float | None:
    return _rounded(float((apart <= threshold).mean()), 6) if len(apart) else None


def strangers(folder: Folder, looks: Looks, names: Sequence[str]) -> NDArray[np.float64]:
    """How far apart all pictures of different people are."""
    seen = [name for name in names if looks[name]]
    people = np.array([folder.person[name] for name in seen])
    vectors = np.array([_of(looks, name, "alone") for name in seen])
    found = [np.empty(0)]
    for index in range(len(seen) - 1):
        others = people[index + 1 :] != people[index]
        found.append(np.linalg.norm(vectors[index + 1 :][others] - vectors[index], axis=1))
    return np.concatenate(found)


def held_out(
    looks: Looks, chosen_on: NDArray[np.float64], pairs: list[Pair], judged_by: NDArray[np.float64]
) -> dict[str, Any] | None:
    """The loosest threshold that lets in ALLOWED of strangers among some people, judged by other people's pairs and
    strangers."""
    if not len(chosen_on):
        return None
    threshold = float(np.sort(chosen_on)[int(len(chosen_on) * ALLOWED)])
    return {
        "threshold": _rounded(threshold),
        "everybody_far": _far(judged_by, threshold),
        **of_pairs(pairs, looks).report(threshold),
    }


def of_clips(folder: Folder, looks: Looks, engine: Any) -> tuple[Scores, int]:
    """Each picture of a person with MANY as ID photo against that person's next FRAMES ones, and
    such clips against everybody else's pictures. Second: how many people."""
    many = [files for files in folder.people.values() if len(files) >= MANY]
    same, different = [], []
    for files in many:
        for index, name in enumerate(files):
            clip = _clip(files, index, looks, engine)
            same.append(_nearest(clip, [name], looks)[0])
            if index < TEMPLATES_A_PERSON:
                others = [o for o in folder.files if folder.person[o] != folder.person[name]]
                different += _nearest(clip, others, looks)
    return Scores(np.array(same), np.array(different)), len(many)


def _clip(files: list[str], index: int, looks: Looks, engine: Any) -> Vector | None:
    following = [files[(index + step) % len(files)] for step in range(1, len(files))]
    frames = [_of(looks, name, "frame") for name in following[:FRAMES] if looks[name]]
    return engine.fused(frames) if len(frames) >= FRAMES_MIN else None


def _nearest(clip: Vector | None, names: list[str], looks: Looks) -> list[float]:
    if clip is None:
        return [np.inf] * len(names)
    return [
        float(np.linalg.norm(clip - _of(looks, name, "alone"), axis=1).min())
        if looks[name]
        else np.inf
        for name in names
    ]


def _of(looks: Looks, name: str, kind: str) -> Vector:
    found = looks[name]
    assert found is not None
    return found[kind]


def _apart(one: Mapping[str, Vector] | None, other: Mapping[str, Vector] | None) -> float:
    if one is None or other is None:
        return float("inf")
    return float(np.linalg.norm(one["alone"] - other["alone"]))


def _share(wrong: NDArray[np.bool_]) -> float | None:
    return _rounded(float(wrong.mean())) if len(wrong) else None


def _rounded(value: float | None, digits: int = 5) -> float | None:
    return None if value is None else round(float(value), digits)
