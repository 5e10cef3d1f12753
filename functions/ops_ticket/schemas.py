"""Requests and answers of `ops_ticket`."""

from datetime import datetime

from shared.http.fields import Answer, Body, Id
from shared.models.tickets import Severity, TicketKind, TicketStatus


class TicketPath(Body):
    ticket_id: Id


class TicketEventAnswer(Answer):
    happened_at: datetime
    actor: str
    kind: str
    text: str


class TicketAnswer(Answer):
    id: str
    kind: TicketKind
    severity: Severity
    status: TicketStatus
    title: str
    text: str
    reported_at: datetime
    acknowledged_at: datetime | None
    escalation_step: int


class TicketDetail(TicketAnswer):
    events: list[TicketEventAnswer]


class Tickets(Answer):
    tickets: list[TicketAnswer]


class Health(Answer):
    database: bool
    dead_letters: int
    oldest_waiting_s: float
