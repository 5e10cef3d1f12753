"""The roster: who is called now at each level of the chain, the shifts of some days, and who may take one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.duty import LEVELS, Book
from shared.errors import BadInput
from shared.models.officers import Officer, OfficerRole
from shared.models.tickets import DutyShift
from shared.rules.sla_policy import Level

LONGEST = timedelta(days=62)


@in_transaction
def show_duty(
    session: Session, *, actor: Actor, since: datetime, until: datetime
) -> dict[str, Any]:
    """Raises BadInput for a period that is none, or longer than two months."""
    assert actor.site_id is not None
    if until <= since:
        raise BadInput.of("period_order", "until")
    if until - since > LONGEST:
        raise BadInput.of("period_too_long", "until", days=LONGEST.days)
    return roster(session, actor.site_id, since, until)


def roster(session: Session, site_id: str, since: datetime, until: datetime) -> dict[str, Any]:
    shifts = session.scalars(
        select(DutyShift)
        .where(DutyShift.site_id == site_id)
        .where(DutyShift.starts_at < until, DutyShift.ends_at > since)
        .order_by(DutyShift.starts_at, DutyShift.level)
    ).all()
    people = takers(session, site_id)
    names = {one.id: one.name for one in _named(session, shifts)}
    return {
        "levels": _levels(session, site_id, shifts),
        "shifts": [
            {**_shift(one), "officer_name": names.get(one.officer_id, "")} for one in shifts
        ],
        "people": people,
    }


def takers(session: Session, site_id: str) -> list[dict[str, Any]]:
    """Who may take shifts, with the highest level each may stand at."""
    rows = session.execute(
        select(Officer.id, Officer.name, OfficerRole.role)
        .join(OfficerRole, OfficerRole.officer_id == Officer.id)
        .where(Officer.site_id == site_id, Officer.active, OfficerRole.role.in_(LEVELS))
    )
    found: dict[str, dict[str, Any]] = {}
    for officer_id, name, role in rows:
        one = found.setdefault(officer_id, {"id": officer_id, "name": name, "level": LEVELS[role]})
        one["level"] = max(one["level"], LEVELS[role])
    return sorted(found.values(), key=lambda one: (one["level"], one["id"]))


def _levels(session: Session, site_id: str, shifts: Sequence[DutyShift]) -> list[dict[str, Any]]:
    """Whose phone rings now; `until` where a shift says so, else it falls to all who hold the role."""
    book = Book(session, [site_id])
    ends: dict[int, datetime] = defaultdict(now)
    for one in shifts:
        if one.starts_at <= now() < one.ends_at:
            ends[one.level] = max(ends[one.level], one.ends_at)
    called = {level: [one.officer_id for one in book.called(site_id, level)] for level in Level}
    return [
        {"level": level, "officer_ids": called[level], "until": ends.get(level)} for level in Level
    ]


def _named(session: Session, shifts: Sequence[DutyShift]) -> Sequence[Officer]:
    """Also those who have left: the roster of last week still tells who it was."""
    ids = {one.officer_id for one in shifts}
    return session.scalars(select(Officer).where(Officer.id.in_(ids))).all() if ids else []


def _shift(one: DutyShift) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in DutyShift.__table__.columns}
