"""Tables as rows of plain text, the same for the same data, and back.

Values are taken as the driver gives them: what is sealed stays sealed, so a backup shows no more than the database.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, text

from shared.models.every import Base

MOST_ROWS = 2_000  # a piece: some megabytes at most
CUT_ONE_IN = 1_000  # rows, on average; by a hash of the key, so that a change moves no other cut
FETCHED = 500
# Most of all rows, kept 30 days, of pictures that stand in the bucket: `monitor_hook.rebuild_frames` makes them anew.
LEFT_OUT = {"frame"}


@dataclass(frozen=True)
class Piece:
    """Rows that follow each other by primary key, one a line. `digest` tells whether it is stored already."""

    data: bytes
    rows: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def tables() -> Sequence[Table]:
    """Those that others point at come first."""
    return [one for one in Base.metadata.sorted_tables if one.name not in LEFT_OUT]


def columns(table: Table) -> list[str]:
    """Generated columns take no value."""
    return [one.name for one in table.columns if one.computed is None]


def schema() -> str:
    """A hash of the names of all tables and columns that this program writes."""
    names = {table.name: columns(table) for table in tables()}
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def revision(connection: Connection) -> str:
    """Of the tables in the database, by their migrations."""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def pieces(connection: Connection, table: Table) -> Iterator[Piece]:
    """Streamed: a table of any size needs the memory of one piece."""
    lines: list[bytes] = []
    for key, line in _lines(connection, table):
        lines.append(line)
        if len(lines) >= MOST_ROWS or _cuts(key):
            yield Piece(b"".join(lines), len(lines))
            lines = []
    if lines:
        yield Piece(b"".join(lines), len(lines))


def read(data: bytes) -> list[dict[str, Any]]:
    """The rows of a piece, by column."""
    return [
        {name: _value(value) for name, value in json.loads(line).items()}
        for line in data.splitlines()
    ]


def _lines(connection: Connection, table: Table) -> Iterator[tuple[bytes, bytes]]:
    names, keys = columns(table), [one.name for one in table.primary_key]
    quote = connection.dialect.identifier_preparer.quote
    wanted, order = (", ".join(quote(one) for one in some) for some in (names, keys))
    query = text(f"SELECT {wanted} FROM {quote(table.name)} ORDER BY {order}")  # noqa: S608
    found = connection.execute(
        query, execution_options={"stream_results": True, "yield_per": FETCHED}
    )
    for row in found:
        plain = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        key = json.dumps([plain[one] for one in keys]).encode()
        yield key, json.dumps(plain, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _cuts(key: bytes) -> bool:
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big") % CUT_ONE_IN == 0


def _plain(value: Any) -> Any:
    """JSON's own types as they are; the others as a pair of a mark and text."""
    match value:
        case bytes() | bytearray() | memoryview():
            return ["b", base64.b64encode(bytes(value)).decode()]
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case timedelta():  # a TIME, as PyMySQL gives it
            return ["s", value.total_seconds()]
        case time():
            return ["h", value.isoformat()]
        case Decimal():
            return ["n", str(value)]
        case _:
            return value


_READ: dict[str, Any] = {
    "b": base64.b64decode,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "s": lambda seconds: timedelta(seconds=seconds),
    "h": time.fromisoformat,
    "n": Decimal,
}


def _value(value: Any) -> Any:
    return _READ[value[0]](value[1]) if isinstance(value, list) else value
