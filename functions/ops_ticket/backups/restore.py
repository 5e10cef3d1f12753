"""A backup into a database, every row held against the hashes of the manifest.

    python -m functions.ops_ticket.backups.restore      (lists the backups)
    python -m functions.ops_ticket.backups.restore --folder backups/ID/ --day 2026-12-01 --into mysql+pymysql://…

Make the database first with `alembic upgrade REVISION`; the revision is told when another one stands there. What
stands in the tables beside the migrations' own rows is never overwritten.
"""

import argparse
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import Connection, Engine, Table, func, inspect, select, text

from functions.ops_ticket.backups import rows, store
from functions.ops_ticket.backups.store import BackupBroken, Manifest, TableBackup
from shared.command_line import run
from shared.database import make_engine
from shared.models.places import Site

CHUNK = 500

Told = Callable[[int], object]


def _untold(_: int) -> None:
    """Nobody watches."""


class NotEmpty(Exception):
    """Somebody's data stands in the database."""


def load(target: Engine, folder: str, manifest: Manifest, *, told: Told = _untold) -> int:
    """Rows loaded, in one transaction; `told` how many more stand. Raises BackupBroken, NotEmpty."""
    with target.begin() as connection, _without_checks(connection):
        if connection.scalar(select(func.count()).select_from(Site.__table__)):
            raise NotEmpty
        return sum(
            _load_table(connection, table, folder, manifest.tables[table.name], told)
            for table in rows.tables()
        )


def differences(target: Engine, manifest: Manifest, *, told: Told = _untold) -> list[str]:
    """Tables whose rows are not those of the manifest, read back from the database itself."""
    with target.connect() as connection:
        return [
            table.name
            for table in rows.tables()
            if _sha256(connection, table, told) != manifest.tables[table.name].sha256
        ]


def _load_table(
    connection: Connection, table: Table, folder: str, wanted: TableBackup, told: Told
) -> int:
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"DELETE FROM {quote(table.name)}"))  # noqa: S608
    names = rows.columns(table)
    into = ", ".join(quote(one) for one in names)
    values = ", ".join(f":{one}" for one in names)
    insert = text(f"INSERT INTO {quote(table.name)} ({into}) VALUES ({values})")  # noqa: S608
    count = 0
    for digest in wanted.digests:
        data = store.read_piece(folder, digest)
        if hashlib.sha256(data).hexdigest() != digest:
            raise BackupBroken(store.piece_key(folder, digest), f"表 {table.name} 的内容与摘要不符")
        found = rows.read(data)
        for start in range(0, len(found), CHUNK):
            connection.execute(insert, found[start : start + CHUNK])
        count += len(found)
        told(len(found))
    return count


def _sha256(connection: Connection, table: Table, told: Told) -> str:
    whole = hashlib.sha256()
    for piece in rows.pieces(connection, table):
        whole.update(piece.data)
        told(piece.rows)
    return whole.hexdigest()


@contextmanager
def _without_checks(connection: Connection) -> Iterator[None]:
    """Some tables point at each other: no order would satisfy every foreign key on the way."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield
        return
    connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
    try:
        yield
    finally:
        connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m functions.ops_ticket.backups.restore",
        description="把一份备份恢复到空数据库，逐行核对；不给参数时列出现有的备份。",
    )
    parser.add_argument("--folder", help="备份所在目录，如 backups/ID/")
    parser.add_argument("--day", help="备份的日期，如 2026-12-01")
    parser.add_argument("--into", metavar="URL", help="目标数据库的地址")
    given = parser.parse_args(arguments)
    if not (given.folder and given.day and given.into):
        return _list()
    try:
        return _restore(make_engine(given.into), given.folder, given.day)
    except BackupBroken as error:
        _say(f"备份损坏或缺失：{error}。目标库没有写入任何数据，请改用另一天的备份。")
    except NotEmpty:
        _say("目标数据库里已有数据，没有写入。请先建立一个空数据库。")
    return 2


def _list() -> int:
    for folder in store.folders():
        click.echo(f"--folder {folder} --day {' | '.join(store.days(folder))}")
    _say("恢复请给出 --folder、--day（其中一天）和 --into。")
    return 0


def _restore(target: Engine, folder: str, day: str) -> int:
    there = store.days(folder)
    if day not in there:
        _say(f"目录 {folder} 里没有 {day} 的备份，有的是：{'、'.join(there) or '无'}。")
        return 2
    manifest = store.read_manifest(folder, day)
    if not _fits(target, manifest) or not _known(manifest):
        return 2
    with click.progressbar(length=_rows(manifest), label="恢复") as bar:
        count = load(target, folder, manifest, told=bar.update)
    with click.progressbar(length=_rows(manifest), label="核对") as bar:
        wrong = differences(target, manifest, told=bar.update)
    said = f"不一致的表：{'、'.join(wrong)}" if wrong else "逐行校验一致。"
    click.echo(f"已恢复 {day} 的备份，{count} 行。{said}")
    return 1 if wrong else 0


def _rows(manifest: Manifest) -> int:
    return sum(one.rows for one in manifest.tables.values())


def _fits(target: Engine, manifest: Manifest) -> bool:
    with target.connect() as connection:
        made = inspect(connection).has_table("alembic_version")
        found = connection.scalar(text("SELECT version_num FROM alembic_version")) if made else None
    if found != manifest.revision:
        _say(
            f"备份的表结构版本是 {manifest.revision}，目标库是 {found or '空的'}。"
            f"请用备份当时的程序对目标库执行 alembic upgrade {manifest.revision} 后再恢复。"
        )
    return bool(found == manifest.revision)


def _known(manifest: Manifest) -> bool:
    if manifest.schema in ("", rows.schema()):
        return True
    _say("备份的表和列与本程序不同。请用备份当时的程序版本执行恢复，再升级。")
    return False


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    run(main)
