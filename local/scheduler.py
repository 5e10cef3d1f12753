"""Runs the timers of serverless.yml by the movable clock, as SCF would: each on its own, late rather than never."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from local import functions
from server import triggers
from shared.clock import in_shanghai, now
from shared.rules.job_names import NOT_ON_A_MOVED_CLOCK

log = logging.getLogger("visits.local")

TICK_S = 0.2


class Scheduler:
    def __init__(self, moved: Callable[[], bool]) -> None:
        self._moved = moved
        self._timers = [(one, one.schedule()) for one in triggers.timers()]
        self._last: dict[str, datetime] = {one.name: in_shanghai(now()) for one, _ in self._timers}
        self._running: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(max_workers=len(self._timers), thread_name_prefix="timer")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._pool.shutdown()

    def _loop(self) -> None:
        while not self._stop.wait(TICK_S):
            self._tick(in_shanghai(now()))

    def _tick(self, moment: datetime) -> None:
        for timer, schedule in self._timers:
            due = schedule.get_next_fire_time(None, self._last[timer.name])
            busy = timer.name in self._running and not self._running[timer.name].done()
            if timer.name in NOT_ON_A_MOVED_CLOCK and self._moved():
                continue
            if due is not None and due <= moment and not busy:
                self._last[timer.name] = moment
                call = _guarded(timer.function, timer.name)
                self._running[timer.name] = self._pool.submit(call)


def _guarded(function: str, name: str) -> Callable[[], None]:
    def call() -> None:
        try:
            functions.call_by_timer(function, name)
        except Exception as error:  # noqa: BLE001 - a failed run is logged; the next tick is the retry
            log.error("timer_failed", extra={"job": name, "error": type(error).__name__})

    return call
