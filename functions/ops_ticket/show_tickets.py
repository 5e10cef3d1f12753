"""Tickets as operations staff and the customer's supervisor see them: with clocks, log and what can be done now."""

from collections.abc import Sequence, Set
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shared import ticket_log
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.attachments import TicketAttachment
from shared.models.officers import Officer
from shared.models.tickets import Ticket, TicketClock, TicketEvent, TicketKind
from shared.rules import ticket_flow
from shared.rules.ticket_flow import OVER, Fact

SHOWN = 100
READERS = ("relative", "officer")  # machines report too, and read nothing


@in_transaction
def list_tickets(
    session: Session,
    *,
    actor: Actor,
    kind: TicketKind | None = None,
    over: bool = False,
) -> Sequence[dict[str, Any]]:
    """Running tickets by the deadline that comes first; `over`: the ended ones, the newest first."""
    due = (
        select(TicketClock.ticket_id, func.min(TicketClock.due_at).label("due_at"))
        .where(TicketClock.answered_at.is_(None))
        .group_by(TicketClock.ticket_id)
        .subquery()
    )
    query = (
        select(Ticket, due.c.due_at)
        .outerjoin(due, due.c.ticket_id == Ticket.id)
        .where(Ticket.site_id == actor.site_id)
        .where(Ticket.status.in_(OVER) if over else Ticket.status.not_in(OVER))
    )
    if kind is not None:
        query = query.where(Ticket.kind == kind)
    order = [Ticket.closed_at.desc()] if over else [case((due.c.due_at.is_(None), 1), else_=0)]
    rows = session.execute(query.order_by(*order, due.c.due_at, Ticket.id).limit(SHOWN))
    return [{**columns(ticket), "due_at": due_at} for ticket, due_at in rows]


@in_transaction
def show_ticket(session: Session, *, actor: Actor, ticket_id: str) -> dict[str, Any]:
    return shown(session, actor, own(session, actor, ticket_id))


def own(session: Session, actor: Actor, ticket_id: str, *, lock: bool = False) -> Ticket:
    """Raises NotFound for another site's ticket as for none."""
    ticket = session.get(Ticket, ticket_id, with_for_update=lock)
    if ticket is None or ticket.site_id != actor.site_id:
        raise NotFound.of("not_found")
    return ticket


def shown(session: Session, actor: Actor, ticket: Ticket) -> dict[str, Any]:
    log = ticket_log.lines(session, [ticket.id])[ticket.id]
    clocks = select(TicketClock).where(TicketClock.ticket_id == ticket.id)
    # Of the staff alone: a family that reported a problem stays unnamed here.
    names = names_of(session, {one.actor_id for one in log if one.actor_kind == "officer"})
    return {
        **columns(ticket),
        "events": [{**_line(one), "actor_name": names.get(one.actor_id)} for one in log],
        "attachments": attachments_of(session, ticket.id),
        "clocks": session.scalars(clocks.order_by(TicketClock.started_at, TicketClock.name)).all(),
        "told": ticket_flow.told(ticket.kind, ticket.status),
        "reader": ticket.submitter_kind if ticket.submitter_kind in READERS else None,
        "actions": ticket_flow.possible(ticket.kind, ticket.status, actor.roles, facts_of(log)),
        "paused": Fact.PAUSED in facts_of(log),
        "system_down": Fact.DOWN in facts_of(log),
    }


def attachments_of(session: Session, ticket_id: str) -> Sequence[TicketAttachment]:
    mine = select(TicketAttachment).where(TicketAttachment.ticket_id == ticket_id)
    return session.scalars(mine.order_by(TicketAttachment.added_at, TicketAttachment.id)).all()


def names_of(session: Session, ids: Set[str]) -> dict[str, str]:
    """Of officers, by id."""
    people = session.scalars(select(Officer).where(Officer.id.in_(ids))) if ids else ()
    return {one.id: one.name for one in people}


def _line(event: TicketEvent) -> dict[str, Any]:
    return {column.key: getattr(event, column.key) for column in TicketEvent.__table__.columns}


def facts_of(log: Sequence[TicketEvent]) -> frozenset[Fact]:
    return ticket_flow.facts(line.kind for line in log)


def columns(ticket: Ticket) -> dict[str, Any]:
    found = {column.key: getattr(ticket, column.key) for column in Ticket.__table__.columns}
    estimated = ticket.estimated
    return {**found, "estimated_days": None if estimated is None else estimated / 100}
