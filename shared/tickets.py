"""Opening a ticket from any function: ticket, log, clocks and message in one transaction."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared import audit, duty, messages, ticket_clocks, ticket_log
from shared.actors import SYSTEM, Actor
from shared.clock import now
from shared.models.tickets import Severity, Ticket, TicketKind, TicketSource
from shared.rules.sla_policy import Level

KINDS = {
    TicketKind.INCIDENT: "故障",
    TicketKind.DEFECT: "系统缺陷",
    TicketKind.CONSULT: "咨询",
    TicketKind.CHANGE: "小改动",
}


@dataclass(frozen=True)
class Report:
    """What is reported. `title` and `text` may hold anything a person types; they leave in no message."""

    kind: TicketKind
    severity: Severity
    title: str
    text: str
    source: TicketSource = TicketSource.PERSON
    source_key: str | None = None


def open_incident(
    session: Session,
    *,
    site_id: str,
    severity: Severity,
    source_key: str,
    title: str,
    text: str,
    source: TicketSource = TicketSource.ALARM,
) -> Ticket | None:
    """None when `source_key` has a ticket already: an alarm opens one incident, however often it rings."""
    report = Report(TicketKind.INCIDENT, severity, title, text, source, source_key)
    return open_once(session, site_id=site_id, report=report)


def open_once(session: Session, *, site_id: str, report: Report) -> Ticket | None:
    """In the system's name; None when the report's `source_key` has a ticket already."""
    known = select(Ticket.id).where(Ticket.source_key == report.source_key)
    if session.scalar(known):
        return None
    try:
        with session.begin_nested():
            return open_ticket(session, SYSTEM, site_id=site_id, report=report)
    except IntegrityError:
        if session.scalar(known) is None:
            raise
        return None  # another instance opened it meanwhile; what else this one does stands


def open_ticket(session: Session, actor: Actor, *, site_id: str, report: Report) -> Ticket:
    ticket = Ticket(
        site_id=site_id,
        kind=report.kind,
        opened_as=report.kind,
        severity=report.severity,
        source=report.source,
        source_key=report.source_key,
        submitter_kind=actor.kind,
        submitter_id=actor.id,
        title=report.title,
        text=report.text,
        policy=ticket_clocks.newest_policy(session),
        reported_at=now(),
        generation=0,
        last_seq=0,
    )
    session.add(ticket)
    session.flush()
    ticket_log.append(session, ticket, actor, "opened", report.text, value=report.severity.value)
    ticket_clocks.arrange(session, ticket)
    _tell(session, ticket)
    audit.record(session, actor, "ticket.opened", "ticket", ticket.id, site_id=site_id)
    return ticket


def headline(ticket: Ticket) -> str:
    """What a message may say of it: our own words for an alarm, never what somebody typed."""
    name = f"{KINDS[ticket.kind]}·{ticket.severity.value}级"
    return f"{name} {ticket.title}" if ticket.source is TicketSource.ALARM else name


def _tell(session: Session, ticket: Ticket) -> None:
    """The engineers are called; of an incident the customer is told at once [5.1]."""
    text = f"【新工单】{headline(ticket)}\n工单：{ticket.id}\n请在 30 分钟内响应，响应后不再催办。"
    engineers = duty.users(session, site_id=ticket.site_id, level=Level.ENGINEER)
    page = f"/tickets/{ticket.id}"
    key = f"ticket:{ticket.id}:opened"
    messages.tell_users(session, engineers, text=text, dedupe_key=key, page=page)
    if ticket.kind is TicketKind.INCIDENT:
        told = f"【故障告知】{headline(ticket)}\n工单：{ticket.id}\n运维人员已收到通知，处理进展会继续告知。"
        customers = duty.users(session, site_id=ticket.site_id, level=Level.CUSTOMER)
        key = f"ticket:{ticket.id}:customer"
        messages.tell_users(session, customers, text=told, dedupe_key=key, page=page)
