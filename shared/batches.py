"""Timers that change many rows: one after the other, or so many at a time, in transactions of their own."""

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from shared.errors import Conflict, Unavailable

Row = TypeVar("Row")
# What no other row would do better at.
AWAY = (OperationalError, Unavailable)
# A CHECK or a trigger of ours that says no is "operational" to PyMySQL as well: the fault of this row alone.
REFUSED_ROW = {4025, 3819, 1644}

log = logging.getLogger("visits.batches")


def each(rows: Iterable[Row], change: Callable[[Row], int | None]) -> int:
    """How many were changed, as `change` counts; one a row where it does not. One where somebody else was first (Conflict)
    counts for nothing; one that fails stops no other, and what it failed of is raised after the last. A database that
    is away stops all."""
    done, failure = 0, None
    for one in rows:
        try:
            count = change(one)
            done += 1 if count is None else count
        except Conflict:
            continue
        except Exception as error:
            if isinstance(error, AWAY) and not _is_of_the_row(error):
                raise
            log.error("row_failed", extra={"row": str(one), "error": type(error).__name__})
            failure = failure or error
    if failure is not None:
        raise failure
    return done


def _is_of_the_row(error: Exception) -> bool:
    said = error.orig.args if isinstance(error, OperationalError) and error.orig else ()
    return bool(said) and said[0] in REFUSED_ROW


def all_of(*steps: Callable[[], int]) -> int:
    """How many in all: a step that fails keeps none of the others waiting."""
    return each(steps, lambda step: step())


def in_time(rows: Iterable[Row], *, seconds: float) -> Iterator[Row]:
    """The first, and those that can be begun before the time is over; a function's own would end in the middle of one."""
    until = time.monotonic() + seconds
    for one in rows:
        yield one
        if time.monotonic() >= until:  # before the next is taken
            return


def in_batches(
    batch: Callable[[], int], *, size: int, rounds: int, seconds: float = math.inf
) -> int:
    """How many in all: `batch` is called until it finds fewer than `size` rows, `rounds` times and for `seconds` at most."""
    done = 0
    for _ in in_time(range(rounds), seconds=seconds):
        count = batch()
        done += count
        if count < size:
            break
    return done
