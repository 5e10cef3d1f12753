"""What every test gets: loopback only, the real clock afterwards; and databases for those that ask."""

import os
from collections.abc import Iterator

import pytest

from local.mariadb import MariaDB, running_mariadb
from shared import clock
from shared.http import counts
from tests import loopback_only
from tests.databases import MariaDBShelf, Shelf, SqliteShelf, or_skip, using

pytest_plugins = ["pytester"]
KINDS = ("sqlite", "mariadb")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

loopback_only.install()
# No test meets a write that the requests of others have brought about.
counts.EVERY_S = float("inf")
for _name in PROXIES:
    os.environ.pop(_name, None)
    os.environ.pop(_name.lower(), None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than a few seconds; `make test` runs it")


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    """Production code catches what a call raises, so the attempt itself is what fails the test."""
    loopback_only.attempts.clear()
    yield
    assert not loopback_only.attempts, f"reached out to {loopback_only.attempts}"


@pytest.fixture(autouse=True)
def _real_clock() -> Iterator[None]:
    yield
    clock.use(clock.system_time)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """One server for the whole session. It may trust the machine not to lose its power: only processes are killed here."""
    with or_skip(running_mariadb("256M", "--debug-no-sync")) as started:
        yield started


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> SqliteShelf:
    return SqliteShelf(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def mariadb_shelf(mariadb: MariaDB) -> MariaDBShelf:
    return MariaDBShelf(mariadb)


@pytest.fixture(params=KINDS)
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Tests that use it, directly or through `database`, run once on each kind."""
    found: Shelf = request.getfixturevalue(f"{request.param}_shelf")
    return found


@pytest.fixture
def database(shelf: Shelf) -> Iterator[str]:
    """The URL of a migrated database without rows; the settings point at it."""
    url = shelf.fresh()
    with using(url):
        yield url
