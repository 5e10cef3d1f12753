"""Alembic's entry: the database of the settings, one transaction a migration."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from shared.database import make_engine
from shared.models.base import SealedBytes, SealedText, UtcDateTime
from shared.models.every import Base
from shared.settings import settings


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    with make_engine(settings().database_url).connect() as connection:
        _migrate(connection)
        connection.commit()


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """A migration must not change when a class does: sealed columns are bytes, moments are base's type."""
    if isinstance(item, SealedText | SealedBytes):
        return "sa.LargeBinary(65_535)"
    if isinstance(item, UtcDateTime):
        autogen.imports.add("from shared.models.base import UtcDateTime")
        return "UtcDateTime()"
    return False


def _migrate(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite cannot alter a table in place
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
