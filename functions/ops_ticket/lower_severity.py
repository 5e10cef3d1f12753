"""A lower severity gives more time: who works on the ticket asks for it, and somebody else signs it."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shared import audit, duty, messages
from shared.actors import Actor
from shared.errors import NotAllowed, Refused
from shared.models.officers import Officer
from shared.models.tickets import Severity, Ticket, TicketEvent
from shared.rules.sla_policy import Level
from shared.rules.ticket_flow import LOWER, is_lower, is_own_work
from shared.tickets import headline


def require_signature(
    actor: Actor, ticket: Ticket, name: str, severity: Severity | None, log: Iterable[TicketEvent]
) -> None:
    """Raises Refused, and NotAllowed for who may only ask."""
    lower = is_lower(severity, ticket.severity)
    if name == "ask_lower" and not lower:
        raise Refused.of("ticket_severity_not_lower", "severity")
    if name != "set_severity" or not lower:
        return
    if not LOWER.roles & actor.roles:
        raise NotAllowed.of("ticket_lowering_unsigned", "severity")
    if is_own_work(LOWER, actor.id, log):
        raise Refused.of("ticket_own_work", "severity")


def tell(session: Session, actor: Actor, ticket: Ticket, name: str, before: Severity) -> None:
    """Those who may sign of the wish; of the deed who reported it, too. Not why: people type names."""
    if name == "ask_lower":
        _tell(session, ticket, "申请降低级别", "请核对工单中的理由；同意的，由您调整级别。")
    elif name == "set_severity" and is_lower(ticket.severity, before):
        change = {"before": before.value, "after": ticket.severity.value}
        audit.record(session, actor, "ticket.severity_lowered", "ticket", ticket.id, **change)
        what = (
            f"{before.value} 级已降为 {ticket.severity.value} 级，时限已顺延；理由和批准人见工单。"
        )
        _tell(session, ticket, "级别已降低", what, reporter=True)


def _tell(
    session: Session, ticket: Ticket, title: str, what: str, *, reporter: bool = False
) -> None:
    book = duty.Book(session, [ticket.site_id])
    levels = (Level.LEAD, Level.CUSTOMER)
    users = [one.wecom_user_id for level in levels for one in book.called(ticket.site_id, level)]
    if reporter and ticket.submitter_kind == "officer":
        users.append(session.get_one(Officer, ticket.submitter_id).wecom_user_id)
    text = f"【{title}】{headline(ticket)}\n工单：{ticket.id}\n{what}"
    key = f"ticket:{ticket.id}:severity:{ticket.last_seq}"
    messages.tell_users(session, users, text=text, dedupe_key=key, page=f"/tickets/{ticket.id}")
