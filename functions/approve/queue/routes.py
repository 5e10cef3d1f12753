"""The queue: one list, cards, decisions."""

from typing import Any

from functions.approve.queue import schemas
from functions.approve.queue.decide_many import Decision, decide_many, decide_one
from functions.approve.queue.show_card import show_card, show_pictures
from functions.approve.queue.show_queue import show_queue
from functions.approve.who import deciders, workers
from shared.http.access import actor
from shared.http.blueprint import Blueprint
from shared.rules.reason_templates import REASON_TEMPLATES

api = Blueprint("queue", __name__, url_prefix="/approve/v1")


@api.get("/queue", responses={200: schemas.Queue})
@deciders
def get_queue() -> Any:
    return schemas.Queue.of({"items": show_queue(actor=actor())})


@api.get("/queue/reason-templates", responses={200: schemas.ReasonTemplates})
@workers
def get_reason_templates() -> Any:
    return schemas.ReasonTemplates.of({"templates": REASON_TEMPLATES})


@api.post("/queue/decisions", responses={200: schemas.Outcomes})
@deciders
def post_decisions(body: schemas.DecideMany) -> Any:
    decisions = [Decision(**one.model_dump()) for one in body.decisions]
    return schemas.Outcomes.of({"outcomes": decide_many(actor=actor(), decisions=decisions)})


@api.get("/queue/<kind>/<item_id>", responses={200: schemas.Card})
@deciders
def get_card(path: schemas.ItemPath) -> Any:
    return schemas.Card.of(show_card(actor=actor(), kind=path.kind, row_id=path.item_id))


@api.get("/queue/<kind>/<item_id>/pictures", responses={200: schemas.CardPictures})
@deciders
def get_card_pictures(path: schemas.ItemPath) -> Any:
    found = show_pictures(actor=actor(), kind=path.kind, row_id=path.item_id)
    return schemas.CardPictures.of({"pictures": found})


@api.post("/queue/<kind>/<item_id>/decision", responses={200: schemas.DecidedItem})
@deciders
def post_decision(path: schemas.ItemPath, body: schemas.Decide) -> Any:
    decision = Decision(kind=path.kind, id=path.item_id, **body.model_dump())
    return {"status": decide_one(actor=actor(), decision=decision)}
