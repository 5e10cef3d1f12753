"""200 clients in 8 processes want one of 20 places. ROUNDS=20 is the full form (issue 3)."""

import json
import os
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert, text

from benchmarks import data
from benchmarks.data import PLACES, Booking
from local import migrate
from local.mariadb import MariaDB
from shared.database import make_engine
from shared.models.people import Relationship
from tests.concurrency.rivals import Answers, Rivals, rivals
from tests.databases import using

CLIENTS, PROCESSES = 200, 8
TWICE = 8
ROUNDS = int(os.environ.get("ROUNDS", "2"))
WALL = "uq_visit_held_slot_id_place"


@pytest.fixture(scope="module")
def url(mariadb: MariaDB) -> str:
    made = mariadb.create("last_places")
    with using(made):
        migrate.to_newest()
        engine = make_engine(made)
        data.add_people(engine, CLIENTS)
        data.add_slots(engine)
        engine.dispose()
    return made


@pytest.fixture(scope="module")
def crowd(url: str) -> Iterator[Rivals]:
    with rivals(url, PROCESSES) as made:
        yield made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = make_engine(url)
    data.forget_bookings(made)
    yield made
    made.dispose()


@pytest.fixture
def without_wall(engine: Engine) -> Iterator[None]:
    """Without the unique key that would refuse a place taken twice: then nothing is left but the lock."""
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE visit DROP INDEX {WALL}"))
    yield
    data.forget_bookings(engine)
    with engine.begin() as connection:
        columns = "(held_slot_id, place)"
        connection.execute(text(f"ALTER TABLE visit ADD UNIQUE INDEX {WALL} {columns}"))


@pytest.fixture
def second_ties(engine: Engine) -> Iterator[None]:
    """The first relatives may visit one more resident each, of somebody who books nothing here."""
    ties = [
        {**data._relationship(data.made_id("site", 0), one), "id": data.made_id("second", one),
         "resident_id": data.made_id("resident", one + 100)}
        for one in range(TWICE)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(Relationship), ties)
    yield
    data.forget_bookings(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM relationship WHERE id LIKE 'second%'"))


def everybody(slot: int) -> list[Booking]:
    return [
        Booking(data.made_id("relative", one), data.made_id("tie", one), data.made_id("slot", slot))
        for one in range(CLIENTS)
    ]


def assert_just_full(engine: Engine, answers: Answers) -> None:
    counted = Counter(status for status, _ in answers)
    assert counted == {201: PLACES, 422: CLIENTS - PLACES}, counted
    refused = [json.loads(body)["errors"] for status, body in answers if status == 422]
    assert all([one["code"] for one in errors] == ["slot_full"] for errors in refused)
    assert (data.booked(engine), data.oversold(engine)) == (PLACES, 0)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_nobody_is_in_two_visits_at_once(
    crowd: Rivals, engine: Engine, second_ties: None, number: int
) -> None:
    """Who visits two residents asks for both at the same moment: the slot has places for both."""
    wanted = [
        Booking(data.made_id("relative", one), data.made_id(tie, one), data.made_id("slot", 0))
        for one in range(TWICE)
        for tie in ("tie", "second")
    ]
    answers = crowd.book(wanted, f"twice-{number}")
    codes = [json.loads(body)["errors"] for status, body in answers if status == 422]
    assert [[one["code"] for one in errors] for errors in codes] == [["relative_busy"]] * TWICE
    assert data.booked(engine) == TWICE


@pytest.mark.parametrize("number", range(ROUNDS))
def test_as_many_as_there_are_places(crowd: Rivals, engine: Engine, number: int) -> None:
    assert_just_full(engine, crowd.book(everybody(number), f"round-{number}"))


@pytest.mark.usefixtures("without_wall")
def test_the_lock_alone_is_enough(crowd: Rivals, engine: Engine) -> None:
    assert_just_full(engine, crowd.book(everybody(30), "lock-only", numbered=False))


def test_the_walls_alone_oversell_nothing(crowd: Rivals, engine: Engine) -> None:
    """Without the lock clients see errors, but never more visits than places."""
    answers = crowd.book(everybody(31), "wall-only", locked=False)
    assert any(status >= 500 for status, _ in answers)
    assert data.oversold(engine) == 0


@pytest.mark.usefixtures("without_wall")
def test_without_either_it_oversells(crowd: Rivals, engine: Engine) -> None:
    """The same as with the lock alone, but for the lock. Or that test would prove nothing."""
    crowd.book(everybody(32), "neither", locked=False, numbered=False)
    assert data.oversold(engine) > 0
