"""Requests and answers of `verify_face`."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.http.fields import Answer, Body, Id, IdNumber, Name
from shared.models.faces import FaceCheckPurpose, FaceCheckStatus


class StartCheck(Body):
    """`visit_id` for purpose `visit`; `name` and `id_number` of the old registration for `recovery`."""

    purpose: FaceCheckPurpose
    visit_id: Id | None = None
    name: Name | None = None
    id_number: IdNumber | None = None


class Challenge(Answer):
    """Record a clip of 3 to 20 s (mp4, at most 8 MB) doing `actions` in this order, PUT it to `url`, submit."""

    id: str
    actions: list[str]
    prompts: list[str]
    url: str
    content_type: str
    expires_at: datetime
    tries_left: int


class CheckPath(Body):
    check_id: Id


class ReasonAnswer(Answer):
    code: str
    text: str


class CheckAnswer(Answer):
    id: str
    purpose: FaceCheckPurpose
    status: FaceCheckStatus
    reasons: Annotated[list[ReasonAnswer], Field(default_factory=list)]
    tries_left: int
