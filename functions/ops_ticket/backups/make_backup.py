"""Timer, every hour: the day's backup, once, whoever comes first; after a failure the next hour tries again, and writes
only the pieces that are not there yet: so a large one gets done in several hours' runs.

Full once a week, otherwise only the pieces that are not yet stored: found by their hashes, so that every changed and
every deleted row is noticed without a column that says when it changed. All tables are read in one snapshot.
"""

import hashlib
import logging
from collections.abc import Set
from datetime import date, timedelta

from sqlalchemy import Connection, Select, Table, Update, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.ops_ticket.backups import rows, store
from functions.ops_ticket.backups.store import Manifest, TableBackup
from shared import erasure, tickets
from shared.clock import in_shanghai, now
from shared.database import compare_and_set, engine, in_transaction
from shared.heartbeats import Unfinished
from shared.ids import new_id
from shared.models.backups import Backup, BackupKind, BackupState
from shared.models.tickets import Severity
from shared.sites import first_site

log = logging.getLogger("visits.backups")

FULL_EVERY = timedelta(days=7)
KEPT = timedelta(days=35)
# Longer than a function may run, shorter than until the next run.
DEAD_AFTER = timedelta(minutes=50)


def make_backup() -> int:
    """1 when a backup was made. Raises Unfinished."""
    _bury_dead()
    backup = _claim()
    if backup is None:
        return 0
    try:
        manifest, size = _write(backup)
    except Exception as error:
        _fail(backup, error=type(error).__name__)
        raise
    _finish(backup, row_count=_row_count(manifest), size=size)
    _drop_old()
    return 1


@in_transaction
def _bury_dead(session: Session) -> None:
    """Those whose process was killed: nobody else can tell of it."""
    began = Backup.started_at < now() - DEAD_AFTER
    for backup in session.scalars(
        select(Backup).where(Backup.state == BackupState.RUNNING, began).with_for_update()
    ):
        _note_failure(session, backup, "unfinished")


def _claim() -> Backup | None:
    """None when today's is done. Raises Unfinished."""
    try:
        return _claim_day(day=in_shanghai(now()).date())
    except IntegrityError as error:
        raise Unfinished from error  # another instance has just begun


@in_transaction
def _claim_day(session: Session, *, day: date) -> Backup | None:
    """Today's row, made or taken over from an instance that failed or died."""
    session.expire_on_commit = False
    mine = session.scalar(select(Backup).where(Backup.day == day))
    if mine is not None and mine.state is BackupState.DONE:
        return None
    if mine is not None:
        return _take_over(session, mine)
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


def _take_over(session: Session, backup: Backup) -> Backup:
    again = _mine(backup, BackupState.FAILED)
    change = again.values(state=BackupState.RUNNING, started_at=now(), tries=backup.tries + 1)
    if not compare_and_set(session, change):
        raise Unfinished
    session.refresh(backup)
    return backup


def _mine(backup: Backup, state: BackupState) -> Update:
    """Whoever took it over has counted a try."""
    return update(Backup).where(
        Backup.id == backup.id, Backup.tries == backup.tries, Backup.state == state
    )


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
            revision = rows.revision(snapshot)
    day = backup.day.isoformat()
    manifest = Manifest(backup.id, backup.kind.value, day, revision, found, rows.schema())
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
    """Pieces that need no writing: those of the last backup in the same folder, and what a try before this one wrote.
    When that backup cannot be read, all are written anew, and the week goes on."""
    last = _last_in(folder=backup.folder)
    try:
        stored = set() if last is None else store.read_manifest(backup.folder, last).digests()
    except store.BackupBroken as error:
        log.error("backup_unreadable", extra={"code": str(error)[:64]})
        return set()
    return stored | store.pieces(backup.folder) if backup.tries > 1 else stored


@in_transaction
def _last_in(session: Session, *, folder: str) -> str | None:
    last = session.scalar(_done().where(Backup.folder == folder).limit(1))
    return None if last is None else last.day.isoformat()


def _row_count(manifest: Manifest) -> int:
    return sum(one.rows for one in manifest.tables.values())


@in_transaction
def _finish(session: Session, backup: Backup, *, row_count: int, size: int) -> None:
    done = {"state": BackupState.DONE, "finished_at": now(), "error": None}
    values = {**done, "row_count": row_count, "bytes_written": size}
    if not compare_and_set(session, _mine(backup, BackupState.RUNNING).values(values)):
        raise Unfinished


@in_transaction
def _fail(session: Session, backup: Backup, *, error: str) -> None:
    mine = session.get_one(Backup, backup.id, with_for_update=True)
    if (mine.tries, mine.state) == (backup.tries, BackupState.RUNNING):
        _note_failure(session, mine, error)


def _note_failure(session: Session, backup: Backup, error: str) -> None:
    backup.state, backup.finished_at, backup.error = BackupState.FAILED, now(), error[:64]
    why = "运行被中断或超出函数的时间限制" if error == "unfinished" else error
    open_alarm(session, "backup_failed", backup, "备份失败", f"原因：{why}。下一小时自动重试。")


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
    """Whole folders: once their last increment is old enough, or when their full backup never came to its end."""
    today = in_shanghai(now()).date()
    kept: Set[str] = set(
        session.scalars(
            select(Backup.folder).where(
                or_(
                    Backup.state.in_((BackupState.DONE, BackupState.RUNNING))
                    & (Backup.day > today - KEPT),
                    Backup.day == today,
                )
            )
        )
    )
    over = select(Backup).where(Backup.state.in_((BackupState.DONE, BackupState.FAILED)))
    for backup in session.scalars(over.with_for_update()):
        if backup.folder not in kept:
            backup.state = BackupState.DELETED
            if backup.kind is BackupKind.FULL:
                erasure.delete_prefix_later(session, backup.folder)
