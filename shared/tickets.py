"""Opening an incident from any function: ticket, first event, deadlines and message in one transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import SYSTEM
from shared.clock import now
from shared.models.officers import Role
from shared.models.tickets import Severity, Ticket, TicketEvent, TicketKind, Timer
from shared.rules.deadlines import due_at

RESPONSE = "response"


def open_incident(
    session: Session, *, site_id: str, severity: Severity, source_key: str, title: str, text: str
) -> Ticket | None:
    """None when `source_key` has a ticket already: an alarm opens one incident, however often it rings."""
    if session.scalar(select(Ticket.id).where(Ticket.source_key == source_key)):
        return None
    ticket = Ticket(
        site_id=site_id,
        kind=TicketKind.INCIDENT,
        severity=severity,
        source_key=source_key,
        title=title,
        text=text,
        reported_at=now(),
    )
    session.add(ticket)
    session.flush()
    session.add(TicketEvent(ticket_id=ticket.id, actor="system", kind="opened", text=text))
    watch_response(session, ticket, step=0)
    messages.tell_staff(
        session,
        site_id=site_id,
        roles=[Role.OPS_ENGINEER],
        text=f"【新故障·{severity.value}级】{title}\n工单：{ticket.id}\n请在 30 分钟内响应。",
        dedupe_key=f"ticket:{ticket.id}:opened",
    )
    audit.record(session, SYSTEM, "ticket.opened", "ticket", ticket.id, site_id=site_id)
    return ticket


def watch_response(session: Session, ticket: Ticket, *, step: int) -> None:
    """The next step of the response clock, in the ticket's present generation."""
    session.add(
        Timer(
            subject=ticket.id,
            kind=RESPONSE,
            step=step,
            generation=ticket.generation,
            due_at=due_at(ticket.reported_at, step),
        )
    )
