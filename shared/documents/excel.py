"""Excel workbooks: lines above, a row of column names, rows."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.documents.package import plain, reproducible

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sheet:
    """`columns`: name and width in characters."""

    title: str
    head: Sequence[str]
    columns: Mapping[str, int]
    rows: Iterable[Sequence[object]]


def workbook(sheets: Iterable[Sheet], at: datetime) -> bytes:
    """The same to the byte for the same sheets and `at`."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "远程视频会见系统"
    fonts = {bold: Font(name="宋体", size=11, bold=bold) for bold in (False, True)}
    for one in sheets:
        _fill(book.create_sheet(one.title), one, fonts)
    file = io.BytesIO()
    book.save(file)
    return reproducible(file.getvalue(), at)


def _fill(sheet: object, given: Sheet, fonts: Mapping[bool, object]) -> None:
    from openpyxl.utils import get_column_letter

    lines: list[Sequence[object]] = [[one] for one in given.head]
    lines += [[*given.columns], *given.rows]
    bold = {1, len(given.head) + 1}
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            text = isinstance(value, str)
            cell = sheet.cell(number, column, plain(value) if text else value)  # type: ignore[attr-defined,arg-type]
            if text:
                cell.data_type = "s"  # text that begins with = is text
            cell.font = fonts[number in bold]
    for number, width in enumerate(given.columns.values(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width  # type: ignore[attr-defined]
    sheet.freeze_panes = f"A{len(given.head) + 2}"  # type: ignore[attr-defined]
