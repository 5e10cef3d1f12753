"""HTTP routes of `ops_ticket`."""

from typing import Any

from flask_openapi3 import APIBlueprint

from functions.ops_ticket import schemas
from functions.ops_ticket.health import show_health
from functions.ops_ticket.tickets import acknowledge_ticket, list_tickets, show_ticket
from shared.http.access import actor, officers, public
from shared.http.app import make_app
from shared.models.officers import Role

app = make_app(__name__, "ops_ticket")
api = APIBlueprint("ops_ticket", __name__, url_prefix="/ops/v1")

staff = officers(Role.OPS_ENGINEER, Role.OPS_LEAD, Role.SUPERVISOR)


@api.get("/health", responses={200: schemas.Health})
@public
def get_health() -> Any:
    return show_health()


@api.get("/tickets", responses={200: schemas.Tickets})
@staff
def get_tickets() -> Any:
    return schemas.Tickets.of({"tickets": list_tickets(actor=actor())})


@api.get("/tickets/<ticket_id>", responses={200: schemas.TicketDetail})
@staff
def get_ticket(path: schemas.TicketPath) -> Any:
    shown = show_ticket(actor=actor(), ticket_id=path.ticket_id)
    return schemas.TicketDetail.of(shown)


@api.post("/tickets/<ticket_id>/acknowledge", responses={200: schemas.TicketDetail})
@staff
def post_acknowledge(path: schemas.TicketPath) -> Any:
    shown = acknowledge_ticket(actor=actor(), ticket_id=path.ticket_id)
    return schemas.TicketDetail.of(shown)


app.register_api(api)
