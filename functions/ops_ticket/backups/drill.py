"""Timer, daily: the newest backup is restored into a scratch database and read back; a backup unproven is none.

On MySQL and MariaDB the scratch database stands beside the real one, for as long as the drill takes. Its account needs
CREATE and DROP on `<name>_drill`.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from functions.ops_ticket.backups import store
from functions.ops_ticket.backups.make_backup import open_alarm
from functions.ops_ticket.backups.restore import differences, load
from shared.clock import now
from shared.database import engine, in_transaction, make_engine
from shared.models.backups import Backup, BackupState
from shared.models.every import Base
from shared.settings import settings

_COLLATION = "SELECT @@character_set_database, @@collation_database"


class Busy(Exception):
    """Another instance uses the scratch database."""


def drill() -> int:
    """1 when a backup was proven."""
    backup = _newest()
    if backup is None or backup.proven_at is not None:
        return 0
    try:
        wrong = _wrong(backup)
    except Busy:
        return 0
    _note(backup_id=backup.id, wrong=wrong)
    return 0 if wrong else 1


def _wrong(backup: Backup) -> str:
    """What does not agree; empty when all does."""
    try:
        manifest = store.read_manifest(backup.folder, backup.day.isoformat())
        with scratch() as target:
            load(target, backup.folder, manifest)
            return "、".join(differences(target, manifest))
    except store.BackupBroken as error:
        return str(error)


@contextmanager
def scratch() -> Iterator[Engine]:
    """An empty database with the tables of this version; gone afterwards. Raises Busy."""
    if engine().dialect.name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="visits-drill-") as folder:
            yield from _with_tables(make_engine(f"sqlite:///{Path(folder) / 'drill.db'}"))
        return
    url = make_url(settings().database_url)
    name = f"{url.database}_drill"
    with engine().connect() as connection:
        if not connection.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": name}):
            raise Busy
        connection.execute(text(f"DROP DATABASE IF EXISTS `{name}`"))
        # Rows are hashed in the order of their keys, so the order must be the same one.
        sets, order = connection.execute(text(_COLLATION)).one()
        made = f"CREATE DATABASE `{name}` CHARACTER SET {sets} COLLATE {order}"
        connection.execute(text(made))
        try:
            there = url.set(database=name).render_as_string(hide_password=False)
            yield from _with_tables(make_engine(there))
        finally:
            connection.execute(text(f"DROP DATABASE IF EXISTS `{name}`"))
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})


def _with_tables(target: Engine) -> Iterator[Engine]:
    try:
        Base.metadata.create_all(target)
        yield target
    finally:
        target.dispose()


@in_transaction
def _newest(session: Session) -> Backup | None:
    session.expire_on_commit = False
    done = select(Backup).where(Backup.state == BackupState.DONE)
    return session.scalar(done.order_by(Backup.day.desc()).limit(1))


@in_transaction
def _note(session: Session, *, backup_id: str, wrong: str) -> None:
    backup = session.get_one(Backup, backup_id)
    if not wrong:
        backup.proven_at = now()
        return
    detail = f"恢复演练不一致：{wrong}。请立即手工备份并检查存储。"
    open_alarm(session, "backup_unproven", backup, "恢复演练失败", detail[:1000])
