"""The live desk."""

from typing import Any

from flask import Response

from functions.approve.desk import in_the_room, news, schemas
from functions.approve.desk.acknowledge_alert import acknowledge_alert
from functions.approve.desk.end_visit import end_visit
from functions.approve.desk.extend_visit import extend_visit
from functions.approve.desk.show_desk import show_live_desk, show_visit
from functions.approve.schemas import Because, Picture, VisitPath
from functions.approve.who import desk
from shared.http.access import actor
from shared.http.blueprint import Blueprint
from shared.http.fields import IdempotencyHeader

api = Blueprint("desk", __name__, url_prefix="/approve/v1")


@api.get("/live-desk", responses={200: schemas.LiveDesk})
@desk
def get_live_desk() -> Any:
    return schemas.LiveDesk.of({"visits": show_live_desk(actor=actor())})


@api.get("/live-desk/news", responses={200: schemas.News})
@desk
def get_news(query: schemas.Since) -> Any:
    return schemas.News.of(news.show_news(actor=actor(), since=query.since))


@api.get("/alerts/<alert_id>/frame", responses={200: Picture})
@desk
def get_frame(path: schemas.AlertPath) -> Any:
    return news.show_frame(actor=actor(), alert_id=path.alert_id)


@api.post("/alerts/<alert_id>/acknowledge", responses={200: schemas.AlertAnswer})
@desk
def post_acknowledgement(path: schemas.AlertPath, body: Because) -> Any:
    """处理预警：填写查看结果，记入会见记录。"""
    said = acknowledge_alert(actor=actor(), alert_id=path.alert_id, reason=body.reason)
    return schemas.AlertAnswer.of(said)


@api.post("/help-calls/<call_id>/answer", responses={204: None})
@desk
def post_help_answer(path: schemas.HelpPath) -> Any:
    news.answer_help(actor=actor(), call_id=path.call_id)
    return Response(status=204)


@api.get("/visits/<visit_id>", responses={200: schemas.LiveVisit})
@desk
def get_visit(path: VisitPath) -> Any:
    return schemas.LiveVisit.of(show_visit(actor=actor(), visit_id=path.visit_id))


@api.post("/visits/<visit_id>/observe", responses={200: schemas.DeskPass})
@desk
def post_observe(path: VisitPath, body: Because) -> Any:
    given = in_the_room.observe_visit(actor=actor(), visit_id=path.visit_id, reason=body.reason)
    return schemas.DeskPass.of(given)


@api.post("/visits/<visit_id>/warn", responses={200: schemas.Warned})
@desk
def post_warn(path: VisitPath, body: schemas.Warn, header: IdempotencyHeader) -> Any:
    wanted = {"visit_id": path.visit_id, **body.model_dump()}
    key = header.idempotency_key
    said = in_the_room.warn_visit(actor=actor(), **wanted, idempotency_key=key)
    return schemas.Warned.of(said)


@api.post("/visits/<visit_id>/mute", responses={200: schemas.LiveVisit})
@desk
def post_mute(path: VisitPath, body: schemas.Mute) -> Any:
    shown = in_the_room.mute_in_visit(actor=actor(), visit_id=path.visit_id, **body.model_dump())
    return schemas.LiveVisit.of(shown)


@api.post("/visits/<visit_id>/extend", responses={200: schemas.LiveVisit})
@desk
def post_extend(path: VisitPath, body: schemas.Extend, header: IdempotencyHeader) -> Any:
    key = header.idempotency_key
    wanted = {"visit_id": path.visit_id, **body.model_dump()}
    extended = extend_visit(actor=actor(), **wanted, idempotency_key=key)
    return schemas.LiveVisit.of(extended)


@api.post("/visits/<visit_id>/end", responses={200: schemas.LiveVisit})
@desk
def post_end(path: VisitPath, body: Because) -> Any:
    ended = end_visit(actor=actor(), visit_id=path.visit_id, reason=body.reason)
    return schemas.LiveVisit.of(ended)
