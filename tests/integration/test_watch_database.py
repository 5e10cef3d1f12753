"""What the database's own statistics say: a slow statement, one without an index, an index that nobody uses."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from functions.ops_ticket import watch_database as module
from functions.ops_ticket.watch_database import findings, watch_database
from local.mariadb import MariaDBMissing, running_mariadb
from shared.database import engine, make_engine
from shared.models.tickets import Ticket, TicketKind
from tests.integration.world import World

TABLES = (
    "CREATE TABLE owner (id INT PRIMARY KEY)",
    "CREATE TABLE note (id INT PRIMARY KEY, owner_id INT, used INT, unused INT, plain INT, word VARCHAR(20), "
    "UNIQUE KEY uq_note_word (word), KEY ix_note_used (used), KEY ix_note_unused (unused), "
    "CONSTRAINT fk_note_owner FOREIGN KEY (owner_id) REFERENCES owner (id))",
    "CREATE TABLE small (id INT PRIMARY KEY, plain INT, KEY ix_small_plain (plain))",
    "INSERT INTO owner VALUES (1)",
    "INSERT INTO note SELECT seq, 1, seq, seq, seq, CONCAT('w', seq) FROM seq_1_to_5000",
    "ANALYZE TABLE note",
)


@pytest.fixture(scope="module")
def watched() -> Iterator[Engine]:
    """A server that keeps statistics; the other tests' keeps none."""
    try:
        with running_mariadb("64M", "--performance-schema=ON") as server:
            made = make_engine(server.create("watched"))
            with made.begin() as connection:
                for statement in TABLES:
                    connection.execute(text(statement))
            yield made
            made.dispose()
    except MariaDBMissing as missing:
        pytest.skip(f"not run on MariaDB: {missing}")


def test_statements_and_indexes_are_found(watched: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with Session(watched) as session:
        for _ in range(module.LEAST_CALLS):
            for column in ("id", "used", "plain"):
                asked = f"SELECT word FROM note WHERE {column} = :secret"
                session.execute(text(asked), {"secret": 4_321}).all()
        assert [one for one in findings(session) if "以来" in one] == [], "too soon to say"
        monkeypatch.setattr(module, "LEAST_DAYS", 0)
        found = findings(session)
        assert len(found) == 2, found
        slow, unused = found
        assert "未使用索引" in slow
        assert f"{module.LEAST_CALLS} 次" in slow
        assert "WHERE `plain` = ?" in slow
        assert "4321" not in slow
        assert unused.endswith("以来未使用的索引：note.ix_note_unused")
        monkeypatch.setattr(module, "SLOW_MS", 1)
        for _ in range(module.LEAST_CALLS):
            session.execute(text("SELECT SLEEP(0.003)")).all()
        assert any("SLEEP" in one for one in findings(session))


def test_one_ticket_a_month(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine().dialect.name != "sqlite":  # this server keeps no statistics
        watch_database()
        assert "performance_schema" in world.one(Ticket).text
        return
    world.timer("ops_ticket", "watch-database")
    assert world.rows(Ticket) == []
    monkeypatch.setattr(module, "findings", lambda session: ["平均 900.0 毫秒，40 次：SELECT ?"])
    assert [watch_database() for _ in range(3)] == [1, 0, 0]
    assert world.one(Ticket).kind is TicketKind.DEFECT
    world.clock.forward(days=31)
    assert watch_database() == 1


@pytest.mark.parametrize("shelf", ["mariadb"], indirect=True)
def test_two_at_once_open_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    meet = Barrier(2)

    def found_by_both(session: Session) -> list[str]:
        with suppress(BrokenBarrierError):
            meet.wait(5)
        return ["平均 900.0 毫秒，40 次：SELECT ?"]

    monkeypatch.setattr(module, "findings", found_by_both)
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(lambda _: watch_database(), range(2)))
    assert sorted(opened) == [0, 1]
    assert len(world.rows(Ticket)) == 1
