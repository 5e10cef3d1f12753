"""Reporting a problem, and following its answer: by operations staff, officers and families, each from their page."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.show_tickets import columns, shown
from shared import ticket_log
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotFound, Refused
from shared.idempotency import once
from shared.models.tickets import Ticket
from shared.sites import site_of
from shared.tickets import Report, open_ticket

SHOWN = 50
# What the person who asked may read of the log: the answers, not who had to be reminded.
TOLD = ("opened", "acknowledged", "resolved", "closed", "reopened", "comment")


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
    """By a family or an officer. Raises Refused when a relative has no centre yet."""
    site_id = actor.site_id or site_of(session, actor.id)
    if site_id is None:
        raise Refused.of("problem_without_site")
    return _followed(session, _open_once(session, actor, site_id, report, idempotency_key))


def _open_once(
    session: Session, actor: Actor, site_id: str, report: Report, key: str | None
) -> Ticket:
    """Whoever hears no answer sends it again, and means the same ticket."""
    opened = once(
        session,
        owner_id=actor.id,
        key=key,
        request={"report": asdict(report)},
        effect=lambda: {"id": open_ticket(session, actor, site_id=site_id, report=report).id},
    )
    return session.get_one(Ticket, opened["id"])


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
