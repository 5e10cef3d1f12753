"""Bring the database of the settings to the newest migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).parent.parent


def to_newest() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    command.upgrade(config, "head")
