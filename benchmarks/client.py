"""One client process: books through the real handler, and does the same statements again by bare PyMySQL."""

import gc
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import pymysql
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from benchmarks.data import Booking

RETRYABLE = (1213, 1205)

# What one booking sent to the database: a statement, its parameters, whether these are many; or a COMMIT.
Step = tuple[str, Any, bool]
COMMIT: Step = ("COMMIT", (), False)


@dataclass(frozen=True)
class Lap:
    """When this process worked (`time.monotonic`, the same for all processes) and how long each booking took."""

    began: float
    ended: float
    seconds: list[float]
    failures: list[str]
    cpu: float  # seconds this process itself worked, all bookings together
    statements: float = 0.0


def serve(pipe: Connection, url: str) -> None:
    """Carry out what the parent asks for, until it says so."""
    os.environ["DATABASE_URL"] = url
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # log lines are made, and read by nobody
    client = Client(url)
    tasks: dict[str, Callable[..., Any]] = {
        "prepare": client.prepare, "book": client.book, "use_case": client.use_case, "replay": client.replay,
    }  # fmt: skip
    while (task := pipe.recv()) is not None:
        name, *arguments = task
        pipe.send(tasks[name](*arguments))


class Client:
    def __init__(self, url: str) -> None:
        from functions.booking.handler import main
        from shared.database import engine

        self._handler, self._url = main, url
        self._bookings: list[tuple[Booking, str]] = []
        self._events: list[dict[str, Any]] = []
        self._recording: list[list[Step]] = []
        _record(engine(), self._recording)

    def prepare(self, bookings: Sequence[Booking], name: str) -> None:
        """Events as a function URL sends them, each with a session token and an Idempotency-Key of its own."""
        self._bookings = [(one, f"{name}-{number:06d}") for number, one in enumerate(bookings)]
        self._events = [event_of(one, key) for one, key in self._bookings]

    def book(self, start_at: float) -> Lap:
        self._recording.clear()

        def one(event: dict[str, Any]) -> str | None:
            self._recording.append([])
            answer = self._handler(event, None)
            return None if answer["statusCode"] == 201 else answer["body"]

        lap = _run(one, self._events, start_at)
        count = sum(step is not COMMIT for steps in self._recording for step in steps)
        return replace(lap, statements=count / len(self._events))

    def use_case(self, start_at: float) -> Lap:
        """The same bookings without HTTP, and without looking up whose session it is."""
        from functions.booking.request_visit import request_visit
        from shared.actors import Actor

        def one(booking: tuple[Booking, str]) -> None:
            self._recording.append([])
            wanted, key = booking
            request_visit(
                actor=Actor("relative", wanted.relative_id),
                relationship_id=wanted.relationship_id,
                slot_id=wanted.slot_id,
                idempotency_key=key,
            )

        recorded = list(self._recording)
        lap = _run(one, self._bookings, start_at)
        self._recording[:] = recorded
        return lap

    def replay(self, start_at: float) -> Lap:
        """What `book` recorded, on a database that looks as it did then."""
        connection = _connect(self._url)
        try:
            return _run(lambda steps: _do(connection, steps), list(self._recording), start_at)
        finally:
            connection.close()


def _run(one: Callable[[Any], str | None], tasks: Sequence[Any], start_at: float) -> Lap:
    gc.collect()
    time.sleep(max(0.0, start_at - time.monotonic()))
    began, began_cpu, seconds, failures = time.monotonic(), time.process_time(), [], []
    for task in tasks:
        before = time.perf_counter()
        failure = one(task)
        seconds.append(time.perf_counter() - before)
        if failure is not None:
            failures.append(failure)
    return Lap(began, time.monotonic(), seconds, failures, time.process_time() - began_cpu)


def _record(engine: Engine, recording: list[list[Step]]) -> None:
    """Note every statement with its parameters; a transaction that was rolled back did not happen.

    Between SQLAlchemy and the driver, and not by events: those would slow the stack down and not the floor.
    """
    dialect, pending = engine.dialect, list[Step]()
    execute, execute_many = dialect.do_execute, dialect.do_executemany
    commit, roll_back = dialect.do_commit, dialect.do_rollback

    def do_execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        pending.append((statement, parameters, False))
        execute(cursor, statement, parameters, context)

    def do_execute_many(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        pending.append((statement, parameters, True))
        execute_many(cursor, statement, parameters, context)

    def do_commit(connection: Any) -> None:
        commit(connection)
        recording[-1].extend([*pending, COMMIT])
        pending.clear()

    def do_rollback(connection: Any) -> None:
        roll_back(connection)
        pending.clear()

    dialect.do_execute, dialect.do_executemany = do_execute, do_execute_many  # type: ignore[method-assign]
    dialect.do_commit, dialect.do_rollback = do_commit, do_rollback  # type: ignore[method-assign]


def _do(connection: "pymysql.Connection[Any]", steps: Sequence[Step]) -> str | None:
    try:
        with connection.cursor() as cursor:
            for step in steps:
                if step is COMMIT:
                    connection.commit()
                    continue
                statement, parameters, many = step
                execute = cursor.executemany if many else cursor.execute
                execute(statement, parameters)
                if cursor.description:
                    cursor.fetchall()
    except pymysql.err.OperationalError as error:
        connection.rollback()
        if error.args[0] in RETRYABLE:
            return _do(connection, steps)
        return str(error.args[0])
    return None


def _connect(url: str) -> "pymysql.Connection[Any]":
    parts = make_url(url)
    return pymysql.connect(
        host=parts.host or "",
        port=parts.port or 0,
        user=parts.username or "",
        database=parts.database,
        charset="utf8mb4",
        autocommit=False,
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    )


def event_of(booking: Booking, key: str) -> dict[str, Any]:
    from shared.http.sessions import make_token

    body = {"relationship_id": booking.relationship_id, "slot_id": booking.slot_id}
    return {
        "body": json.dumps(body),
        "headers": {
            "authorization": f"Bearer {make_token('relative', booking.relative_id, 0)}",
            "content-type": "application/json",
            "host": "visits.example",
            "idempotency-key": key,
            "user-agent": "MicroMessenger",
            "x-scf-remote-addr": "203.0.113.7",
        },
        "httpMethod": "POST",
        "path": "/booking/v1/visits",
        "queryString": {},
    }
