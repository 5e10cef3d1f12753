"""The migrations from nothing to head and back, on both kinds of database."""

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from shared.database import engine
from shared.ids import new_id
from shared.models.every import Base
from shared.models.people import Relative
from tests.conftest import KINDS
from tests.databases import MariaDBShelf, using

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=KINDS)
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """Alembic's configuration for a database without a table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/nothing.db"
    else:
        shelf: MariaDBShelf = request.getfixturevalue("mariadb_shelf")
        url = shelf.nothing(f"nothing_{new_id()}")
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with using(url):
        yield config


def tables() -> set[str]:
    return set(inspect(engine()).get_table_names()) - {"alembic_version"}


def test_upgrade_from_nothing_makes_every_table(nothing: Config) -> None:
    command.upgrade(nothing, "head")
    assert tables() == set(Base.metadata.tables)


def test_the_migrations_make_what_the_models_say(nothing: Config) -> None:
    command.upgrade(nothing, "head")
    command.check(nothing)  # raises when a migration is missing


def test_check_notices_a_difference(nothing: Config) -> None:
    """Otherwise the test above proves nothing."""
    command.upgrade(nothing, "head")
    with engine().begin() as connection:
        connection.execute(text("ALTER TABLE ward DROP COLUMN name"))
    with pytest.raises(Exception, match="New upgrade operations detected"):
        command.check(nothing)


def test_down_to_nothing_and_up_again(nothing: Config) -> None:
    for _ in range(2):
        command.upgrade(nothing, "head")
        command.downgrade(nothing, "base")
        assert tables() == set()


def test_step_by_step_up_and_down(nothing: Config) -> None:
    revisions = list(ScriptDirectory.from_config(nothing).walk_revisions())
    for _ in revisions:
        command.upgrade(nothing, "+1")
    assert tables() == set(Base.metadata.tables)
    for _ in revisions:
        command.downgrade(nothing, "-1")
    assert tables() == set()


def test_upgrading_twice_changes_nothing(nothing: Config) -> None:
    command.upgrade(nothing, "head")
    moment = datetime(2026, 12, 1, 1, 2, 3, 456789, tzinfo=timezone.utc)
    with Session(engine()) as session, session.begin():
        session.add(Relative(openid="openid-1", name="林若云", face_checked_at=moment))
    command.upgrade(nothing, "head")
    with Session(engine()) as session, session.begin():
        kept = session.scalars(select(Relative)).one()
        assert (kept.name, kept.face_checked_at) == ("林若云", moment)


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
