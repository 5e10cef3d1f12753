"""Registered visitors from a CSV file: each bad row is named with its reason, the good ones are in.

    python -m functions.booking.onsite.import_visitors FILE --site 所名或编号

The same file twice changes nothing, so an import that was cut off is simply done again.
"""

import argparse
import base64
import binascii
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from functions.booking.onsite.records import Taken, count, lock_site
from functions.booking.onsite.schemas import VisitorRecord
from functions.booking.onsite.take_visitors import take_visitors
from shared import audit, erasure
from shared.actors import SYSTEM, Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.clock import SHANGHAI
from shared.command_line import explained, run
from shared.csv_rows import CsvRow, read_csv
from shared.database import in_transaction
from shared.errors import BadInput, Reason, Unavailable, UseCaseError, reason
from shared.http.problems import field_reason
from shared.ids import new_id
from shared.models.places import Site

COLUMNS = {
    "登记编号": "record_id",
    "状态": "status",
    "姓名": "name",
    "身份证号码": "id_number",
    "与戒毒人员关系": "kinship",
    "戒毒人员编号": "resident_number",
    "核验时间": "checked_at",
    "核验人": "checked_by",
    "变更时间": "changed_at",
}
STATUSES = {"有效": "active", "撤销": "revoked"}
TIMES = ("checked_at", "changed_at")
TIME = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2}) (\d{1,2}):(\d{2})(?::(\d{2}))?")

CHUNK = 500  # rows a transaction: a site's deliveries wait no longer than for these
MAX_FILE_BYTES = 5_000_000
UPLOAD_SECONDS = 600
CONTENT_TYPE = "text/csv"

Progress = Callable[[int, int], None]


def ask_import_place(*, actor: Actor) -> dict[str, Any]:
    key = f"{_prefix(actor)}{new_id()}.csv"
    url = storage.presigned_put(key, content_type=CONTENT_TYPE, seconds=UPLOAD_SECONDS)
    return {"key": key, "url": url, "content_type": CONTENT_TYPE, "expires_in": UPLOAD_SECONDS}


def import_from(*, actor: Actor, key: str | None, csv_base64: str | None) -> dict[str, Any]:
    """An officer's file, from COS or the request itself. Raises BadInput, Unavailable."""
    assert actor.site_id is not None
    if key is None:
        return import_visitors(actor=actor, site_id=actor.site_id, data=_decoded(csv_base64 or ""))
    report = import_visitors(actor=actor, site_id=actor.site_id, data=_uploaded(actor, key))
    _forget_file(key=key)
    return report


def import_visitors(
    *, actor: Actor, site_id: str, data: bytes, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """The report. Raises BadInput for a file that is none; `progress` is told rows done and rows in all."""
    rows = read_csv(data, COLUMNS)
    taken: list[Taken] = []
    problems: list[dict[str, Any]] = []
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        answers = _import_chunk(actor=actor, site_id=site_id, rows=chunk)
        taken += [one for one, _ in answers if one is not None]
        problems += [
            _problem(row, one, reasons)
            for row, (one, reasons) in zip(chunk, answers, strict=True)
            if reasons
        ]
        progress(start + len(chunk), len(rows))
    refused = len(rows) - len(taken)
    return {"rows": len(rows), **count(taken), "refused": refused, "problems": problems}


Answered = tuple[Taken | None, list[Reason]]


@in_transaction
def _import_chunk(
    session: Session, *, actor: Actor, site_id: str, rows: Sequence[CsvRow]
) -> list[Answered]:
    lock_site(session, site_id)
    read = [_read(row.values) for row in rows]
    records = [one for one in read if isinstance(one, VisitorRecord)]
    answers = iter(take_visitors(session, actor, site_id, records))
    answered = [
        _answered(next(answers)) if isinstance(one, VisitorRecord) else (None, one) for one in read
    ]
    taken = [one for one, _ in answered if one is not None]
    audit.record(
        session, actor, "onsite.imported", "site", site_id, site_id=site_id,
        refused=len(rows) - len(taken), counts=count(taken),
    )  # fmt: skip
    return answered


def _answered(answer: Taken | Reason) -> Answered:
    if isinstance(answer, Reason):
        return None, [answer]
    return answer, [reason("resident_waiting", "resident_number")] if answer.waiting else []


def _read(values: dict[str, str]) -> VisitorRecord | list[Reason]:
    wrong: list[Reason] = []
    given: dict[str, Any] = {**values, "checked_by": values["checked_by"] or None}
    if values["status"] not in STATUSES:
        wrong.append(reason("csv_status_invalid", "status"))
    given["status"] = STATUSES.get(values["status"], "active")
    for name in TIMES:
        given[name] = _moment(values[name])
        if given[name] is None and (values[name] or name == "changed_at"):
            wrong.append(reason("csv_time_invalid", name, column=_column(name)))
            given[name] = None if name == "checked_at" else datetime.min.replace(tzinfo=SHANGHAI)
    if "E+" in values["id_number"].upper():
        return [*wrong, reason("csv_scientific", "id_number")]
    try:
        record = VisitorRecord.model_validate(given)
    except ValidationError as error:
        return [*wrong, *(field_reason(one) for one in error.errors(include_url=False))]
    return wrong or record


def _moment(text: str) -> datetime | None:
    """Local time, as people and spreadsheets write it. (strptime would take a third of an import's time.)"""
    found = TIME.fullmatch(text)
    try:
        return found and datetime(*(int(part or 0) for part in found.groups()), tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def _column(name: str | None) -> str | None:
    return next((column for column, ours in COLUMNS.items() if ours == name), None)


def _problem(row: CsvRow, taken: Taken | None, reasons: Sequence[Reason]) -> dict[str, Any]:
    return {
        "line": row.line,
        # Whatever stands there: somebody may have put a person's number in this column.
        "record_id": row.values["record_id"][:10],
        "taken": taken is not None,
        "reasons": [
            {"column": _column(one.field), "code": one.code, "text": one.text} for one in reasons
        ],
    }


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadInput.of("csv_encoding", "csv_base64") from error


def _prefix(actor: Actor) -> str:
    return f"imports/{actor.id}/"


def _uploaded(actor: Actor, key: str) -> bytes:
    if not key.startswith(_prefix(actor)) or ".." in key:
        raise BadInput.of("import_missing", "key")
    try:
        return storage.read(key, limit=MAX_FILE_BYTES)
    except storage.ObjectMissing as error:
        raise BadInput.of("import_missing", "key") from error
    except storage.ObjectTooLarge as error:
        raise BadInput.of("import_too_large", "key") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error


@in_transaction
def _forget_file(session: Session, *, key: str) -> None:
    """It holds names and numbers of many people, and has served."""
    erasure.delete_later(session, key)


@in_transaction
def _find_site(session: Session, *, name_or_id: str) -> str | None:
    return session.scalar(
        select(Site.id).where(or_(Site.id == name_or_id, Site.name == name_or_id))
    )


def _show_progress(done: int, total: int) -> None:
    full = 30 * done // total
    bar = "█" * full + "·" * (30 - full)
    end = "\n" if done == total else ""
    print(f"\r导入 {bar} {done}/{total} 行", end=end, file=sys.stderr, flush=True)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m functions.booking.onsite.import_visitors",
        description="从文件导入普通会见系统的登记记录，可重复执行；逐行报告没有导入的。",
    )
    parser.add_argument("file", type=Path, metavar="文件")
    parser.add_argument("--site", required=True, metavar="所名", help="所名或编号")
    given = parser.parse_args()
    site_id = _find_site(name_or_id=given.site)
    if site_id is None:
        print(f"没有找到“{given.site}”，请核对所名。", file=sys.stderr)  # noqa: T201
        return 2
    try:
        report = import_visitors(
            actor=SYSTEM, site_id=site_id, data=given.file.read_bytes(), progress=_show_progress
        )
    except (OSError, UseCaseError) as error:
        text = explained(error) if isinstance(error, UseCaseError) else f"无法读取 {given.file}"
        print(text, file=sys.stderr)  # noqa: T201
        return 2
    _print_report(report)
    return 1 if report["refused"] else 0


def _print_report(report: dict[str, Any]) -> None:
    for one in report["problems"]:
        texts = " ".join(
            f"〔{each['column']}〕{each['text']}" if each["column"] else each["text"]
            for each in one["reasons"]
        )
        print(f"第 {one['line']} 行（{one['record_id']}）：{texts}")  # noqa: T201
    print(  # noqa: T201
        "共 {rows} 行：新增 {created}，更新 {updated}，无变化 {unchanged}，已有更新的内容 {older}，"
        "待人员录入 {waiting}，未导入 {refused}。".format(**report)
    )


if __name__ == "__main__":
    run(main)
