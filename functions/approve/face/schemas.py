"""Answers on face checks, for officers."""

from datetime import datetime

from shared.http.fields import Answer, Body, Id
from shared.models.faces import FaceCheckPurpose, FaceCheckStatus


class FaceCheckPath(Body):
    check_id: Id


class FaceReason(Answer):
    code: str
    text: str


class FaceCheckDetail(Answer):
    """一次人脸核验的完整依据。outcome 为引擎的原始结论，status 为最终状态；scores 与 thresholds 对照阅读；
    engine 含版本；provider_request_id 可向腾讯云查询；decided_by 为作出复核决定的民警。保存期满后整条删除。"""

    id: str
    purpose: FaceCheckPurpose
    visit_id: str | None
    status: FaceCheckStatus
    outcome: str | None
    reasons: list[FaceReason]
    engine: str | None
    challenge: list[str]
    missed: list[str]
    scores: dict[str, float | None]
    thresholds: dict[str, float]
    provider_code: str | None
    provider_request_id: str | None
    card_text: str | None
    frame_keys: list[str]
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    media_erased_at: datetime | None


class FacePicture(Answer):
    url: str
    expires_in: int


class FacePictures(Answer):
    """证件照片与视频画面并排核对；frames 中最清晰的排在最前，可能为空（没有可用画面时请播放 clip）。"""

    id_photo: FacePicture | None
    clip: FacePicture | None
    frames: list[FacePicture]
