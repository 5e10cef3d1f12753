"""Checks in worker processes: side by side, cut off, and nobody hurt by a neighbour's crash."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from functions.verify_face.local_engine.apart import check_clip_apart, workers
from shared.workers import AllBusy, TookTooLong, WorkerDied, Workers

DO = ("left", "blink")


@pytest.fixture
def two() -> Iterator[Workers]:
    made = Workers(2)
    yield made
    made.end()


def test_a_check_in_a_process_of_its_own(left_blink: bytes, astronaut_card: bytes) -> None:
    result = check_clip_apart(left_blink, astronaut_card, DO)
    assert (result.outcome, len(result.templates)) == ("pass", result.measured["frames_compared"])
    other = check_clip_apart(left_blink, astronaut_card, ("right", "blink"), True)
    assert other.outcome == "pass"
    workers().end()
    workers.cache_clear()


def test_what_is_wrong_comes_back(two: Workers) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        two.run(int, "x", seconds=10, wait=1)
    assert two.run(int, "7", seconds=10, wait=1) == 7


def test_a_crash_hurts_nobody_else(two: Workers) -> None:
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(two.run, time.sleep, 1.0, seconds=10, wait=1)
        with pytest.raises(WorkerDied):
            two.run(os._exit, 9, seconds=10, wait=1)
        assert slow.result() is None
    assert two.run(os.getpid, seconds=10, wait=1) != os.getpid()


def test_what_hangs_is_ended(two: Workers) -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        two.run(time.sleep, 60, seconds=0.5, wait=1)
    assert time.monotonic() - began < 5


def test_too_many_are_turned_away() -> None:
    one = Workers(1)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(one.run, time.sleep, 2.0, seconds=10, wait=1)
        time.sleep(0.5)
        with pytest.raises(AllBusy):
            one.run(int, seconds=1, wait=0.2)
        slow.result()
    one.end()


def test_workers_end_with_the_process_that_started_them() -> None:
    code = (
        "import os; from shared.workers import Workers;"
        "print(Workers(1).run(os.getpid, seconds=10, wait=1), flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    until = time.monotonic() + 10
    while alive(done.stdout.strip()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(done.stdout.strip())


def alive(pid: str) -> bool:
    """A zombie that nobody waits for is over."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
