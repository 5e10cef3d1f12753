"""CSV files as people export them: UTF-8 or GBK, with or without BOM, with Chinese column names."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import BadInput

ENCODINGS = ("utf-8-sig", "gb18030")  # GB18030 reads every GBK file
MAX_ROWS = 50_000


@dataclass(frozen=True)
class CsvRow:
    """`line` as a spreadsheet numbers it: the header is 1. `values` by our own names, stripped."""

    line: int
    values: dict[str, str]


def read_csv(data: bytes, columns: Mapping[str, str]) -> list[CsvRow]:
    """`columns`: our name by the header's. Blank lines are left out, unknown columns ignored.

    Raises BadInput: encoding, missing columns, no rows, too many.
    """
    reader = csv.DictReader(io.StringIO(_text(data), newline=""))
    headers = [(name or "").strip() for name in reader.fieldnames or []]
    missing = [name for name in columns if name not in headers]
    if missing:
        raise BadInput.of("csv_columns", columns="、".join(missing))
    reader.fieldnames = headers
    rows = [
        CsvRow(reader.line_num, {ours: (row[name] or "").strip() for name, ours in columns.items()})
        for row in reader
        if any(value for value in row.values() if value)
    ]
    if not rows:
        raise BadInput.of("csv_empty")
    if len(rows) > MAX_ROWS:
        raise BadInput.of("csv_too_long", count=MAX_ROWS)
    return rows


def _text(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput.of("csv_encoding")
