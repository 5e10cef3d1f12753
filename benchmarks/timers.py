"""Deadlines that fire once: what an empty tick costs, how many fire a second, and what is lost under fire.

    python -m benchmarks.timers [--json] [--timers 10000] [--kills 500] [--restarts 20]

Under fire: eight workers fire and send while one of them is killed every few moments, the database is killed and
started again, and the receiver fails a fifth of all calls, half of those after having taken the message. Counted is
what the emulated WeCom, which drops byte-identical repetitions as the real one does, put before its readers.
"""

import argparse
import json
import multiprocessing
import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks import timer_data
from functions.ops_ticket.fire_deadlines import fire_deadlines
from local import migrate
from local.mariadb import MariaDB, running_mariadb
from shared import message_senders, outbox
from shared.clients import wecom  # noqa: F401 - loaded before the workers are forked
from shared.clock import now
from shared.database import engine, make_engine
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Timer, TimerState
from shared.settings import settings

FEW, MANY = 1_000, 1_000_000
ROUNDS, CALLS = 7, 40
FIRING, WORKERS = 4, 8
SPREAD = timedelta(seconds=100)
FAILING = 0.2
LIMIT_S = 1_500
CODE = re.compile(r"工单：(t\d{25}-\w+-\d+-\d+)")


def measure(*, timers: int, kills: int, restarts: int) -> dict[str, Any]:
    with running_mariadb() as server:
        report: dict[str, Any] = empty_ticks(server)
        report["fired_per_s"] = firing(server, timers)
        return report | under_fire(server, timers, kills, restarts)


def empty_ticks(server: MariaDB) -> dict[str, float]:
    """Median of a tick with nothing due, beside few and beside many timers, in turns."""
    urls = {name: _prepared(server, name) for name in ("few", "many")}
    timer_data.add_old_timers(_use(urls["few"]), FEW)
    timer_data.add_old_timers(_use(urls["many"]), MANY)
    seen: dict[str, list[float]] = {"few": [], "many": []}
    for number in range(ROUNDS + 1):
        for name, url in urls.items():
            _use(url)
            fire_deadlines()
            took = [_timed_tick() for _ in range(CALLS)]
            if number:  # the first round warms up
                seen[name].append(statistics.median(took))
    few, many = statistics.median(seen["few"]), statistics.median(seen["many"])
    ratios = [m / f for f, m in zip(seen["few"], seen["many"], strict=True)]
    growth = statistics.median(ratios)
    return {"empty_ms_1k": round(few, 3), "empty_ms_1m": round(many, 3), "growth": round(growth, 3)}


def firing(server: MariaDB, timers: int) -> float:
    """Steps fired a second by four workers when all are due at once; sending is not counted."""
    url = _prepared(server, "firing")
    made = _use(url)
    first_at = now() - timedelta(minutes=1)
    timer_data.add_due_tickets(made, timers, first_at=first_at, over=timedelta(seconds=30))
    began = time.perf_counter()
    workers = [_fork(_fire_all, url) for _ in range(FIRING)]
    for one in workers:
        one.join()
    seconds = time.perf_counter() - began
    with made.connect() as connection:
        fired = select(func.count()).select_from(Timer).where(Timer.state == TimerState.FIRED)
        count = connection.scalar(fired)
    if count != timers:
        raise SystemExit(f"not measured: {count} of {timers} fired")
    return round(timers / seconds)


def under_fire(server: MariaDB, timers: int, kills: int, restarts: int) -> dict[str, Any]:
    url = _prepared(server, "fire")
    timer_data.add_due_tickets(_use(url), timers, first_at=now(), over=SPREAD)
    folder = Path(tempfile.mkdtemp(prefix="visits-timers-"))
    receiver = Receiver(folder)
    os.environ["WECOM_BASE_URL"] = receiver.url
    began = time.monotonic()
    done = _fight(server, url, timers, kills, restarts)
    read = Counter(code for text in receiver.texts() for code in CODE.findall(text))
    receiver.close()
    first = [code for code in read if code.endswith("-response-1-0")]
    return {
        "timers": timers,
        "lost": timers - len(first),
        "doubled": sum(count - 1 for count in read.values()),
        **done,
        "refused_calls": receiver.refused,
        "seconds": round(time.monotonic() - began),
    }


def _fight(server: MariaDB, url: str, timers: int, kills: int, restarts: int) -> dict[str, int]:
    """Kill and restart until the numbers are reached and everything due is sent."""
    workers = [_fork(_work, url) for _ in range(WORKERS)]
    killed = restarted = 0
    began = time.monotonic()
    while time.monotonic() - began < LIMIT_S:
        time.sleep(0.15)
        if killed < kills:
            killed += _kill_one(workers, url)
        if restarted < restarts and killed * restarts >= kills * (restarted + 1):
            server.stop(kill=True)
            server.start()
            restarted += 1
            _progress(f"{killed} kills, {restarted} restarts")
        if killed >= kills and restarted >= restarts and _all_sent(url, timers):
            break
    for one in workers:
        one.kill()
        one.join()
    return {"kills": killed, "restarts": restarted}


def _kill_one(workers: list[BaseProcess], url: str) -> int:
    number = random.randrange(len(workers))
    process = workers[number]
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    workers[number] = _fork(_work, url)
    return 1


def _all_sent(url: str, timers: int) -> bool:
    """Every ticket's first step has fired and its message is out; later steps come as long as tickets live."""
    made = make_engine(url)
    first = select(func.count(), func.max(Timer.fired_at)).where(
        Timer.state == TimerState.FIRED, Timer.step == 0
    )
    waiting = select(func.count()).where(Outbox.state == OutboxState.WAITING)
    try:
        with made.connect() as connection:
            fired, last = connection.execute(first).one()
            if fired < timers:
                return False
            return not connection.scalar(waiting.where(Outbox.created_at <= last))
    finally:
        made.dispose()


def _fire_all(url: str) -> None:
    _use(url)
    while fire_deadlines():
        pass


def _work(url: str) -> None:
    """One instance: fires and sends until it is killed; while the database is away it tries again."""
    _use(url)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while True:
        try:
            idle = not (fire_deadlines() + outbox.deliver(message_senders.SENDERS))
        except Exception:  # noqa: BLE001 - SCF would log it and call again
            idle = True
        if idle:
            time.sleep(0.1)


class Receiver:
    """The emulated WeCom in a process of its own, failing to order."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_receive, args=(theirs, folder), daemon=True)
        self._process.start()
        self.url: str = self._pipe.recv()
        self.refused = 0

    def texts(self) -> list[str]:
        self._pipe.send("texts")
        found, self.refused = self._pipe.recv()
        return list(found)

    def close(self) -> None:
        self._process.kill()
        self._process.join()


def _receive(pipe: Connection, folder: Path) -> None:
    import threading

    from werkzeug.serving import make_server

    from local.cloud import Cloud
    from local.cloud.cos import Quiet

    cloud = Cloud(
        folder,
        settings=settings(),
        callback_url="http://127.0.0.1:9/never-called",
        on_object_created=lambda _event: None,
    )
    flaky = Flaky(cloud.app)
    server = make_server("127.0.0.1", 0, flaky, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(f"http://127.0.0.1:{server.port}/wecom/cgi-bin")
    while pipe.recv():
        rows = cloud.store.rows("SELECT body FROM sent WHERE channel = 'wecom'")
        pipe.send(([_words(json.loads(row["body"])) for row in rows], flaky.failed))


def _words(body: dict[str, Any]) -> str:
    return str(body["textcard"]["description"] if "textcard" in body else body["text"]["content"])


class Flaky:
    """A WSGI layer: of all messages a fifth is failed, half of these after they were taken."""

    def __init__(self, app: Any) -> None:
        self._app, self.failed = app, 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/message/send") or random.random() >= FAILING:
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        self.failed += 1
        if random.random() < 0.5:
            list(self._app(environ, lambda *_: None))
        start_response("502 Bad Gateway", [("Content-Type", "text/plain")])
        return [b"bad gateway"]


def _fork(target: Any, url: str) -> BaseProcess:
    """A worker with everything imported already, so that it can be killed often."""
    process = multiprocessing.get_context("fork").Process(target=target, args=(url,), daemon=True)
    process.start()
    return process


def _prepared(server: MariaDB, name: str) -> str:
    url = server.create(name)
    _progress(f"preparing '{name}'")
    made = _use(url)
    migrate.to_newest()
    timer_data.add_sites(made)
    return url


def _use(url: str) -> Any:
    os.environ["DATABASE_URL"] = url
    settings.cache_clear()
    engine.cache_clear()
    return engine()


def _timed_tick() -> float:
    began = time.perf_counter()
    fire_deadlines()
    return (time.perf_counter() - began) * 1000


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs; else lines")
    parser.add_argument("--timers", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--restarts", type=int, default=20)
    given = parser.parse_args(arguments)
    report = measure(timers=given.timers, kills=given.kills, restarts=given.restarts)
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(f"{name:<16}{value:>12}" for name, value in report.items()))


if __name__ == "__main__":
    main()
