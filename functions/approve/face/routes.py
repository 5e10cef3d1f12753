"""Why a face check ended as it did. What waits for a decision stands in the queue, as `face_review`."""

from typing import Any

from functions.approve.face import schemas
from functions.approve.face.show_check import show_face_check, show_face_pictures
from functions.approve.who import deciders, explained
from shared.http.access import actor
from shared.http.blueprint import Blueprint

api = Blueprint("face", __name__, url_prefix="/approve/v1")


@api.get(
    "/face-checks/<check_id>",
    responses={200: schemas.FaceCheckDetail},
    summary="人脸核验的依据",
    description="分数、阈值、引擎与版本、原因、复核人。查看即记入审计。",
)
@explained
def get_face_check(path: schemas.FaceCheckPath) -> Any:
    shown = show_face_check(actor=actor(), check_id=path.check_id)
    return schemas.FaceCheckDetail.of(shown)


@api.get(
    "/face-checks/<check_id>/pictures",
    responses={200: schemas.FacePictures},
    summary="证件照片、核验画面与视频",
    description="地址 5 分钟内有效；先记入审计再给出地址。已按期限或应家属要求删除的返回 409。",
)
@deciders
def get_face_pictures(path: schemas.FaceCheckPath) -> Any:
    shown = show_face_pictures(actor=actor(), check_id=path.check_id)
    return schemas.FacePictures.of(shown)
