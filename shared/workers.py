"""Work in processes of its own, so that it can be cut off, may crash, and runs beside others.

Not `concurrent.futures`: there one job that hangs or crashes takes every other one with it. Not
`multiprocessing.Process` either: it starts the main module again, which a cloud's runtime is not
made for, and needs /dev/shm, which functions often lack. A socket and a subprocess need neither.
"""

import os
import queue
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Answer = TypeVar("Answer")

MODULE = "shared.worker_process"


class WorkerDied(Exception):
    """The process ended by itself: no memory, or a crash in a library. The next job gets a new one."""


class TookTooLong(Exception):
    """The process was ended; whatever it did is lost."""


class AllBusy(Exception):
    """No process came free in time."""


class Worker:
    """One process; jobs go to it one after the other."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", MODULE, str(theirs.fileno())]
            path = {"PYTHONPATH": os.pathsep.join(sys.path)}
            self._process = subprocess.Popen(  # noqa: S603 — our own module
                command, pass_fds=[theirs.fileno()], env=os.environ | path
            )
        self._line = Connection(ours.detach())

    def run(self, job: tuple[Callable[..., Answer], tuple[Any, ...]], seconds: float) -> Answer:
        try:
            self._line.send(job)
            if not self._line.poll(seconds):
                raise TookTooLong
            good, answer = self._line.recv()
        except (EOFError, OSError) as gone:
            raise WorkerDied from gone
        if not good:
            raise answer
        return answer  # type: ignore[no-any-return]

    def end(self) -> None:
        self._line.close()
        self._process.kill()
        self._process.wait()


class Workers:
    """Up to `size` processes, each started when first needed. May be used by many threads."""

    def __init__(self, size: int | None = None) -> None:
        # Last in, first out: a process that has just worked has everything loaded.
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(size or os.cpu_count() or 1):
            self._idle.put(None)

    def run(
        self, function: Callable[..., Answer], *args: Any, seconds: float, wait: float
    ) -> Answer:
        """`function` and `args` travel by pickle. `wait`: seconds to wait for a free process.

        Raises what the function raises, WorkerDied, TookTooLong, AllBusy.
        """
        try:
            worker = self._idle.get(timeout=wait)
        except queue.Empty:
            raise AllBusy from None
        try:
            worker = worker or Worker()
            return worker.run((function, args), seconds)
        except (WorkerDied, TookTooLong):
            if worker:
                worker.end()
            worker = None
            raise
        finally:
            self._idle.put(worker)

    def end(self) -> None:
        """End the processes that are idle; for tests."""
        while not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker:
                worker.end()
