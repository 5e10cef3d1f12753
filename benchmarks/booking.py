"""How many bookings a second the whole stack does, beside the same statements by bare PyMySQL.

    python -m benchmarks.booking [--json] [--rounds 5] [--visits 1000000]

Ratios are of one round: floor and stack take turns on one server, with as many processes each. The floor sends
the very statements that the stack sent, with their parameters, in as many transactions.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from benchmarks import client, data
from benchmarks.client import Lap
from benchmarks.data import Booking
from local import migrate
from local.mariadb import MariaDB, running_mariadb
from shared.database import engine, make_engine
from shared.settings import settings

CLIENTS = 4
PEOPLE = 20_000
BOOKINGS = 1_600  # a round
FEW, MANY = 1_000, 1_000_000
LAYERS = {"pymysql": "replay", "use_case": "use_case", "handler": "book"}


@dataclass
class Result:
    """Rounds of one kind on one database."""

    floor_tps: list[float] = field(default_factory=list)
    use_case_tps: list[float] = field(default_factory=list)
    http_tps: list[float] = field(default_factory=list)
    client_cpu_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    server_cpu_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)
    statements: float = 0.0
    oversold: int = 0

    def as_json(self) -> dict[str, Any]:
        ratios = [http / floor for http, floor in zip(self.http_tps, self.floor_tps, strict=True)]
        cuts = statistics.quantiles(self.seconds, n=100)
        return {
            "floor_tps": round(statistics.median(self.floor_tps)),
            "http_tps": round(statistics.median(self.http_tps)),
            "ratio": round(statistics.median(ratios), 3),
            "p50_ms": round(cuts[49] * 1000, 2),
            "p99_ms": round(cuts[98] * 1000, 2),
            "statements": round(self.statements, 2),
            "oversold": self.oversold,
        }

    def layers(self) -> dict[str, dict[str, float]]:
        """Bookings a second, and how long client and server themselves work on one; each layer holds those before it."""
        rates = {"replay": self.floor_tps, "use_case": self.use_case_tps, "book": self.http_tps}
        return {
            name: {
                "tps": round(statistics.median(rates[task])),
                "client_cpu_ms": round(statistics.median(self.client_cpu_ms[task]), 2),
                "server_cpu_ms": round(statistics.median(self.server_cpu_ms[task]), 2),
            }
            for name, task in LAYERS.items()
        }


class Crowd:
    """`CLIENTS` processes on one database."""

    def __init__(self, url: str, server_pid: int) -> None:
        self.engine: Engine = make_engine(url)
        self._server_pid = server_pid
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        for _ in range(CLIENTS):
            ours, theirs = context.Pipe()
            process = context.Process(target=client.serve, args=(theirs, url), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def round(self, result: Result, bookings: Sequence[Booking], name: str) -> None:
        """The stack, its use case alone, then the floor, each on a database without bookings."""
        shares = [(bookings[number::CLIENTS], f"{name}-{number}") for number in range(CLIENTS)]
        self._ask([("prepare", *share) for share in shares])
        laps = self._lap("book", result, len(bookings))
        result.http_tps.append(_throughput(laps))
        result.seconds += [one for lap in laps for one in lap.seconds]
        result.statements = statistics.mean(lap.statements for lap in laps)
        result.use_case_tps.append(_throughput(self._lap("use_case", result, len(bookings))))
        result.floor_tps.append(_throughput(self._lap("replay", result, len(bookings))))

    def _lap(self, task: str, result: Result, count: int) -> list[Lap]:
        data.forget_bookings(self.engine)
        time.sleep(0.5)  # for the server to purge what was just deleted
        before = _cpu_seconds(self._server_pid)
        laps: list[Lap] = self._ask([(task, time.monotonic() + 0.2)] * CLIENTS)
        server = _cpu_seconds(self._server_pid) - before
        failures = [one for lap in laps for one in lap.failures]
        _require(not failures and data.booked(self.engine) == count, *failures, "bookings missing")
        result.oversold += data.oversold(self.engine)
        result.client_cpu_ms[task].append(sum(lap.cpu for lap in laps) / count * 1000)
        result.server_cpu_ms[task].append(server / count * 1000)
        return laps

    def close(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(10)
        self.engine.dispose()

    def _ask(self, tasks: Sequence[tuple[Any, ...]]) -> list[Any]:
        for pipe, task in zip(self._pipes, tasks, strict=True):
            pipe.send(task)
        return [pipe.recv() for pipe in self._pipes]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs; else a table")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--visits", type=int, default=MANY, help="already in the larger table")
    given = parser.parse_args(arguments)
    report = measure(rounds=given.rounds, many=given.visits)
    print(json.dumps(report, indent=2) if given.json else as_table(report))


def measure(*, rounds: int, many: int) -> dict[str, Any]:
    with ExitStack() as stack:
        server = stack.enter_context(running_mariadb())
        few_url, slots = prepare(server, "few", FEW)
        many_url, _ = prepare(server, "many", many)
        assert server.process is not None
        few = stack.enter_context(_crowd(few_url, server.process.pid))
        large = stack.enter_context(_crowd(many_url, server.process.pid))
        spread, hot = data.bookings(BOOKINGS, slots=slots), data.hot_bookings(BOOKINGS)
        results = {name: Result() for name in ("few", "many", "hot")}
        for crowd in (few, large):
            crowd.round(Result(), spread, "warm-up")
        for number in range(rounds):
            _progress(f"round {number + 1} of {rounds}")
            few.round(results["few"], spread, f"few-{number}")
            large.round(results["many"], spread, f"many-{number}")
            few.round(results["hot"], hot, f"hot-{number}")
        return _report({name: one.as_json() for name, one in results.items()}, results, many)


def _report(shown: dict[str, Any], results: dict[str, Result], many: int) -> dict[str, Any]:
    slower = zip(results["few"].http_tps, results["many"].http_tps, strict=True)
    return {
        **shown["few"],
        "oversold": sum(one.oversold for one in results.values()),
        "growth": round(statistics.median(few / large for few, large in slower), 3),
        "visits_few": FEW,
        "visits_many": many,
        "with_few": shown["few"],
        "with_many": shown["many"],
        "hot_slot": shown["hot"],
        "layers": results["few"].layers(),
        "clients": CLIENTS,
        "cores": os.cpu_count(),
    }


def as_table(report: dict[str, Any]) -> str:
    names = ("floor_tps", "http_tps", "ratio", "p50_ms", "p99_ms", "statements", "oversold")
    rows = {
        f"spread, {report['visits_few']:,} visits": report["with_few"],
        f"spread, {report['visits_many']:,} visits": report["with_many"],
        "one hot slot at a time": report["hot_slot"],
    }
    lines = [" " * 26 + "".join(f"{name:>11}" for name in names)]
    lines += [
        f"{title:<26}" + "".join(f"{row[name]:>11}" for name in names)
        for title, row in rows.items()
    ]
    growth = f"growth: {report['growth']} times as long with {report['visits_many']:,} visits"
    layers = [
        f"{name:<26}{one['tps']:>11}{one['client_cpu_ms']:>15}{one['server_cpu_ms']:>15}"
        for name, one in report["layers"].items()
    ]
    machine = f"{report['clients']} client processes on {report['cores']} cores, durable MariaDB"
    head = f"{'each with those above':<26}{'tps':>11}{'client_cpu_ms':>15}{'server_cpu_ms':>15}"
    return "\n".join([*lines, growth, "", head, *layers, "", machine])


def prepare(server: MariaDB, name: str, visits: int) -> tuple[str, int]:
    """A migrated database with people, slots and `visits` visits; its URL and its number of slots."""
    url = server.create(name)
    _progress(f"filling '{name}': {PEOPLE:,} families, {visits:,} visits")
    os.environ["DATABASE_URL"] = url
    settings.cache_clear()
    engine.cache_clear()
    migrate.to_newest()
    made = make_engine(url)
    with _unsafe_but_fast(made):
        data.add_people(made, PEOPLE)
        data.add_history(made, visits, PEOPLE, _progress)
        slots = data.add_slots(made)
    made.dispose()
    return url, slots


@contextmanager
def _unsafe_but_fast(made: Engine) -> Iterator[None]:
    """Only while filling: what is measured is durable."""
    with made.begin() as connection:
        connection.exec_driver_sql("SET GLOBAL innodb_flush_log_at_trx_commit=0")
    yield
    with made.begin() as connection:
        connection.exec_driver_sql("SET GLOBAL innodb_flush_log_at_trx_commit=1")


@contextmanager
def _crowd(url: str, server_pid: int) -> Iterator[Crowd]:
    crowd = Crowd(url, server_pid)
    try:
        yield crowd
    finally:
        crowd.close()


def _throughput(laps: Sequence[Lap]) -> float:
    elapsed = max(lap.ended for lap in laps) - min(lap.began for lap in laps)
    return sum(len(lap.seconds) for lap in laps) / elapsed


def _cpu_seconds(pid: int) -> float:
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _require(true: bool, *otherwise: str) -> None:
    if not true:
        raise SystemExit(f"not measured: {otherwise[0]}")


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
