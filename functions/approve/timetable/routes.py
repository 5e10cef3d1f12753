"""The timetable: what it shows, templates, closures."""

from typing import Any

from functions.approve.schemas import Because, VisitPath
from functions.approve.timetable import blocks, schemas, show_timetable, templates
from functions.approve.timetable.move_visit import move_visit
from functions.approve.who import desk, supervisors, workers
from shared.http.access import actor
from shared.http.blueprint import Blueprint
from shared.http.fields import IdempotencyHeader

api = Blueprint("timetable", __name__, url_prefix="/approve/v1")


@api.get("/timetable/days", responses={200: schemas.DayList})
@workers
def get_days(query: schemas.Days) -> Any:
    return schemas.DayList.of(show_timetable.show_days(actor=actor(), **query.model_dump()))


@api.get("/timetable/slots", responses={200: schemas.SlotList})
@workers
def get_slots(query: schemas.Days) -> Any:
    return schemas.SlotList.of(show_timetable.show_slots(actor=actor(), **query.model_dump()))


@api.post("/timetable/blocks/preview", responses={200: schemas.BlockHits})
@desk
def post_block_preview(body: schemas.BlockPreview) -> Any:
    wanted = blocks.Wanted(**body.model_dump())
    return schemas.BlockHits.of(blocks.preview_block(actor=actor(), wanted=wanted))


@api.post("/timetable/blocks", responses={201: schemas.BlockMade})
@desk
def post_block(body: schemas.NewBlock, header: IdempotencyHeader) -> Any:
    wanted = blocks.Wanted(body.starts_at, body.ends_at, body.terminal_id)
    made = blocks.add_block(
        actor=actor(),
        wanted=wanted,
        reason=body.reason,
        seen=body.seen,
        idempotency_key=header.idempotency_key,
    )
    return schemas.BlockMade.of(made), 201


@api.post("/timetable/blocks/<block_id>/lift", responses={200: schemas.Block})
@desk
def post_block_lift(path: schemas.BlockPath, body: Because) -> Any:
    lifted = blocks.lift_block(actor=actor(), block_id=path.block_id, reason=body.reason)
    return schemas.Block.of(lifted)


@api.post("/visits/<visit_id>/move", responses={200: schemas.VisitMoved})
@desk
def post_move(path: VisitPath, body: schemas.MoveVisit) -> Any:
    moved = move_visit(actor=actor(), visit_id=path.visit_id, **body.model_dump())
    return schemas.VisitMoved.of(moved)


@api.get("/session-templates", responses={200: schemas.TemplateList})
@workers
def get_templates() -> Any:
    return schemas.TemplateList.of({"templates": templates.list_templates(actor=actor())})


@api.post("/session-templates", responses={201: schemas.TemplateMade})
@supervisors
def post_template(body: schemas.NewTemplate, header: IdempotencyHeader) -> Any:
    wanted, key = body.model_dump(), header.idempotency_key
    return templates.add_template(actor=actor(), **wanted, idempotency_key=key), 201


@api.post("/session-templates/<template_id>/end", responses={200: schemas.Template})
@supervisors
def post_template_end(path: schemas.TemplatePath, body: schemas.EndTemplate) -> Any:
    ended = templates.end_template(actor=actor(), template_id=path.template_id, **body.model_dump())
    return schemas.Template.of(ended)
