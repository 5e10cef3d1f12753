"""HTTP routes of `phone_realname` for the centre's phone system."""

from typing import Any

from functions.phone_realname import schemas
from functions.phone_realname.phone_feed import read_feed
from functions.phone_realname.take_calls import take_delivery
from functions.phone_realname.take_numbers import take_numbers
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.http.deliveries import systems
from shared.models.officers import Role
from shared.models.systems import SystemKind

api = Blueprint("feed", __name__, url_prefix="/phone/v1")

deciders = officers(Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR)
desk = officers(Role.VISIT_OFFICER, Role.SUPERVISOR)
ledger = officers(Role.SUPERVISOR, Role.OPS_ENGINEER, Role.OPS_LEAD)
phone_systems = systems(SystemKind.PHONE)


@api.get("/feed", responses={200: schemas.PhoneFeedPage})
@phone_systems
def get_feed(query: schemas.AfterPhonePlace) -> Any:
    return schemas.PhoneFeedPage.of(read_feed(actor=actor(), **query.model_dump()))


@api.post("/calls", responses={200: schemas.CallReport})
@phone_systems
def post_calls(body: schemas.DeliverCalls) -> Any:
    return schemas.CallReport.of(take_delivery(actor=actor(), count=body.count, calls=body.calls))


@api.post("/numbers", responses={200: schemas.NumberReport})
@phone_systems
def post_numbers(body: schemas.DeliverNumbers) -> Any:
    return schemas.NumberReport.of(
        take_numbers(actor=actor(), count=body.count, numbers=body.numbers)
    )
