"""A year's working days as the State Council announces them: weekdays are worked, but for holidays and make-up days.

    python -m functions.ops_ticket.sla.import_calendar 2027 FILE

FILE is a CSV with the columns `day,worked` (1 or 0) that lists the exceptions only, as migrations/data has them.
Running deadlines on the working calendar are reckoned anew in the same transaction. Days up to today stay as they
are: what has fired by them has fired rightly.
"""

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, ticket_clocks
from shared.actors import SYSTEM, Actor
from shared.clock import in_shanghai, now
from shared.command_line import explained, run
from shared.csv_rows import read_csv
from shared.database import in_transaction
from shared.errors import BadInput, Reason, UseCaseError, raise_if_any, reason
from shared.models.tickets import CalendarDay, Ticket
from shared.rules.ticket_flow import OVER

WORKED = {"1": True, "0": False}
LEAST, MOST = 8, 40  # holidays in a year: fewer or more is a mistake in the file


@in_transaction
def import_calendar(
    session: Session,
    *,
    actor: Actor,
    year: int,
    holidays: Collection[date],
    workdays: Collection[date],
) -> dict[str, Any]:
    """Days changed, and tickets whose deadlines were reckoned anew. Raises BadInput with all reasons."""
    _require_sense(year, holidays, workdays)
    wanted = _days(year, holidays, workdays)
    changed = _write(session, wanted)
    tickets = _arrange_again(session) if changed else 0
    audit.record(session, actor, "calendar.imported", "calendar", str(year), days=changed)
    return {"days": changed, "tickets": tickets}


def _require_sense(year: int, holidays: Collection[date], workdays: Collection[date]) -> None:
    wrong = []
    if any(day.year != year for day in (*holidays, *workdays)):
        wrong.append(reason("calendar_other_year", "holidays", year=year))
    if set(holidays) & set(workdays):
        wrong.append(reason("calendar_both", "workdays"))
    if not LEAST <= len(set(holidays)) <= MOST:
        wrong.append(reason("calendar_holidays", "holidays", least=LEAST, most=MOST))
    raise_if_any(wrong, BadInput)


def _days(year: int, holidays: Collection[date], workdays: Collection[date]) -> dict[date, bool]:
    first = date(year, 1, 1)
    whole = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    exceptions = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    return {day: exceptions.get(day, day.weekday() < 5) for day in whole}


def _write(session: Session, wanted: Mapping[date, bool]) -> int:
    today = in_shanghai(now()).date()
    known = {
        one.day: one
        for one in session.scalars(select(CalendarDay).where(CalendarDay.day >= min(wanted)))
    }
    changed = 0
    for day, worked in wanted.items():
        stored = known.get(day)
        if stored is None:
            session.add(CalendarDay(day=day, worked=worked, changed_at=now()))
        elif stored.worked != worked and day > today:
            stored.worked, stored.changed_at = worked, now()
        else:
            continue
        changed += 1
    session.flush()
    return changed


def _arrange_again(session: Session) -> int:
    running = select(Ticket).where(Ticket.status.not_in(OVER)).order_by(Ticket.id)
    count = 0
    for ticket in session.scalars(running.with_for_update()):
        if ticket_clocks.policy_of(ticket).calendars[ticket.kind.value] == "working":
            ticket_clocks.arrange(session, ticket)
            count += 1
    return count


def read_exceptions(data: bytes) -> dict[date, bool]:
    """Whether each listed day is worked. Raises BadInput with every row that cannot be read."""
    found: dict[date, bool] = {}
    wrong: list[Reason] = []
    for row in read_csv(data, {"day": "day", "worked": "worked"}):
        try:
            day, worked = date.fromisoformat(row.values["day"]), WORKED[row.values["worked"]]
        except (ValueError, KeyError):
            wrong.append(reason("calendar_row", line=row.line))
            continue
        if day in found:
            wrong.append(reason("calendar_row_twice", line=row.line, day=day))
        found[day] = worked
    raise_if_any(wrong, BadInput)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m functions.ops_ticket.sla.import_calendar",
        description="导入一年的放假和调休，重新推算未结工单的时限。样子见 migrations/data/。",
    )
    parser.add_argument("year", type=int, metavar="年份")
    parser.add_argument("file", type=Path, metavar="文件", help="CSV，列：day、worked")
    given = parser.parse_args(arguments)
    try:
        found = read_exceptions(given.file.read_bytes())
        done = import_calendar(
            actor=SYSTEM,
            year=given.year,
            holidays=[day for day, worked in found.items() if not worked],
            workdays=[day for day, worked in found.items() if worked],
        )
    except OSError as error:
        print(f"无法读取 {given.file}：{error.strerror}", file=sys.stderr)  # noqa: T201
        return 2
    except UseCaseError as error:
        print(explained(error), file=sys.stderr)  # noqa: T201
        return 2
    print("更新 {days} 天，重新推算 {tickets} 个工单的时限。".format(**done))  # noqa: T201
    return 0


if __name__ == "__main__":
    run(main)
