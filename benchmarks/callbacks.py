"""How long TRTC waits for an answer to a callback, while others work through what was stored.

    python -m benchmarks.callbacks [--json] [--per-second 50] [--seconds 20] [--processes 2]

`open`: callbacks come at that rate, at random moments (Poisson), whether or not earlier ones were answered; the time
counts from the moment one came, waiting for a free instance included. `closed`: each process sends its next one as
soon as it has the answer: what can be taken at most. A process is an instance of the function, which serves one
request at a time; one more runs the timer that works through the events, and MariaDB shares the same cores.
A third of the callbacks are repetitions. Through the whole handler, signature and all; the network is not in it.
"""

import argparse
import base64
import hashlib
import hmac
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.room_data import make_visits
from local import migrate
from local.mariadb import MariaDBMissing, running_mariadb
from shared.clock import now
from shared.database import engine
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY
from shared.settings import settings

VISITS = 200
WARM_UP = 30
KINDS = ((1, 103), (2, 201), (2, 203), (2, 202), (2, 201), (1, 104))
Event = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.callbacks")
    parser.add_argument("--json", action="store_true", help="one line")
    parser.add_argument("--per-second", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    try:
        report = _measure(options.per_second, options.seconds, options.processes)
    except MariaDBMissing as missing:
        sys.exit(str(missing))
    print(json.dumps(report, indent=None if options.json else 2))


def _measure(per_second: float, seconds: float, processes: int) -> dict[str, Any]:
    with running_mariadb() as server:
        os.environ["DATABASE_URL"] = server.create("callbacks")
        settings.cache_clear()
        engine.cache_clear()
        migrate.to_newest()
        visits = make_visits(VISITS, VisitStatus.APPROVED)
        engine().dispose()
        each = int(per_second * seconds / processes)
        work = [_callbacks(visits, each, seed) for seed in range(2 * processes)]
        rate = per_second / processes
        came = _told(work[:processes], [rate] * processes)
        closed = _told(work[processes:], [None] * processes)
    return {
        "open": {"per_s": per_second, **_figures([ms for one in came for ms in one[0]])},
        "closed": {
            "per_s": round(sum(len(ms) / took for ms, took in closed), 1),
            **_figures([ms for one in closed for ms in one[0]]),
        },
        "processes": processes,
        "cores": os.cpu_count(),
    }


def _figures(ms: list[float]) -> dict[str, Any]:
    ordered = sorted(ms)
    found = {f"p{n}_ms": round(ordered[int(len(ordered) * n / 100)], 1) for n in (50, 99)}
    return {**found, "max_ms": round(ordered[-1], 1), "callbacks": len(ordered)}


def _told(work: Sequence[list[Event]], rates: Sequence[float | None]) -> list[Any]:
    """What each process measured; all begin at once."""
    context = multiprocessing.get_context("spawn")
    timer = context.Process(target=_work_events, daemon=True)
    timer.start()
    pipes = []
    for number, (events, rate) in enumerate(zip(work, rates, strict=True)):
        ours, theirs = context.Pipe()
        context.Process(target=_serve, args=(theirs, events, rate, number), daemon=True).start()
        pipes.append(ours)
    for one in pipes:
        one.recv()
    start = time.monotonic() + 0.5
    for one in pipes:
        one.send(start)
    measured = [one.recv() for one in pipes]
    timer.kill()
    timer.join()
    return measured


def _serve(pipe: Connection, events: list[Event], rate: float | None, seed: int) -> None:
    """Milliseconds of each answer, and the seconds it took in all."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # log lines are made, and read by nobody
    from functions.monitor_hook.handler import main as handle

    for event in events[:WARM_UP]:
        handle(event, None)
    pipe.send("ready")
    wait = random.Random(seed)
    came = began = pipe.recv()
    time.sleep(max(0.0, began - time.monotonic()))
    ms = []
    for event in events[WARM_UP:]:
        came = time.monotonic() if rate is None else came + wait.expovariate(rate)
        time.sleep(max(0.0, came - time.monotonic()))
        assert handle(event, None)["statusCode"] == 200
        ms.append((time.monotonic() - came) * 1000)
    pipe.send((ms, time.monotonic() - began))


def _work_events() -> None:
    from functions.monitor_hook.work_events import work_events

    while True:
        work_events()
        time.sleep(1)


def _callbacks(visits: Sequence[Visit], count: int, seed: int) -> list[Event]:
    choose = random.Random(seed)
    made: list[Event] = []
    while len(made) < count + WARM_UP:
        again = made and choose.random() < 1 / 3
        made.append(choose.choice(made) if again else _callback(choose.choice(visits), choose))
    return made


def _callback(visit: Visit, choose: random.Random) -> Event:
    group, kind = choose.choice(KINDS)
    moment = int(now().timestamp() * 1000) - choose.randrange(60_000)
    info = {"RoomId": visit.room_id, "EventMsTs": moment, "UserId": f"{FAMILY}{visit.requested_by}"}
    said = {"EventGroupId": group, "EventType": kind, "CallbackTs": moment, "EventInfo": info}
    body = json.dumps(said, indent="\t")
    key = settings().trtc_callback_key.encode()
    sign = base64.b64encode(hmac.new(key, body.encode(), hashlib.sha256).digest()).decode()
    headers = {
        "content-type": "application/json", "sign": sign, "sdkappid": str(settings().trtc_sdk_app_id),
    }  # fmt: skip
    return {"httpMethod": "POST", "path": "/monitor/v1/trtc", "headers": headers, "body": body}


if __name__ == "__main__":
    main()
