"""Does a stranger in a visit raise an alert in time, and who is wronged by a false one?

    python -m benchmarks.visits [--dir ../shared/faces] [--visits 100] [--frames 12] [--json]

Made visits (see benchmarks.made_visits), each with another stranger as long as there are any, go through the very
steps of monitor_hook: JPEG, faces, verdicts, rules; one frame every 5 s. False alarms are counted before the stranger
comes, an alert a kind and visit, as the product counts. `*_at_least` and `*_at_most` are 95 % bounds (one-sided, exact).

What following people from frame to frame gains is in `one_frame_decides`: the same frames judged singly, as
benchmarks.people judges pictures. `single_frame_wrong` is the share of frames whose count alone is wrong.

Two processes look at once on two cores. `ms_a_frame` is the CPU time of a family's frame, `ms_a_terminal_frame` that
of the resident's side, where faces are only counted; `visits_at_once` is what the cores keep up with at a family's
frame every 5 s, `visits_at_once_both_sides` with the resident's every 10 s besides. Reading COS and writing the database is not in it.
"""

import argparse
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from math import comb
from pathlib import Path
from random import Random
from typing import Any

from shared.faces import thresholds as _first  # noqa: F401 - the package sets one thread before numpy loads

# isort: split
from benchmarks import made_visits
from benchmarks.face_folder import read_folder
from benchmarks.made_visits import BEGIN, EVERY, Visit
from functions.monitor_hook.look_at_frame import look_at_frame
from shared.models.rooms import AlertKind
from shared.rules.frames import FRAMES_REMEMBERED, Limits, Look, alerts

SEED = 6
OF_PEOPLE = {AlertKind.EXTRA_PERSON, AlertKind.UNKNOWN_PERSON}
USUAL = Limits(1).decisive


@dataclass
class Outcome:
    """Of one visit, under one rule: after how many frames with the stranger it rang (None: never), false alarms."""

    after: int | None
    false_alarms: int


@dataclass
class Watched:
    stranger: str
    by_rule: dict[int, Outcome]
    innocent_frames: int
    frames: int = 0
    wrong_counts: int = 0
    family_s: list[float] = field(default_factory=list)
    terminal_s: list[float] = field(default_factory=list)


def main() -> None:
    options = _options()
    print(json.dumps(_report(_measured(options)), indent=None if options.json else 2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.visits")
    parser.add_argument("--dir", type=Path, default=Path("../shared/faces"))
    parser.add_argument("--visits", type=int, default=100)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--json", action="store_true", help="one line")
    options = parser.parse_args()
    if not (options.dir / "crowd.csv").is_file():
        sys.exit(f"no crowd.csv in {options.dir}")
    return options


def _measured(options: argparse.Namespace) -> list[Watched]:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        work = [(options.dir, options.frames, number) for number in range(options.visits)]
        return list(pool.map(_watched, work, chunksize=1))


@cache
def _cast(folder: Path) -> made_visits.Cast:
    return made_visits.cast(folder, read_folder(folder))


def _watched(work: tuple[Path, int, int]) -> Watched:
    folder, frames, number = work
    cast, random = _cast(folder), Random(SEED * 100_003 + number)
    visit = made_visits.draw(random, cast, frames, number)
    watched = Watched(visit.stranger.name, {}, visit.comes)
    film = made_visits.film(random, visit, random.choice(cast.rooms))
    raised = _raised(visit, film, watched)
    watched.by_rule = {rule: _outcome(visit, sets) for rule, sets in raised.items()}
    return watched


def _raised(
    visit: Visit, film: Iterable[bytes], watched: Watched
) -> dict[int, list[set[AlertKind]]]:
    """For each rule (how many frames decide) and frame, the alerts about people that stand after it."""
    templates = [one for person in visit.approved for one in person.templates]
    looks: deque[Look] = deque(maxlen=FRAMES_REMEMBERED)
    raised: dict[int, list[set[AlertKind]]] = {1: [], USUAL: []}
    for number, jpeg in enumerate(film):
        faces = _timed(jpeg, templates, watched.family_s)
        _timed(jpeg, [], watched.terminal_s)
        watched.frames += 1
        watched.wrong_counts += len(faces) != len(visit.present(number))
        looks.appendleft(Look(len(faces), faces, BEGIN + number * EVERY))
        for rule, stood in raised.items():
            limits = Limits(planned=len(visit.approved), decisive=rule)
            stood.append(alerts(list(looks), limits) & OF_PEOPLE)
    return raised


def _timed(jpeg: bytes, templates: Sequence[bytes], spent: list[float]) -> list[dict[str, Any]]:
    began = time.process_time()
    faces = look_at_frame(jpeg, templates) or []
    spent.append(time.process_time() - began)
    return faces


def _outcome(visit: Visit, raised: list[set[AlertKind]]) -> Outcome:
    first = next((n for n in range(visit.comes, visit.frames) if raised[n]), None)
    # Alerts are one a kind and visit: a second frame of the same trouble is no second alarm.
    false_alarms = len(set().union(*raised[: visit.comes]))
    return Outcome(None if first is None else first - visit.comes + 1, false_alarms)


def _report(watched: Sequence[Watched]) -> dict[str, Any]:
    frames = sum(one.frames for one in watched)
    family, terminal = (
        sum(sum(getattr(one, name)) for one in watched) / frames
        for name in ("family_s", "terminal_s")
    )
    cores = os.cpu_count() or 1
    room = cores * EVERY.total_seconds()
    return {
        "strangers": len(watched),
        "different_strangers": len({one.stranger for one in watched}),
        **_judged(watched, USUAL),
        "one_frame_decides": _judged(watched, 1),
        "visit_hours": round(_hours(watched), 2),
        "single_frame_wrong": round(sum(one.wrong_counts for one in watched) / frames, 4),
        "ms_a_frame": round(family * 1000, 1),
        "ms_a_terminal_frame": round(terminal * 1000, 1),
        "visits_at_once": int(room / family),
        "visits_at_once_both_sides": int(room / (family + terminal / 2)),
        "cores": cores,
    }


def _judged(watched: Sequence[Watched], rule: int) -> dict[str, Any]:
    outcomes, hours = [one.by_rule[rule] for one in watched], _hours(watched)
    in_time = sum(one.after is not None and one.after <= USUAL for one in outcomes)
    later = sum(one.after is not None and one.after > USUAL for one in outcomes)
    false_alarms = sum(one.false_alarms for one in outcomes)
    return {
        "alerted_in_two_frames": round(in_time / len(outcomes), 4),
        "alerted_in_two_frames_at_least": round(_share_at_least(in_time, len(outcomes)), 4),
        "alerted_later": round(later / len(outcomes), 4),
        "false_alarms": false_alarms,
        "false_alarms_per_visit_hour": round(false_alarms / hours, 3),
        "false_alarms_per_visit_hour_at_most": round(_events_at_most(false_alarms) / hours, 3),
    }


def _hours(watched: Sequence[Watched]) -> float:
    return sum(one.innocent_frames for one in watched) * EVERY.total_seconds() / 3600


def _share_at_least(hits: int, of: int) -> float:
    """The smallest share under which so many hits are not rarer than 1 in 20 (Clopper-Pearson)."""

    def chance(share: float) -> float:
        return sum(comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(hits, of + 1))

    return _where(chance, 0.05, 0.0, 1.0)


def _events_at_most(events: int) -> float:
    """The largest mean under which so few events are not rarer than 1 in 20 (Poisson)."""
    from scipy.stats import chi2

    return float(chi2.ppf(0.95, 2 * (events + 1)) / 2)


def _where(rising: Any, value: float, low: float, high: float) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return low


if __name__ == "__main__":
    main()
