"""How long the monthly report takes, Word and Excel, and whether the same data give the same bytes.

python -m benchmarks.report [--json] [--tickets 2000] [--keep FOLDER]
"""

import argparse
import hashlib
import json
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report_data import add_month
from benchmarks.report_services import add_services
from functions.ops_ticket.reports import monthly
from functions.ops_ticket.reports.month_figures import month_span
from local import migrate
from local.mariadb import running_mariadb
from shared.database import engine, in_transaction
from shared.models.places import Site
from shared.settings import settings

MONTH, ROUNDS = "2026-11", 5
SITE_ID = "s" * 26


def measure(tickets: int, keep: Path | None = None) -> dict[str, Any]:
    """On MariaDB; the first round also loads the libraries, as a cold function does."""
    with running_mariadb() as server:
        os.environ["DATABASE_URL"] = server.create("report")
        settings.cache_clear()
        engine.cache_clear()
        migrate.to_newest()
        with engine().begin() as connection:
            connection.execute(
                Site.__table__.insert(), {"id": SITE_ID, "name": "示例所", "rules": {}}
            )
            add_month(connection, SITE_ID, *month_span(MONTH), tickets)
            add_services(connection, SITE_ID, *month_span(MONTH))
        rounds = [_once() for _ in range(ROUNDS)]
        engine().dispose()
    if keep is not None:
        _keep(keep, rounds[0][1])
    seconds = [took for took, _ in rounds]
    return {
        "tickets": tickets,
        "first_s": round(seconds[0], 2),
        "median_s": round(statistics.median(seconds[1:]), 2),
        "same_bytes": len({_digests(files) for _, files in rounds}) == 1,
        "docx_kb": round(len(rounds[0][1][0]) / 1024),
        "xlsx_kb": round(len(rounds[0][1][1]) / 1024),
    }


def _once() -> tuple[float, tuple[bytes, bytes]]:
    began = time.perf_counter()
    found = in_transaction(monthly.collect)(SITE_ID, MONTH)
    files = monthly.document(found), monthly.annex(found)
    return time.perf_counter() - began, files


def _digests(files: tuple[bytes, bytes]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(one).hexdigest() for one in files)


def _keep(folder: Path, files: tuple[bytes, bytes]) -> None:
    for name, data in zip(("monthly.docx", "monthly.xlsx"), files, strict=True):
        (folder / name).write_bytes(data)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs; else lines")
    parser.add_argument("--tickets", type=int, default=2_000)
    parser.add_argument("--keep", type=Path, help="a folder for the last files, to look at")
    given = parser.parse_args(arguments)
    report = measure(given.tickets, given.keep)
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(f"{name:<12}{value:>12}" for name, value in report.items()))


if __name__ == "__main__":
    main()
