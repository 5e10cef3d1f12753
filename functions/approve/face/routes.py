"""Why a face check ended as it did. What waits for a decision stands in the queue, as `face_review`."""

from typing import Any

from functions.approve.face import schemas
from functions.approve.face.show_check import show_face_check, show_face_pictures
from functions.approve.who import deciders, explained
from shared.http.access import actor
from shared.http.blueprint import Blueprint

api = Blueprint("face", __name__, url_prefix="/approve/v1")


@api.get("/face-checks/<check_id>", responses={200: schemas.FaceCheckDetail})
@explained
def get_face_check(path: schemas.FaceCheckPath) -> Any:
    shown = show_face_check(actor=actor(), check_id=path.check_id)
    return schemas.FaceCheckDetail.of(shown)


@api.get("/face-checks/<check_id>/pictures", responses={200: schemas.FacePictures})
@deciders
def get_face_pictures(path: schemas.FaceCheckPath) -> Any:
    shown = show_face_pictures(actor=actor(), check_id=path.check_id)
    return schemas.FacePictures.of(shown)
