"""HTTP routes of the roster."""

from typing import Any

from functions.ops_ticket.duty import schemas
from functions.ops_ticket.duty.hand_over import hand_over
from functions.ops_ticket.duty.set_shift import remove_shift, set_shift
from functions.ops_ticket.duty.show_duty import show_duty
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.http.fields import IdempotencyHeader
from shared.models.officers import Role
from shared.rules.ticket_flow import ALL

api = Blueprint("duty", __name__, url_prefix="/ops/v1/duty")

staff = officers(*ALL)
planners = officers(Role.OPS_LEAD, Role.SUPERVISOR)


@api.get("", responses={200: schemas.Roster})
@staff
def get_duty(query: schemas.DutyQuery) -> Any:
    found = show_duty(actor=actor(), since=query.since, until=query.until)
    return schemas.Roster.of(found)


@api.post("/shifts", responses={201: schemas.Roster})
@planners
def post_shift(body: schemas.SetShift, header: IdempotencyHeader) -> Any:
    wanted, key = body.model_dump(), header.idempotency_key
    return schemas.Roster.of(set_shift(actor=actor(), **wanted, idempotency_key=key)), 201


@api.delete("/shifts/<shift_id>", responses={204: None})
@planners
def delete_shift(path: schemas.ShiftPath) -> Any:
    remove_shift(actor=actor(), shift_id=path.shift_id)
    return "", 204


@api.post("/hand-over", responses={200: schemas.Roster})
@staff
def post_hand_over(body: schemas.HandOver, header: IdempotencyHeader) -> Any:
    wanted, key = body.model_dump(), header.idempotency_key
    return schemas.Roster.of(hand_over(actor=actor(), **wanted, idempotency_key=key))
