"""Fresh databases for tests: migrated once, filled once, then copied or emptied for each test."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from sqlalchemy import Connection, inspect, text

from local import migrate
from local.mariadb import MariaDB, MariaDBMissing
from shared import clock
from shared.database import engine, make_engine
from shared.settings import settings

Fill = Callable[[], None]
Server = TypeVar("Server")

# An engine keeps the SQL of its statements: to compile it anew was a fifth of what a test took.
_kept_engine = cache(make_engine)


@dataclass(frozen=True)
class Template:
    """`filled`: its tables that hold rows."""

    database: str
    filled: list[str]


class Shelf(Protocol):
    """Gives databases; `fill`, run once, is what a fresh one of that `name` holds besides its tables."""

    def fresh(self, name: str = "empty", fill: Fill | None = None) -> str: ...


@contextmanager
def using(url: str) -> Iterator[None]:
    """The process works on `url`; afterwards nothing of it is left, and the clock tells the time again."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        environment.setattr("shared.database.make_engine", _kept_engine)
        forget()
        try:
            yield
        finally:
            engine().dispose()
            clock.use(clock.system_time)
    forget()


@contextmanager
def or_skip(running: AbstractContextManager[Server]) -> Iterator[Server]:
    """What `running` starts; where the machine lacks it, its tests are skipped, and in CI they fail."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(running)
        except MariaDBMissing as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI needs it: {missing}")
            pytest.skip(f"not run on MariaDB: {missing}")
        yield started


def forget() -> None:
    """Whatever is kept for the life of a process and depends on the settings."""
    for cached in (settings, engine):
        cached.cache_clear()


def _prepare(url: str, fill: Fill | None) -> None:
    with using(url):
        migrate.to_newest()
        if fill is not None:
            fill()


def _columns(url: str) -> dict[str, list[str]]:
    """Of every table, those that take a value: a generated column takes none."""
    made = make_engine(url)
    seen = inspect(made)
    found = {
        table: [one["name"] for one in seen.get_columns(table) if "computed" not in one]
        for table in seen.get_table_names()
        if table != "alembic_version"
    }
    made.dispose()
    return found


def _into_one_file(path: Path) -> None:
    """What stands in the write-ahead log would be missing from a copy."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class SqliteShelf:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[str, Path] = {}

    def fresh(self, name: str = "empty", fill: Fill | None = None) -> str:
        if name not in self._templates:
            template = self._folder / f"template-{name}.db"
            _prepare(f"sqlite:///{template}", fill)
            _into_one_file(template)
            self._templates[name] = template
        for left in self._folder.glob("fresh.db*"):
            left.unlink()
        copy = self._folder / "fresh.db"
        shutil.copyfile(self._templates[name], copy)
        return f"sqlite:///{copy}"


class MariaDBShelf:
    """One database for all tests, emptied before each; templates are databases beside it."""

    def __init__(self, server: MariaDB) -> None:
        self._server = server
        self._templates: dict[str, Template] = {}
        self._url = server.create("visits_test")
        _prepare(self._url, None)
        self._columns = _columns(self._url)
        self._engine = make_engine(self._url)

    def fresh(self, name: str = "empty", fill: Fill | None = None) -> str:
        if name not in self._templates:
            database = f"template_{name}"
            _prepare(self._server.create(database), fill)
            with self._engine.begin() as connection:
                self._templates[name] = Template(database, self._filled(connection, database))
        self._refill(self._templates[name])
        return self._url

    def nothing(self, name: str) -> str:
        """A database without tables."""
        return self._server.create(name)

    def _refill(self, template: Template) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
            for table in self._filled(connection, "visits_test"):
                connection.execute(text(f"DELETE FROM `{table}`"))
            for table in template.filled:
                names = ", ".join(f"`{name}`" for name in self._columns[table])
                source = f"SELECT {names} FROM {template.database}.`{table}`"
                connection.execute(text(f"INSERT INTO `{table}` ({names}) {source}"))
        self._engine.dispose()  # a test may kill every connection it finds

    def _filled(self, connection: Connection, database: str) -> list[str]:
        """Tables with rows, by one question: a round trip for each table was most of what a test took."""
        asked = (
            f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM {database}.`{table}`)"
            for table in self._columns
        )
        return list(connection.scalars(text(" UNION ALL ".join(asked))))
