"""Timer, every hour: the day's backup, once, whoever comes first; after a failure the next hour tries again.

Full once a week, otherwise only the pieces that are not yet stored: found by their hashes, so that every changed and
every deleted row is noticed without a column that says when it changed. All tables are read in one snapshot.
"""

import hashlib
import logging
from collections.abc import Set
from datetime import date, timedelta

from sqlalchemy import Connection, Select, Table, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.ops_ticket.backups import rows, store
from functions.ops_ticket.backups.store import Manifest, TableBackup
from shared import erasure, tickets
from shared.clock import in_shanghai, now
from shared.database import compare_and_set, engine, in_transaction
from shared.ids import new_id
from shared.models.backups import Backup, BackupKind, BackupState
from shared.models.tickets import Severity
from shared.sites import first_site

log = logging.getLogger("visits.backups")

FULL_EVERY = timedelta(days=7)
KEPT = timedelta(days=35)
DEAD_AFTER = timedelta(hours=1)  # longer than a function may run


def make_backup() -> int:
    """1 when a backup was made."""
    backup = _claim()
    if backup is None:
        return 0
    try:
        manifest, size = _write(backup)
    except Exception as error:
        _fail(backup_id=backup.id, error=type(error).__name__)
        raise
    _finish(backup_id=backup.id, row_count=_row_count(manifest), size=size)
    _drop_old()
    return 1


def _claim() -> Backup | None:
    try:
        return _claim_day(day=in_shanghai(now()).date())
    except IntegrityError:
        return None  # another instance has just begun


@in_transaction
def _claim_day(session: Session, *, day: date) -> Backup | None:
    """Today's row, made or taken over from an instance that failed or died; None when nothing is to do."""
    session.expire_on_commit = False
    mine = session.scalar(select(Backup).where(Backup.day == day))
    if mine is not None:
        return mine if _take_over(session, mine) else None
    full = session.scalar(_done(BackupKind.FULL).limit(1))
    backup_id = new_id()
    fresh = full is None or full.day + FULL_EVERY <= day
    backup = Backup(
        id=backup_id,
        day=day,
        kind=BackupKind.FULL if fresh else BackupKind.INCREMENTAL,
        state=BackupState.RUNNING,
        folder=f"{store.ROOT}{backup_id}/" if full is None or fresh else full.folder,
        started_at=now(),
    )
    session.add(backup)
    session.flush()
    return backup


def _take_over(session: Session, backup: Backup) -> bool:
    dead = backup.started_at < now() - DEAD_AFTER
    if backup.state is not BackupState.FAILED and not (
        backup.state is BackupState.RUNNING and dead
    ):
        return False
    change = (
        update(Backup)
        .where(Backup.id == backup.id, Backup.tries == backup.tries)
        .values(state=BackupState.RUNNING, started_at=now(), tries=backup.tries + 1)
    )
    return compare_and_set(session, change)


def _done(kind: BackupKind | None = None) -> Select[tuple[Backup]]:
    query = select(Backup).where(Backup.state == BackupState.DONE).order_by(Backup.day.desc())
    return query if kind is None else query.where(Backup.kind == kind)


def _write(backup: Backup) -> tuple[Manifest, int]:
    stored = _stored(backup)
    found: dict[str, TableBackup] = {}
    size = 0
    with engine().connect() as connection:
        snapshot = _with_snapshot(connection)
        with snapshot.begin():
            for table in rows.tables():
                found[table.name], wrote = _write_table(snapshot, table, backup.folder, stored)
                size += wrote
            revision = str(snapshot.scalar(text("SELECT version_num FROM alembic_version")))
    day = backup.day.isoformat()
    manifest = Manifest(backup.id, backup.kind.value, day, revision, found)
    store.write_manifest(backup.folder, manifest)
    return manifest, size


def _with_snapshot(connection: Connection) -> Connection:
    """SQLite has one writer, and its reader holds that place."""
    if connection.dialect.name == "sqlite":
        return connection
    return connection.execution_options(isolation_level="REPEATABLE READ")


def _write_table(
    connection: Connection, table: Table, folder: str, stored: set[str]
) -> tuple[TableBackup, int]:
    whole, digests, count, size = hashlib.sha256(), [], 0, 0
    for piece in rows.pieces(connection, table):
        whole.update(piece.data)
        digests.append(piece.digest)
        count += piece.rows
        if piece.digest not in stored:
            size += store.write_piece(folder, piece.digest, piece.data)
            stored.add(piece.digest)
    return TableBackup(count, whole.hexdigest(), digests), size


def _stored(backup: Backup) -> set[str]:
    """Pieces that the last backup in the same folder has; none for a full one, or when that one cannot be read: then
    all are written anew, and the week goes on."""
    last = _last_in(folder=backup.folder)
    try:
        return set() if last is None else store.read_manifest(backup.folder, last).digests()
    except store.BackupBroken as error:
        log.error("backup_unreadable", extra={"code": str(error)[:64]})
        return set()


@in_transaction
def _last_in(session: Session, *, folder: str) -> str | None:
    last = session.scalar(_done().where(Backup.folder == folder).limit(1))
    return None if last is None else last.day.isoformat()


def _row_count(manifest: Manifest) -> int:
    return sum(one.rows for one in manifest.tables.values())


@in_transaction
def _finish(session: Session, *, backup_id: str, row_count: int, size: int) -> None:
    backup = session.get_one(Backup, backup_id)
    backup.state, backup.finished_at, backup.error = BackupState.DONE, now(), None
    backup.row_count, backup.bytes_written = row_count, size


@in_transaction
def _fail(session: Session, *, backup_id: str, error: str) -> None:
    backup = session.get_one(Backup, backup_id)
    backup.state, backup.finished_at, backup.error = BackupState.FAILED, now(), error[:64]
    open_alarm(session, "backup_failed", backup, "备份失败", f"原因 {error}，下一小时自动重试。")


def open_alarm(session: Session, name: str, backup: Backup, title: str, text: str) -> None:
    """One incident a backup. Told to the first site: the database serves all."""
    site_id = first_site(session)
    log.error(name, extra={"code": backup.error})
    if site_id is not None:
        tickets.open_incident(
            session,
            site_id=site_id,
            severity=Severity.II,
            source_key=f"{name}:{backup.id}",
            title=f"数据库备份：{title}",
            text=f"{backup.day.isoformat()} 的备份（编号 {backup.id}）：{text}",
        )


@in_transaction
def _drop_old(session: Session) -> None:
    """Whole folders, once their last increment is old enough."""
    day = in_shanghai(now()).date() - KEPT
    young: Set[str] = set(session.scalars(select(Backup.folder).where(Backup.day > day)))
    for backup in session.scalars(_done().where(Backup.day <= day)):
        if backup.folder not in young:
            backup.state = BackupState.DELETED
            erasure.delete_prefix_later(session, backup.folder)
