"""A backup into a database, every row held against the hashes of the manifest.

    python -m functions.ops_ticket.backups.restore --folder backups/ID/ --day 2026-12-01 --into mysql+pymysql://…

Make the database first with `alembic upgrade REVISION`; the revision is told when another one stands there. What
stands in the tables beside the migrations' own rows is never overwritten.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, func, select, text

from functions.ops_ticket.backups import rows, store
from functions.ops_ticket.backups.store import BackupBroken, Manifest, TableBackup
from shared.database import make_engine
from shared.models.places import Site

CHUNK = 500


class NotEmpty(Exception):
    """Somebody's data stands in the database."""


def load(target: Engine, folder: str, manifest: Manifest) -> int:
    """Rows loaded, in one transaction. Raises BackupBroken, NotEmpty."""
    with target.begin() as connection, _without_checks(connection):
        if connection.scalar(select(func.count()).select_from(Site.__table__)):
            raise NotEmpty
        return sum(
            _load_table(connection, table, folder, manifest.tables[table.name])
            for table in rows.tables()
        )


def differences(target: Engine, manifest: Manifest) -> list[str]:
    """Tables whose rows are not those of the manifest, read back from the database itself."""
    with target.connect() as connection:
        return [
            table.name
            for table in rows.tables()
            if _sha256(connection, table) != manifest.tables[table.name].sha256
        ]


def _load_table(connection: Connection, table: Table, folder: str, wanted: TableBackup) -> int:
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
            raise BackupBroken(store.piece_key(folder, digest))
        found = rows.read(data)
        for start in range(0, len(found), CHUNK):
            connection.execute(insert, found[start : start + CHUNK])
        count += len(found)
    return count


def _sha256(connection: Connection, table: Table) -> str:
    whole = hashlib.sha256()
    for piece in rows.pieces(connection, table):
        whole.update(piece.data)
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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", required=True, help="backups/ID/")
    parser.add_argument("--day", required=True, help="2026-12-01")
    parser.add_argument("--into", required=True, metavar="URL")
    given = parser.parse_args()
    target = make_engine(given.into)
    try:
        return _restore(target, given.folder, given.day)
    except BackupBroken as error:
        print(f"备份损坏或缺失：{error}。没有写入任何数据，请改用前一天的备份。", file=sys.stderr)  # noqa: T201
    except NotEmpty:
        print("目标数据库里已有数据，没有写入。请先建立一个空数据库。", file=sys.stderr)  # noqa: T201
    return 2


def _restore(target: Engine, folder: str, day: str) -> int:
    manifest = store.read_manifest(folder, day)
    with target.connect() as connection:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision != manifest.revision:
        print(  # noqa: T201
            f"备份的表结构版本是 {manifest.revision}，目标是 {revision}。"
            f"请用备份当时的程序执行 alembic upgrade {manifest.revision} 后再恢复。",
            file=sys.stderr,
        )
        return 2
    count = load(target, folder, manifest)
    wrong = differences(target, manifest)
    said = f"不一致的表：{'、'.join(wrong)}" if wrong else "逐行校验一致。"
    print(f"已恢复 {count} 行。{said}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
