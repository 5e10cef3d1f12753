"""The year's person-days for small changes: reserved at the sign-off, committed when done, released when refused.

All of a change counts in the year that reserved it: what December promised takes nothing of the next year's.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.errors import Refused
from shared.models.person_days import PersonDayEntry, PersonDayEntryKind, PersonDayYear
from shared.models.tickets import Ticket, TicketKind, TicketStatus

MOST = 100  # hundredths: one person-day a change [2].3
ALLOWED = 3000  # thirty person-days a year [2].3
Kind = PersonDayEntryKind
WORKED = (TicketStatus.RESOLVED, TicketStatus.CLOSED)


def follow(session: Session, actor: Actor, ticket: Ticket, name: str, days: int | None) -> None:
    """What an action on a change means for the ledger. Raises Refused when the year has too little left."""
    if ticket.kind is not TicketKind.CHANGE:
        return
    if name == "estimate":
        ticket.estimated = days
    elif name == "sign_off":
        _write(session, actor, ticket, Kind.RESERVE, ticket.estimated or 0)
    elif name == "complete":
        _write(session, actor, ticket, Kind.COMMIT, (days or 0) - _written(session, ticket))
    elif name == "refuse":
        _write(session, actor, ticket, Kind.RELEASE, -_written(session, ticket))


def year_of(session: Session, site_id: str, year: int) -> int:
    """What the contract allows in that year, in hundredths."""
    known = session.get(PersonDayYear, (site_id, year))
    return ALLOWED if known is None else known.allowed


@in_transaction
def show_person_days(session: Session, *, actor: Actor) -> dict[str, Any]:
    """This year's, in person-days: what is promised and not done, what was worked, what is left, and for which changes."""
    year = in_shanghai(now()).year
    assert actor.site_id is not None
    allowed = year_of(session, actor.site_id, year)
    changes = _changes(session, actor.site_id, year)
    worked = sum(days for ticket, days in changes if ticket.status in WORKED)
    used = sum(days for _, days in changes)
    return {
        "year": year,
        "allowed": allowed / 100,
        "used": used / 100,
        "reserved": (used - worked) / 100,
        "committed": worked / 100,
        "left": (allowed - used) / 100,
        "changes": [
            {"ticket_id": one.id, "title": one.title, "status": one.status, "days": days / 100}
            for one, days in changes
        ],
    }


def _changes(session: Session, site_id: str, year: int) -> list[tuple[Ticket, int]]:
    """The newest first; a refused one counts for nothing."""
    written = (
        select(PersonDayEntry.ticket_id, func.sum(PersonDayEntry.amount).label("days"))
        .where(PersonDayEntry.site_id == site_id, PersonDayEntry.year == year)
        .group_by(PersonDayEntry.ticket_id)
        .subquery()
    )
    query = select(Ticket, written.c.days).join(written, written.c.ticket_id == Ticket.id)
    counted = query.where(written.c.days != 0).order_by(Ticket.reported_at.desc(), Ticket.id)
    return [(ticket, int(days)) for ticket, days in session.execute(counted)]


def left(session: Session, site_id: str, year: int) -> PersonDayYear:
    """The year's row, made when it is first needed and locked: what is read stays true until the commit."""
    key = (site_id, year)
    if session.get(PersonDayYear, key) is None:
        try:
            with session.begin_nested():
                session.add(PersonDayYear(site_id=key[0], year=key[1], allowed=ALLOWED, used=0))
        except IntegrityError:
            pass  # another instance made it meanwhile
    return session.get_one(PersonDayYear, key, with_for_update=True, populate_existing=True)


def _write(session: Session, actor: Actor, ticket: Ticket, kind: Kind, amount: int) -> None:
    if amount == 0:
        return
    year = left(session, ticket.site_id, _year(session, ticket))
    if year.used + amount > year.allowed:
        rest = (year.allowed - year.used) / 100
        raise Refused.of("person_days_used_up", year=year.year, rest=f"{rest:.2f}")
    year.used += amount
    session.add(
        PersonDayEntry(
            site_id=ticket.site_id,
            year=year.year,
            ticket_id=ticket.id,
            kind=kind,
            amount=amount,
            made_by=actor.id,
        )
    )


def _year(session: Session, ticket: Ticket) -> int:
    """The one that reserved it, else this one."""
    reserved = select(PersonDayEntry.year).where(PersonDayEntry.ticket_id == ticket.id)
    return session.scalar(reserved.limit(1)) or in_shanghai(now()).year


def _written(session: Session, ticket: Ticket) -> int:
    total = select(func.sum(PersonDayEntry.amount)).where(PersonDayEntry.ticket_id == ticket.id)
    return int(session.scalar(total) or 0)
