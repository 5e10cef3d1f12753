"""HTTP routes of policy and calendar."""

from typing import Any

from functions.ops_ticket.sla import schemas
from functions.ops_ticket.sla.import_calendar import import_calendar
from functions.ops_ticket.sla.set_policy import set_policy, show_policies
from functions.ops_ticket.sla.show_calendar import show_calendar
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.models.officers import Role
from shared.rules.ticket_flow import ALL

api = Blueprint("sla", __name__, url_prefix="/ops/v1")

staff = officers(*ALL)
leads = officers(Role.OPS_LEAD)


@api.get("/policies", responses={200: schemas.Policies})
@staff
def get_policies() -> Any:
    return schemas.Policies.of(show_policies())


@api.post("/policies", responses={201: schemas.Policies})
@leads
def post_policy(body: schemas.SetPolicy) -> Any:
    data = body.policy.model_dump(mode="json")
    return schemas.Policies.of(set_policy(actor=actor(), replaces=body.replaces, data=data)), 201


@api.get("/calendar", responses={200: schemas.CalendarYear})
@staff
def get_calendar(query: schemas.CalendarQuery) -> Any:
    return schemas.CalendarYear.of(show_calendar(year=query.year))


@api.post("/calendar", responses={200: schemas.CalendarImported})
@leads
def post_calendar(body: schemas.ImportCalendar) -> Any:
    return schemas.CalendarImported.of(import_calendar(actor=actor(), **body.model_dump()))
