"""What the database may do to a transaction at any line, COMMIT among them: one effect, and no error a retry would cure."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pymysql
import pytest
from sqlalchemy import text

from local.mariadb import free_port
from local.sample_people import GUO
from shared import database
from shared.database import engine, make_engine
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.timetable import Slot
from shared.models.visits import Visit
from tests.integration.problems import assert_problem
from tests.integration.steps import book, open_slots, tie_of
from tests.integration.world import World

pytestmark = pytest.mark.parametrize("shelf", ["mariadb"], indirect=True)

KEY = "b3f1c0de-2"
LOST_LOCKS = [1213, 1205, 1020, 1047]
GONE = [2006, 2013]
BOOKING = "INSERT INTO visit "


@dataclass
class Driver:
    """The database's driver, which can be told to fail."""

    failures: list[tuple[str, str, int]] = field(default_factory=list)
    seen: str = ""

    def fail(self, code: int, when: str, *, of: str = BOOKING, times: int = 1) -> None:
        """`when`: "at", "before COMMIT" or "after COMMIT" of a transaction with a statement that contains `of`."""
        self.failures += [(when, of, code)] * times

    def execute(self, statement: str) -> None:
        self.seen += statement
        self._reach("at", statement)

    def _reach(self, when: str, said: str) -> None:
        if self.failures and self.failures[0][0] == when and self.failures[0][1] in said:
            _when, _of, code = self.failures.pop(0)
            self.seen = ""
            raise pymysql.err.OperationalError(code, "arranged by a test")

    def commit(self, real: Any) -> None:
        said, self.seen = self.seen, ""
        self._reach("before COMMIT", said)
        real()
        self._reach("after COMMIT", said)


@pytest.fixture
def driver(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    made, dialect = Driver(), engine().dialect
    execute, commit = dialect.do_execute, dialect.do_commit

    def do_execute(cursor: Any, statement: str, *more: Any) -> None:
        made.execute(statement)
        execute(cursor, statement, *more)

    monkeypatch.setattr(dialect, "do_execute", do_execute)
    monkeypatch.setattr(dialect, "do_commit", lambda one: made.commit(lambda: commit(one)))
    yield made
    assert made.failures == [], "what was arranged never happened"


def assert_one_visit(world: World, slot: Slot) -> None:
    visit = world.one(Visit)
    assert world.one(Slot, id=slot.id).taken == 1
    assert len(world.rows(AuditEvent, subject_id=visit.id)) == 1
    assert len(world.rows(Outbox, dedupe_key=f"visit:{visit.id}:requested")) == 1


@pytest.mark.parametrize("code", [*LOST_LOCKS, *GONE])
@pytest.mark.parametrize("of", ["FROM slot", BOOKING])
def test_a_statement_fails(world: World, driver: Driver, code: int, of: str) -> None:
    slot = open_slots(world)[0]
    driver.fail(code, "at", of=of, times=2)
    assert book(world, slot).status == 201
    assert_one_visit(world, slot)


@pytest.mark.parametrize("code", LOST_LOCKS)
def test_the_commit_is_refused(world: World, driver: Driver, code: int) -> None:
    slot = open_slots(world)[0]
    driver.fail(code, "before COMMIT", times=2)
    assert book(world, slot).status == 201
    assert_one_visit(world, slot)


@pytest.mark.parametrize("code", GONE)
@pytest.mark.parametrize("when", ["before COMMIT", "after COMMIT"])
def test_a_commit_without_an_answer_is_settled_by_its_record(
    world: World, driver: Driver, code: int, when: str
) -> None:
    slot = open_slots(world)[0]
    driver.fail(code, when)
    answer = book(world, slot, key=KEY)
    assert (answer.status, answer.json["id"]) == (201, world.one(Visit).id)
    assert book(world, slot, key=KEY).text == answer.text
    assert_one_visit(world, slot)


@pytest.mark.parametrize("when", ["before COMMIT", "after COMMIT"])
def test_without_a_record_nobody_knows_and_nothing_is_done_twice(
    world: World, driver: Driver, when: str
) -> None:
    slot = open_slots(world)[0]
    driver.fail(2013, when)
    assert_problem(book(world, slot), 503, "outcome_unknown")
    assert len(world.rows(Visit)) == (when == "after COMMIT")


@pytest.mark.parametrize("code", GONE)
def test_what_only_read_is_read_again(world: World, driver: Driver, code: int) -> None:
    slot = open_slots(world)[0]
    driver.fail(code, "after COMMIT", of="SELECT relative.session_generation")
    assert book(world, slot).status == 201
    assert_one_visit(world, slot)


def test_the_database_stays_away(
    world: World, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = open_slots(world)[0]
    monkeypatch.setattr(database, "PATIENCE_S", 0.2)
    driver.fail(1047, "at", times=50)
    assert_problem(book(world, slot), 503, "try_later")
    driver.failures.clear()
    assert world.rows(Visit) == []
    assert book(world, slot).status == 201


def test_connections_that_died_while_nobody_used_them(world: World) -> None:
    """There is no ping before each use: whoever meets a dead one begins again."""
    slot = open_slots(world)[0]
    body = {"relationship_id": tie_of(world), "slot_id": slot.id}
    token = world.relative(GUO.openid)
    killer = make_engine(str(engine().url.render_as_string(hide_password=False)))
    with killer.connect() as connection:
        own = "id <> CONNECTION_ID() AND db = DATABASE()"
        ids = connection.scalars(text(f"SELECT id FROM information_schema.processlist WHERE {own}"))
        for one in list(ids):
            connection.execute(text(f"KILL {one}"))
    killer.dispose()
    assert world.post("/booking/v1/visits", body, token=token).status == 201
    assert_one_visit(world, slot)


def test_a_list_of_nodes(world: World) -> None:
    """The first is down, so connections go to the second."""
    here = engine().url
    nodes = [f"127.0.0.1:{free_port()}", f"{here.host}:{here.port}"]
    url = here.set(host=None, port=None).update_query_dict({"host": nodes})
    made = make_engine(url.render_as_string(hide_password=False))
    with made.connect() as connection:
        assert connection.scalar(text("SELECT DATABASE()")) == here.database
    made.dispose()


def test_a_new_connection_reads_no_certificates_that_verify_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", None)
    made = make_engine(engine().url.render_as_string(hide_password=False))
    with made.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    made.dispose()
