from collections.abc import Iterator

import pytest

from local import sample_data
from shared import clock
from tests.databases import Shelf, forget, using
from tests.integration.emulator import Emulator
from tests.integration.world import TestClock, World


@pytest.fixture(scope="package")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One for the package: moto keeps its objects in the process, and other packages start their own."""
    made = Emulator(tmp_path_factory.mktemp("cloud"))
    yield made
    made.close()


@pytest.fixture
def wired(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The settings point at the emulated cloud, which has forgotten what other tests did."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    forget()
    emulator.forget()
    yield emulator
    monkeypatch.undo()
    forget()


@pytest.fixture
def world(wired: Emulator, shelf: Shelf) -> Iterator[World]:
    """The sample data in a fresh database, once on each kind; a clock that moves."""
    with using(shelf.fresh("seeded", _seed)):
        moving = TestClock()
        clock.use(moving.now)
        sample_data.id_photo()  # another test's erasure may have taken it
        yield World(wired, moving)


def _seed() -> None:
    clock.use(TestClock().now)
    sample_data.prepare()
