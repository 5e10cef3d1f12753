"""Does a stranger in a visit raise an alert in time, and who is wronged by a false one?

    python -m benchmarks.visits [--dir ../shared/faces] [--visits 24] [--frames 24] [--json]

Made visits (see benchmarks.made_visits) go through the very steps of monitor_hook: JPEG, faces,
verdicts, rules; one frame every 5 s. `single_frame_wrong` is the share of frames whose count is
wrong by itself: what is left of it in `false_alarms` is what two frames running take away.
"""

import argparse
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import made_visits
from benchmarks.face_folder import read_folder
from benchmarks.made_visits import BEGIN, EVERY, Visit
from functions.monitor_hook.look_at_frame import look_at_frame
from shared.faces import crowd
from shared.models.rooms import AlertKind
from shared.rules.frames import DECISIVE_FRAMES, FRAMES_REMEMBERED, Look, alerts

SEED = 6
OF_PEOPLE = {AlertKind.EXTRA_PERSON, AlertKind.UNKNOWN_PERSON}


@dataclass
class Tally:
    strangers: int = 0
    in_time: int = 0
    late: int = 0
    false_alarms: int = 0
    innocent_frames: int = 0
    frames: int = 0
    wrong_counts: int = 0
    cpu: list[float] = field(default_factory=list)


def main() -> None:
    options = _options()
    report = _report(_measured(options))
    print(json.dumps(report, indent=None if options.json else 2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.visits")
    parser.add_argument("--dir", type=Path, default=Path("../shared/faces"))
    parser.add_argument("--visits", type=int, default=24)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--json", action="store_true", help="one line")
    options = parser.parse_args()
    if not (options.dir / "crowd.csv").is_file():
        sys.exit(f"no crowd.csv in {options.dir}")
    return options


def _measured(options: argparse.Namespace) -> Tally:
    everybody = made_visits.people(read_folder(options.dir))
    rooms = made_visits.rooms(options.dir)
    random, tally = Random(SEED), Tally()
    crowd.warm_up(made_visits.WIDTH, made_visits.HEIGHT)
    for _ in range(options.visits):
        visit = made_visits.draw(random, everybody, options.frames)
        film = made_visits.film(random, visit, random.choice(rooms))
        _judged(visit, list(_raised(visit, film, tally)), tally)
    return tally


def _raised(visit: Visit, film: Iterator[bytes], tally: Tally) -> Iterator[set[AlertKind]]:
    """For each frame the alerts about people that stand after it."""
    templates = [one for person in visit.approved for one in person.templates]
    looks: deque[Look] = deque(maxlen=FRAMES_REMEMBERED)
    for number, jpeg in enumerate(film):
        began = time.process_time()
        faces = look_at_frame(jpeg, templates) or []
        tally.cpu.append(time.process_time() - began)
        tally.frames += 1
        tally.wrong_counts += len(faces) != len(visit.present(number))
        looks.appendleft(Look(len(faces), faces, BEGIN + number * EVERY))
        yield alerts(list(looks), planned=len(visit.approved)) & OF_PEOPLE


def _judged(visit: Visit, raised: list[set[AlertKind]], tally: Tally) -> None:
    comes = visit.comes if visit.stranger else visit.frames
    tally.innocent_frames += comes
    # Alerts are one a kind and visit: a second frame of the same trouble is no second alarm.
    tally.false_alarms += len(set().union(*raised[:comes])) if comes else 0
    if visit.stranger:
        tally.strangers += 1
        first = next((n for n in range(comes, visit.frames) if raised[n]), None)
        tally.in_time += first is not None and first - comes < DECISIVE_FRAMES
        tally.late += first is not None and first - comes >= DECISIVE_FRAMES


def _report(tally: Tally) -> dict[str, Any]:
    hours = tally.innocent_frames * EVERY.total_seconds() / 3600
    a_frame = sum(tally.cpu) / len(tally.cpu)
    cores = os.cpu_count() or 1
    return {
        "strangers": tally.strangers,
        "alerted_in_two_frames": round(tally.in_time / max(1, tally.strangers), 4),
        "alerted_later": round(tally.late / max(1, tally.strangers), 4),
        "false_alarms": tally.false_alarms,
        "visit_hours": round(hours, 2),
        "false_alarms_per_visit_hour": round(tally.false_alarms / hours, 3),
        "single_frame_wrong": round(tally.wrong_counts / tally.frames, 4),
        "ms_a_frame": round(a_frame * 1000, 1),
        "visits_at_once": int(cores * EVERY.total_seconds() / a_frame),
        "cores": cores,
    }


if __name__ == "__main__":
    main()
