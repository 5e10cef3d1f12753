"""Reading and acknowledging tickets."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict, NotFound
from shared.models.tickets import Ticket, TicketEvent, TicketStatus

SHOWN = 100


@in_transaction
def list_tickets(session: Session, *, actor: Actor) -> Sequence[Ticket]:
    newest = select(Ticket).where(Ticket.site_id == actor.site_id)
    return session.scalars(newest.order_by(Ticket.reported_at.desc()).limit(SHOWN)).all()


@in_transaction
def show_ticket(session: Session, *, actor: Actor, ticket_id: str) -> dict[str, Any]:
    return _shown(session, _own(session, actor, ticket_id))


@in_transaction
def acknowledge_ticket(session: Session, *, actor: Actor, ticket_id: str) -> dict[str, Any]:
    """A person's first action: the response clock stops. Raises Conflict when somebody was first."""
    ticket = _own(session, actor, ticket_id)
    acknowledged = (
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.status == TicketStatus.OPEN)
        # Raising the generation makes every waiting step stale: it can never fire.
        .values(
            status=TicketStatus.ACKNOWLEDGED,
            generation=Ticket.generation + 1,
            acknowledged_at=now(),
            acknowledged_by=actor.id,
        )
    )
    if not compare_and_set(session, acknowledged):
        raise Conflict.of("changed_meanwhile")
    session.refresh(ticket)
    session.add(
        TicketEvent(ticket_id=ticket.id, actor=actor.id, kind="acknowledged", text="已响应")
    )
    audit.record(session, actor, "ticket.acknowledged", "ticket", ticket.id)
    session.flush()
    return _shown(session, ticket)


def _own(session: Session, actor: Actor, ticket_id: str) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.site_id != actor.site_id:
        raise NotFound.of("not_found")
    return ticket


def _shown(session: Session, ticket: Ticket) -> dict[str, Any]:
    events = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
    columns = {column.key: getattr(ticket, column.key) for column in Ticket.__table__.columns}
    return {**columns, "events": session.scalars(events.order_by(TicketEvent.happened_at)).all()}
