"""HTTP routes of the one check [T22]: what the ordinary visit system calls, and officers' imports."""

from typing import Any

from functions.booking.onsite import schemas
from functions.booking.onsite.import_visitors import ask_import_place, import_from
from functions.booking.onsite.push_offers import read_feed
from functions.booking.onsite.receive_delivery import receive_delivery
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.http.deliveries import systems
from shared.models.officers import Role
from shared.models.systems import SystemKind

api = Blueprint("onsite", __name__, url_prefix="/booking/v1/onsite")

onsite_systems = systems(SystemKind.ONSITE)
importers = officers(Role.VISIT_OFFICER, Role.SUPERVISOR)


@api.post("/deliveries", responses={200: schemas.Receipt})
@onsite_systems
def post_delivery(body: schemas.Delivery) -> Any:
    return receive_delivery(actor=actor(), delivery=body)


@api.get("/feed", responses={200: schemas.Feed})
@onsite_systems
def get_feed(query: schemas.FeedQuery) -> Any:
    return schemas.Feed.of(read_feed(actor=actor(), **query.model_dump()))


@api.post("/imports/place", responses={200: schemas.ImportPlace})
@importers
def post_import_place() -> Any:
    return ask_import_place(actor=actor())


@api.post("/imports", responses={200: schemas.ImportReport})
@importers
def post_import(body: schemas.ImportVisitors) -> Any:
    return import_from(actor=actor(), **body.model_dump())
