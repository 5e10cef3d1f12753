"""HTTP routes of `verify_face`."""

from typing import Any

from functions.verify_face import schemas
from functions.verify_face.start_check import start_check
from functions.verify_face.submit_check import show_check, submit_check
from shared.http.access import actor, relatives
from shared.http.blueprint import Blueprint

api = Blueprint("verify_face", __name__, url_prefix="/verify-face/v1")


@api.post("/checks", responses={201: schemas.Challenge})
@relatives
def post_check(body: schemas.StartCheck) -> Any:
    started = start_check(actor=actor(), **body.model_dump())
    return schemas.Challenge.of(started), 201


@api.post("/checks/<check_id>/submit", responses={200: schemas.CheckAnswer})
@relatives
def post_submit(path: schemas.CheckPath) -> Any:
    decided = submit_check(actor=actor(), check_id=path.check_id)
    return schemas.CheckAnswer.of(decided)


@api.get("/checks/<check_id>", responses={200: schemas.CheckAnswer})
@relatives
def get_check(path: schemas.CheckPath) -> Any:
    shown = show_check(actor=actor(), check_id=path.check_id)
    return schemas.CheckAnswer.of(shown)
