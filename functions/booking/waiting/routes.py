"""HTTP routes of the waiting list."""

from typing import Any

from functions.booking.schemas import VisitAnswer
from functions.booking.waiting import schemas
from functions.booking.waiting.accept_offer import accept_offer
from functions.booking.waiting.join_list import join_list
from functions.booking.waiting.leave_list import leave_list
from functions.booking.waiting.show_entries import show_entries
from shared.http.access import actor, relatives
from shared.http.blueprint import Blueprint

api = Blueprint("waiting", __name__, url_prefix="/booking/v1/waiting-list")


@api.get("", responses={200: schemas.WaitingList})
@relatives
def get_entries() -> Any:
    return schemas.WaitingList.of({"entries": show_entries(relative_id=actor().id)})


@api.post("", responses={201: schemas.WaitingAnswer})
@relatives
def post_entry(body: schemas.JoinWaitingList) -> Any:
    return schemas.WaitingAnswer.of(join_list(actor=actor(), **body.model_dump())), 201


@api.post("/<entry_id>/leave", responses={200: schemas.WaitingAnswer})
@relatives
def post_leave(path: schemas.EntryPath) -> Any:
    return schemas.WaitingAnswer.of(leave_list(actor=actor(), entry_id=path.entry_id))


@api.post("/<entry_id>/accept", responses={201: VisitAnswer})
@relatives
def post_accept(path: schemas.EntryPath, body: schemas.AcceptOffer) -> Any:
    visit = accept_offer(
        actor=actor(), entry_id=path.entry_id, companion_codes=body.companion_codes
    )
    return visit, 201
