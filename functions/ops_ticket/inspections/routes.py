"""HTTP routes of the inspections."""

from typing import Any

from functions.ops_ticket.inspections import schemas
from functions.ops_ticket.inspections.check_items import (
    Check,
    check_item,
    finish_inspection,
    photo_place,
)
from functions.ops_ticket.inspections.probe_services import availability
from functions.ops_ticket.inspections.show_inspections import list_inspections, show_inspection
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.rules.ticket_flow import ALL, OPS

api = Blueprint("ops_inspections", __name__, url_prefix="/ops/v1")
staff, writers = officers(*ALL), officers(*OPS)


@api.get("/inspections", responses={200: schemas.Inspections})
@staff
def get_inspections() -> Any:
    return schemas.Inspections.of({"inspections": list_inspections(actor=actor())})


@api.get("/inspections/<inspection_id>", responses={200: schemas.InspectionDetail})
@staff
def get_inspection(path: schemas.InspectionPath) -> Any:
    found = show_inspection(actor=actor(), inspection_id=path.inspection_id)
    return schemas.InspectionDetail.of(found)


@api.post("/inspections/<inspection_id>/photos", responses={201: schemas.PhotoPlace})
@writers
def post_photo(path: schemas.InspectionPath, body: schemas.AskPhoto) -> Any:
    place = photo_place(
        actor=actor(), inspection_id=path.inspection_id, content_type=body.content_type
    )
    return schemas.PhotoPlace.of(place), 201


@api.post("/inspections/<inspection_id>/items/<item_id>", responses={200: schemas.InspectionDetail})
@writers
def post_item(path: schemas.InspectionItemPath, body: schemas.CheckItem) -> Any:
    done = check_item(
        actor=actor(),
        inspection_id=path.inspection_id,
        item_id=path.item_id,
        check=Check(body.result, body.note, body.photo_keys, body.out_of_service),
    )
    return schemas.InspectionDetail.of(done)


@api.post("/inspections/<inspection_id>/finish", responses={200: schemas.InspectionDetail})
@writers
def post_finish(path: schemas.InspectionPath) -> Any:
    done = finish_inspection(actor=actor(), inspection_id=path.inspection_id)
    return schemas.InspectionDetail.of(done)


@api.get("/availability", responses={200: schemas.Availability})
@staff
def get_availability(query: schemas.AvailabilityQuery) -> Any:
    return schemas.Availability.of({"services": availability(since=query.since, until=query.until)})
