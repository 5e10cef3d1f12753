"""How far the working calendar reaches, and what is out of the ordinary in a year."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.database import in_transaction
from shared.models.tickets import CalendarDay


@in_transaction
def show_calendar(session: Session, *, year: int) -> dict[str, Any]:
    days = session.scalars(
        select(CalendarDay)
        .where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
        .order_by(CalendarDay.day)
    ).all()
    return {
        "year": year,
        "known": bool(days),
        "known_until": session.scalar(select(func.max(CalendarDay.day))),
        "holidays": [one.day for one in days if not one.worked and one.day.weekday() < 5],
        "workdays": [one.day for one in days if one.worked and one.day.weekday() >= 5],
    }
