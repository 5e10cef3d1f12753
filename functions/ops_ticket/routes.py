"""HTTP routes of `ops_ticket`."""

from typing import Any

from functions.ops_ticket import schemas
from functions.ops_ticket.act_on_ticket import Given, act_on_ticket
from functions.ops_ticket.attachments import ask_place, attach, read_attachment
from functions.ops_ticket.report_problem import (
    list_problems,
    report_problem,
    report_ticket,
    show_problem,
)
from functions.ops_ticket.show_tickets import list_tickets, show_ticket
from shared.http.access import actor, officers, people
from shared.http.blueprint import Blueprint
from shared.http.fields import IdempotencyHeader
from shared.models.tickets import Severity
from shared.rules.ticket_flow import ALL
from shared.tickets import Report

api = Blueprint("ops_ticket", __name__, url_prefix="/ops/v1")

staff = officers(*ALL)


@api.get("/tickets", responses={200: schemas.Tickets})
@staff
def get_tickets(query: schemas.TicketQuery) -> Any:
    found = list_tickets(actor=actor(), kind=query.kind, over=query.over)
    return schemas.Tickets.of({"tickets": found})


@api.post("/tickets", responses={201: schemas.TicketDetail})
@staff
def post_ticket(body: schemas.ReportTicket, header: IdempotencyHeader) -> Any:
    report = Report(body.kind, body.severity, body.title, body.text, source=body.source)
    key = header.idempotency_key
    made = report_ticket(actor=actor(), report=report, idempotency_key=key)
    return schemas.TicketDetail.of(made), 201


@api.get("/tickets/<ticket_id>", responses={200: schemas.TicketDetail})
@staff
def get_ticket(path: schemas.TicketPath) -> Any:
    return schemas.TicketDetail.of(show_ticket(actor=actor(), ticket_id=path.ticket_id))


@api.post("/tickets/<ticket_id>/<action>", responses={200: schemas.TicketDetail})
@staff
def post_action(
    path: schemas.ActionPath, body: schemas.ActOnTicket, header: IdempotencyHeader
) -> Any:
    given = body.model_dump(exclude_none=True)
    if body.days is not None:
        given["days"] = int(body.days * 100)
    done = act_on_ticket(
        actor=actor(),
        ticket_id=path.ticket_id,
        name=path.action,
        given=Given(**given),
        idempotency_key=header.idempotency_key,
    )
    return schemas.TicketDetail.of(done)


@api.post("/tickets/<ticket_id>/attachments/place", responses={200: schemas.UploadPlace})
@staff
def post_attachment_place(path: schemas.TicketPath, body: schemas.AskAttachment) -> Any:
    return ask_place(actor=actor(), ticket_id=path.ticket_id, content_type=body.content_type)


@api.post("/tickets/<ticket_id>/attachments", responses={200: schemas.TicketDetail})
@staff
def post_attachment(path: schemas.TicketPath, body: schemas.AddAttachment) -> Any:
    done = attach(actor=actor(), ticket_id=path.ticket_id, **body.model_dump())
    return schemas.TicketDetail.of(done)


@api.get(
    "/tickets/<ticket_id>/attachments/<attachment_id>", responses={200: schemas.AttachmentLink}
)
@staff
def get_attachment(path: schemas.AttachmentPath) -> Any:
    return read_attachment(actor=actor(), **path.model_dump())


@api.post("/problems", responses={201: schemas.Problem})
@people
def post_problem(body: schemas.ReportProblem, header: IdempotencyHeader) -> Any:
    report = Report(body.kind, Severity.IV, body.title, body.text)
    key = header.idempotency_key
    made = report_problem(actor=actor(), report=report, idempotency_key=key)
    return schemas.Problem.of(made), 201


@api.get("/problems", responses={200: schemas.Problems})
@people
def get_problems() -> Any:
    return schemas.Problems.of({"problems": list_problems(actor=actor())})


@api.get("/problems/<ticket_id>", responses={200: schemas.Problem})
@people
def get_problem(path: schemas.TicketPath) -> Any:
    return schemas.Problem.of(show_problem(actor=actor(), ticket_id=path.ticket_id))
