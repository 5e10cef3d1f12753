"""A timer's rows, one after the other: the worst of them keeps nobody waiting."""

import pymysql
import pytest
from sqlalchemy.exc import OperationalError

from shared.batches import each, in_batches, in_time
from shared.errors import Conflict, Unavailable

CHECKED = OperationalError("", None, pymysql.err.OperationalError(4025, "CONSTRAINT failed"))


@pytest.mark.parametrize("fault", [KeyError("broken"), CHECKED])
def test_one_that_fails_stops_no_other_and_is_told_after_the_last(fault: Exception) -> None:
    changed = []

    def change(one: str) -> None:
        if one == "broken":
            raise fault
        if one == "taken":
            raise Conflict.of("changed_meanwhile")
        changed.append(one)

    assert each(["a", "taken", "b"], change) == 2
    with pytest.raises(type(fault)):
        each(["broken", "c", "broken", "d"], change)
    assert changed == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "away", [OperationalError("", None, Exception()), Unavailable.of("try_later")]
)
def test_without_a_database_it_does_not_go_on(away: Exception) -> None:
    asked = []

    def change(one: str) -> None:
        asked.append(one)
        raise away

    with pytest.raises(type(away)):
        each(["a", "b"], change)
    assert asked == ["a"]


def test_what_is_begun_is_begun_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [0.0]
    monkeypatch.setattr("shared.batches.time.monotonic", lambda: passed[0])

    def change(one: int) -> None:
        passed[0] += 15

    assert each(in_time(range(100), seconds=40), change) == 3

    def batch() -> int:
        passed[0] += 15
        return 10

    assert in_batches(batch, size=10, rounds=100, seconds=40) == 30
