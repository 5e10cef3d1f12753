"""HTTP routes of `booking`: what families do."""

from typing import Any

from functions.booking import schemas
from functions.booking.answer_move import answer_move, show_move
from functions.booking.ask_relationship import ask_relationship, list_relationships
from functions.booking.cancel_visit import cancel_visit
from functions.booking.companions import make_companion_code
from functions.booking.device_test import store_device_test
from functions.booking.join_visit import join_visit
from functions.booking.list_slots import list_slots
from functions.booking.list_visits import list_visits
from functions.booking.request_visit import request_visit
from functions.booking.show_quota import show_quota
from functions.booking.show_room import show_room
from functions.booking.show_visit import show_visit
from functions.booking.waiting_room import show_waiting_room
from functions.booking.withdraw_consent import withdraw_consent
from shared.http.access import actor, relatives
from shared.http.blueprint import Blueprint
from shared.http.fields import IdempotencyHeader

api = Blueprint("booking", __name__, url_prefix="/booking/v1")


@api.post("/consents/withdraw", responses={200: schemas.Registration})
@relatives
def post_withdraw(body: schemas.WithdrawConsent) -> Any:
    return withdraw_consent(actor=actor(), **body.model_dump())


@api.get("/quota", responses={200: schemas.Quota})
@relatives
def get_quota(query: schemas.OfRelationship) -> Any:
    return schemas.Quota.of(
        show_quota(relative_id=actor().id, relationship_id=query.relationship_id)
    )


@api.get("/relationships", responses={200: schemas.Relationships})
@relatives
def get_relationships() -> Any:
    return schemas.Relationships.of({"relationships": list_relationships(relative_id=actor().id)})


@api.post("/relationships", responses={201: schemas.RelationshipAnswer})
@relatives
def post_relationship(body: schemas.AskRelationship) -> Any:
    made = ask_relationship(actor=actor(), **body.model_dump())
    return schemas.RelationshipAnswer.of(made), 201


@api.get("/slots", responses={200: schemas.Slots})
@relatives
def get_slots(query: schemas.OfRelationship) -> Any:
    slots = list_slots(relative_id=actor().id, relationship_id=query.relationship_id)
    return schemas.Slots.of({"slots": slots})


@api.post("/visits", responses={201: schemas.VisitAnswer})
@relatives
def post_visit(body: schemas.RequestVisit, header: IdempotencyHeader) -> Any:
    return request_visit(
        actor=actor(), **body.model_dump(), idempotency_key=header.idempotency_key
    ), 201


@api.post("/companion-code", responses={200: schemas.CompanionCode})
@relatives
def post_companion_code() -> Any:
    return make_companion_code(actor=actor())


@api.get("/visits", responses={200: schemas.Visits})
@relatives
def get_visits() -> Any:
    return schemas.Visits.of({"visits": list_visits(relative_id=actor().id)})


@api.get("/visits/<visit_id>", responses={200: schemas.VisitDetails})
@relatives
def get_visit(path: schemas.VisitPath) -> Any:
    visit = show_visit(relative_id=actor().id, visit_id=path.visit_id)
    return schemas.VisitDetails.of(visit)


@api.post("/visits/<visit_id>/device-test", responses={200: schemas.DeviceTested})
@relatives
def post_device_test(path: schemas.VisitPath, body: schemas.DeviceTest) -> Any:
    result = store_device_test(actor=actor(), visit_id=path.visit_id, **body.model_dump())
    return schemas.DeviceTested.of(result)


@api.get("/visits/<visit_id>/waiting-room", responses={200: schemas.WaitingRoom})
@relatives
def get_waiting_room(path: schemas.VisitPath) -> Any:
    room = show_waiting_room(relative_id=actor().id, visit_id=path.visit_id)
    return schemas.WaitingRoom.of(room)


@api.get("/visits/<visit_id>/move", responses={200: schemas.MoveAsked})
@relatives
def get_move(path: schemas.VisitPath) -> Any:
    return schemas.MoveAsked.of(show_move(relative_id=actor().id, visit_id=path.visit_id))


@api.post("/visits/<visit_id>/move", responses={200: schemas.VisitAnswer})
@relatives
def post_move(path: schemas.VisitPath, body: schemas.AnswerMove) -> Any:
    moved = answer_move(actor=actor(), visit_id=path.visit_id, agree=body.agree)
    return schemas.VisitAnswer.of(moved)


@api.get("/visits/<visit_id>/room", responses={200: schemas.RoomState})
@relatives
def get_room(path: schemas.VisitPath, query: schemas.InRoom) -> Any:
    shown = show_room(relative_id=actor().id, visit_id=path.visit_id, in_room=query.in_room)
    return schemas.RoomState.of(shown)


@api.post("/visits/<visit_id>/cancel", responses={200: schemas.VisitAnswer})
@relatives
def post_cancel(path: schemas.VisitPath) -> Any:
    visit = cancel_visit(actor=actor(), visit_id=path.visit_id)
    return schemas.VisitAnswer.of(visit)


@api.post("/visits/<visit_id>/join", responses={200: schemas.RoomPass})
@relatives
def post_join(path: schemas.VisitPath) -> Any:
    return join_visit(actor=actor(), visit_id=path.visit_id)
