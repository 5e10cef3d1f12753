"""The emulated cloud's memory: one SQLite file, committed before anything is acknowledged."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS doc (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
);
CREATE TABLE IF NOT EXISTS sent (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, recipient TEXT NOT NULL,
    body TEXT NOT NULL, sent_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, line TEXT NOT NULL, label TEXT NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'pending', tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL, error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (line, state, due);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, match TEXT NOT NULL, times INTEGER NOT NULL, kind TEXT NOT NULL,
    code TEXT NOT NULL, seconds REAL NOT NULL
);
"""

Document = dict[str, Any]


class Store:
    """One connection for all threads; `transaction` takes turns and may be nested.

    Nothing slow that itself needs the store (an HTTP call to this same cloud) may be done inside one.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)
        self._turn = threading.RLock()
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The outermost one commits; an exception rolls all of it back."""
        with self._turn:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._db
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._turn:
            return self._db.execute(sql, values).fetchall()

    def put(self, kind: str, key: str, body: Document) -> None:
        with self.transaction() as db:
            db.execute(
                "INSERT INTO doc VALUES (?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(body, ensure_ascii=False)),
            )

    def get(self, kind: str, key: str) -> Document | None:
        found = self.rows("SELECT body FROM doc WHERE kind = ? AND key = ?", kind, key)
        return json.loads(found[0]["body"]) if found else None

    def pop(self, kind: str, key: str) -> Document | None:
        """Take a single-use thing: whoever comes second gets None."""
        with self.transaction() as db:
            body = self.get(kind, key)
            db.execute("DELETE FROM doc WHERE kind = ? AND key = ?", (kind, key))
            return body

    def all(self, kind: str) -> list[tuple[str, Document]]:
        found = self.rows("SELECT key, body FROM doc WHERE kind = ? ORDER BY rowid", kind)
        return [(row["key"], json.loads(row["body"])) for row in found]

    def close(self) -> None:
        with self._turn:
            self._db.close()
