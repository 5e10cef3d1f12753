"""Timer, daily: the next 60 days must stand in the calendar; else an incident asks for the year's import."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import tickets
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.tickets import CalendarDay, Severity
from shared.sites import first_site

AHEAD = 60


@in_transaction
def check_calendar(session: Session) -> int:
    """How many incidents were opened: one a year that is missing."""
    missing = _first_missing(session)
    site_id = first_site(session)
    if missing is None or site_id is None:
        return 0
    opened = tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.III,
        source_key=f"calendar:{missing.year}",
        title=f"{missing.year} 年工作日历未导入",
        text=f"工作日历从 {missing.isoformat()} 起没有数据，这之后的时限按每天工作从严推算。"
        "请按国务院办公厅放假通知导入该年度的放假和调休日期。",
    )
    return int(opened is not None)


def _first_missing(session: Session) -> date | None:
    today = in_shanghai(now()).date()
    wanted = [today + timedelta(days=number) for number in range(AHEAD + 1)]
    known = set(session.scalars(select(CalendarDay.day).where(CalendarDay.day >= today)))
    return next((day for day in wanted if day not in known), None)
