"""Timer, every hour: the newest backup is restored into a scratch database and read back; a backup unproven is none.

One from before a migration does not fit the tables of this program: the next day's is proven. Two days without a proof,
for whatever reason, are told.

On MySQL and MariaDB the scratch database stands beside the real one, for as long as the drill takes. Its account needs
CREATE and DROP on `<name>_drill`.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from functions.ops_ticket.backups import rows, store
from functions.ops_ticket.backups.make_backup import open_alarm
from functions.ops_ticket.backups.restore import differences, load
from shared.clock import now
from shared.database import engine, in_transaction, make_engine
from shared.models.backups import Backup, BackupState
from shared.models.base import UtcDateTime
from shared.models.every import Base
from shared.settings import settings

log = logging.getLogger("visits.backups")

UNPROVEN = timedelta(days=2)
_COLLATION = "SELECT @@character_set_database, @@collation_database"


class Busy(Exception):
    """Another instance uses the scratch database."""


class Misfit(Exception):
    """The backup is of other tables than this program's."""


def drill() -> int:
    """1 when a backup was proven."""
    _tell_unproven()
    backup = _newest()
    if backup is None or backup.proven_at is not None:
        return 0
    try:
        wrong = _wrong(backup)
    except (Busy, Misfit) as why:
        log.warning("drill_waits", extra={"error": type(why).__name__})
        return 0
    _note(backup_id=backup.id, wrong=wrong)
    return 0 if wrong else 1


def _wrong(backup: Backup) -> str:
    """What does not agree; empty when all does. Raises Busy, Misfit."""
    try:
        manifest = store.read_manifest(backup.folder, backup.day.isoformat())
        if not _fits(manifest):
            raise Misfit
        with scratch() as target:
            load(target, backup.folder, manifest)
            return "、".join(differences(target, manifest))
    except store.BackupBroken as error:
        return str(error)


def _fits(manifest: store.Manifest) -> bool:
    with engine().connect() as connection:
        there = rows.revision(connection)
    return (manifest.schema, manifest.revision) == (rows.schema(), there)


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
def _tell_unproven(session: Session) -> None:
    done = Backup.state == BackupState.DONE
    first, proven = session.execute(
        select(
            func.min(Backup.finished_at, type_=UtcDateTime),
            func.max(Backup.proven_at, type_=UtcDateTime),
        ).where(done)
    ).one()
    newest = session.scalar(select(Backup).where(done).order_by(Backup.day.desc()).limit(1))
    if newest is not None and max(proven or first, first) < now() - UNPROVEN:
        detail = "两天以来没有一份备份通过恢复演练。请查看 drill-restore 的日志和最近的升级。"
        open_alarm(session, "backup_unproven", newest, "恢复演练失败", detail)


@in_transaction
def _note(session: Session, *, backup_id: str, wrong: str) -> None:
    backup = session.get_one(Backup, backup_id)
    if not wrong:
        backup.proven_at = now()
        return
    detail = f"恢复演练不一致：{wrong}。请立即手工备份并检查存储。"
    open_alarm(session, "backup_unproven", backup, "恢复演练失败", detail[:1000])
