"""Figures of a period by ward and by day: contacts, refusals, waiting time, no-shows, alerts. Only of what is in scope."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from functions.approve.platform.sql_time import local_day, seconds_between
from shared import audit, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput
from shared.models.calls import CallResult, PhoneCall
from shared.models.onsite import OnsiteVisit, OnsiteVisitStatus
from shared.models.people import Resident
from shared.models.places import Site, Ward
from shared.models.rooms import Alert
from shared.models.visits import Visit, VisitStatus

LONGEST = timedelta(days=366)
# Every name a line of figures has.
COUNTS = ("requested", "completed", "refused", "cancelled", "no_shows", "alerts", "onsite", "calls")
Line = dict[str, Any]


@in_transaction
def show_figures(
    session: Session, *, actor: Actor, since: datetime, until: datetime
) -> dict[str, Any]:
    """Contacts that begin within the period. Raises as `require_period`."""
    require_period(since, until)
    found = figures(session, actor, since, until)
    audit.record(session, actor, "figures.read", "site", actor.site_id or "")
    return found


def require_period(since: datetime, until: datetime) -> None:
    """Raises BadInput when it is upside down or longer than a year."""
    if since >= until:
        raise BadInput.of("period_order", "until")
    if until - since > LONGEST:
        raise BadInput.of("period_too_long", "since", days=LONGEST.days)


def figures(session: Session, actor: Actor, since: datetime, until: datetime) -> dict[str, Any]:
    names = _wards(session, actor)
    by_ward = _lines(session, actor, since, until, by_day=False)
    wards = [
        {"ward_id": ward_id, "ward": name, **by_ward.get(ward_id, _empty())}
        for ward_id, name in names.items()
    ]
    by_day = _lines(session, actor, since, until, by_day=True)
    return {
        "site": session.get_one(Site, actor.site_id).name,
        "since": since,
        "until": until,
        "total": _total(wards),
        "wards": wards,
        "days": [{"day": day, **line} for day, line in sorted(by_day.items())],
    }


def _wards(session: Session, actor: Actor) -> dict[str, str]:
    query = select(Ward.id, Ward.name).where(Ward.site_id == actor.site_id).order_by(Ward.id)
    if actor.ward_ids:
        query = query.where(Ward.id.in_(actor.ward_ids))
    return {row.id: row.name for row in session.execute(query)}


def _lines(
    session: Session, actor: Actor, since: datetime, until: datetime, *, by_day: bool
) -> dict[Any, Line]:
    """By ward or by local day."""
    lines: dict[Any, Line] = defaultdict(_empty)
    for query, at in (_visits(), _alerts(), _onsite(), _calls()):
        group = local_day(at) if by_day else Resident.ward_id
        inside = scope.of_residents(actor, query).where(at >= since, at < until)
        for row in session.execute(inside.add_columns(group.label("of")).group_by(group)):
            values = dict(row._mapping)
            lines[values.pop("of")] |= {name: value or 0 for name, value in values.items()}
    return dict(lines)


def _visits() -> tuple[Select[Any], Any]:
    status = Visit.status
    wait = seconds_between(Visit.requested_at, Visit.decided_at)
    query = select(
        func.count().label("requested"),
        _sum(status.in_((VisitStatus.COMPLETED, VisitStatus.TERMINATED))).label("completed"),
        _sum(status == VisitStatus.REJECTED).label("refused"),
        _sum(status == VisitStatus.CANCELLED).label("cancelled"),
        _sum(status == VisitStatus.NO_SHOW).label("no_shows"),
        func.count(Visit.decided_at).label("decided"),
        func.sum(wait).label("waited_seconds"),
    ).join(Resident, Resident.id == Visit.resident_id)
    # All of them, said aloud: the index begins with site and state.
    return query.where(Visit.site_id == Resident.site_id, status.in_(VisitStatus)), Visit.starts_at


def _alerts() -> tuple[Select[Any], Any]:
    query = (
        select(func.count(Alert.id).label("alerts"))
        .join(Visit, Visit.id == Alert.visit_id)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Alert.site_id == Resident.site_id)
    )
    return query, Alert.first_at


def _onsite() -> tuple[Select[Any], Any]:
    took_place = OnsiteVisit.status == OnsiteVisitStatus.COMPLETED
    query = select(func.count(OnsiteVisit.id).label("onsite")).join(
        Resident, Resident.id == OnsiteVisit.resident_id
    )
    same = OnsiteVisit.site_id == Resident.site_id
    return query.where(same, took_place), OnsiteVisit.started_at


def _calls() -> tuple[Select[Any], Any]:
    query = select(
        func.count(PhoneCall.id).label("calls"), func.sum(PhoneCall.seconds).label("call_seconds")
    ).join(Resident, Resident.id == PhoneCall.resident_id)
    answered = and_(PhoneCall.site_id == Resident.site_id, PhoneCall.result == CallResult.ANSWERED)
    return query.where(answered), PhoneCall.started_at


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _empty() -> Line:
    return {**dict.fromkeys(COUNTS, 0), "decided": 0, "waited_seconds": 0, "call_seconds": 0}


def _total(lines: Iterable[Line]) -> Line:
    total = _empty()
    for line in lines:
        for name in total:
            total[name] += line[name]
    return total
