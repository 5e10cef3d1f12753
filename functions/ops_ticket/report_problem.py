"""Reporting a problem, and following its answer: by operations staff, officers and families, each from their page."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.show_tickets import columns, shown
from shared import ticket_log
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import NotFound, Refused, TooMany
from shared.idempotency import once
from shared.models.officers import Officer
from shared.models.people import Relative
from shared.models.tickets import Ticket
from shared.rules.ticket_flow import TOLD
from shared.sites import site_of
from shared.tickets import Report, open_ticket

SHOWN = 50
A_DAY = 10


@in_transaction
def report_ticket(
    session: Session, *, actor: Actor, report: Report, idempotency_key: str | None = None
) -> dict[str, Any]:
    """By staff: gives the whole ticket."""
    assert actor.site_id is not None
    ticket = _open_once(session, actor, actor.site_id, report, idempotency_key)
    return shown(session, actor, ticket)


@in_transaction
def report_problem(
    session: Session, *, actor: Actor, report: Report, idempotency_key: str | None = None
) -> dict[str, Any]:
    """By a family or an officer. Raises Refused when a relative has no centre yet, TooMany for more than some a day: each
    rings the telephones of those on duty."""
    site_id = actor.site_id or site_of(session, actor.id)
    if site_id is None:
        raise Refused.of("problem_without_site")
    ticket = _open_once(session, actor, site_id, report, idempotency_key, of_few=True)
    return _followed(session, ticket)


def _open_once(
    session: Session,
    actor: Actor,
    site_id: str,
    report: Report,
    key: str | None,
    *,
    of_few: bool = False,
) -> Ticket:
    """Whoever hears no answer sends it again, and means the same ticket."""

    def effect() -> dict[str, str]:
        if of_few:
            _require_few(session, actor)
        return {"id": open_ticket(session, actor, site_id=site_id, report=report).id}

    opened = once(
        session,
        owner_id=actor.id,
        key=key,
        request={"report": asdict(report)},
        effect=effect,
    )
    return session.get_one(Ticket, opened["id"])


def _require_few(session: Session, actor: Actor) -> None:
    """The person's row is locked first: what is asked at once is counted one after the other."""
    person = Relative if actor.kind == "relative" else Officer
    session.get_one(person, actor.id, with_for_update=True)
    today = select(func.count()).where(
        Ticket.submitter_kind == actor.kind,
        Ticket.submitter_id == actor.id,
        Ticket.reported_at > now() - timedelta(days=1),
    )
    if (session.scalar(today) or 0) >= A_DAY:
        raise TooMany.of("problem_too_many", count=A_DAY)


@in_transaction
def list_problems(session: Session, *, actor: Actor) -> Sequence[dict[str, Any]]:
    mine = select(Ticket).where(
        Ticket.submitter_kind == actor.kind, Ticket.submitter_id == actor.id
    )
    newest = session.scalars(mine.order_by(Ticket.reported_at.desc()).limit(SHOWN))
    return [columns(one) for one in newest]


@in_transaction
def show_problem(session: Session, *, actor: Actor, ticket_id: str) -> dict[str, Any]:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or (ticket.submitter_kind, ticket.submitter_id) != (actor.kind, actor.id):
        raise NotFound.of("not_found")
    return _followed(session, ticket)


def _followed(session: Session, ticket: Ticket) -> dict[str, Any]:
    log = ticket_log.lines(session, [ticket.id])[ticket.id]
    return {**columns(ticket), "events": [line for line in log if line.kind in TOLD]}
