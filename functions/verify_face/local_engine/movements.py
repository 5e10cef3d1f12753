"""Blinks, an opened mouth and turns of the head in a series of looks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from functions.verify_face.local_engine.challenge import Action
from shared.faces import thresholds as t
from shared.faces.signals import Signals

Series: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Look:
    """One frame in which the face was found; `at` in seconds."""

    at: float
    signals: Signals


@dataclass(frozen=True)
class Movement:
    """`start` and `end` in seconds."""

    action: Action
    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def movements(looks: Sequence[Look]) -> list[Movement]:
    """Everything found, in order of time. Two kinds may overlap (a blink with an open mouth)."""
    if not looks:
        return []
    at = np.array([look.at for look in looks])
    nose = _steady(np.array([look.signals.nose for look in looks]))
    away = nose - np.median(nose)
    found = [
        *_turns(at, away),
        *_openings(at, _steady(np.array([look.signals.mouth for look in looks]))),
        *_blinks(at, np.array([look.signals.eyes for look in looks]), away),
    ]
    return sorted(found, key=lambda one: one.middle)


def facing(looks: Sequence[Look]) -> float:
    """The clip's middle nose offset; 0 is straight ahead."""
    return float(np.median([look.signals.nose for look in looks]))


def _turns(at: Series, away: Series) -> list[Movement]:
    if np.ptp(away) < t.TURN_RANGE:
        return []
    left = _stretches(away >= t.TURN_SIDE)
    right = _stretches(away <= -t.TURN_SIDE)
    return _named("left", at, left) + _named("right", at, right)


def _openings(at: Series, mouth: Series) -> list[Movement]:
    stretches = _stretches(mouth >= t.MOUTH_OPEN_RATIO)
    after_closed = [
        (first, last) for first, last in stretches if (mouth[:first] <= t.MOUTH_CLOSED_RATIO).any()
    ]
    return _named("mouth", at, after_closed)


def _blinks(at: Series, eyes: Series, away: Series) -> list[Movement]:
    usual = np.array([_usually(at, eyes, moment) for moment in at])
    # A turned head shortens the far eye: only looks to the front count.
    shut = (eyes < t.BLINK_RATIO * usual) & (np.abs(away) < t.TURN_SIDE)
    real = [(a, b) for a, b in _stretches(shut) if _is_blink(at, eyes, a, b)]
    return _named("blink", at, real)


def _is_blink(at: Series, eyes: Series, first: int, last: int) -> bool:
    """Open before, open again after, and not long: eyes that stay closed are no blink."""
    near = (at >= at[first] - t.BLINK_WINDOW_SECONDS) & (at <= at[last] + t.BLINK_WINDOW_SECONDS)
    # Both sides against one measure: a later one would take the closed eyes for the usual.
    is_open = near & (eyes >= t.EYES_OPEN_RATIO * _usually(at, eyes, float(at[first])))
    before, after = is_open[:first].any(), is_open[last + 1 :].any()
    return bool(before and after and at[last] - at[first] <= t.BLINK_MAX_SECONDS)


def _usually(at: Series, eyes: Series, moment: float) -> float:
    """How far the eyes are open around `moment`: the 80th percentile of the looks."""
    near = np.abs(at - moment) <= t.BLINK_WINDOW_SECONDS
    return float(np.percentile(eyes[near], 80))


def _steady(series: Series) -> Series:
    """Median of three: one wrong look makes no movement."""
    padded = np.pad(series, 1, mode="edge")
    return np.asarray(np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0), dtype=np.float64)


def _stretches(mask: Mask) -> list[tuple[int, int]]:
    """First and last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _named(action: Action, at: Series, stretches: list[tuple[int, int]]) -> list[Movement]:
    return [Movement(action, float(at[a]), float(at[b])) for a, b in stretches]
