"""Requests and answers about a person's own data."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from functions.booking.schemas import RelationshipAnswer, VisitAnswer, VisitEvent
from shared.http.fields import Answer, Body
from shared.models.faces import FaceCheckPurpose, FaceCheckStatus
from shared.models.people import ConsentPurpose, ManualCheckPurpose, ManualCheckStatus
from shared.models.phones import FamilyPhoneStatus, PhoneCheckResult
from shared.models.waiting import WaitingStatus

WeChatCode = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AskExport(Body):
    """`code`: from wx.login, made for this request."""

    code: WeChatCode


class AskErasure(Body):
    """`code`: from wx.login, made for this request. Without `confirmed` the answer says what would follow."""

    code: WeChatCode
    confirmed: bool = False


class KeptAnswer(Answer):
    what: str
    why: str


class Erased(Answer):
    erased_at: datetime
    kept: list[KeptAnswer]


class Profile(Answer):
    name: str | None
    id_number: str | None
    phone: str | None
    openid: str
    created_at: datetime
    phone_checked_at: datetime | None
    face_checked_at: datetime | None


class ConsentLine(Answer):
    purpose: ConsentPurpose
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


class VisitLine(VisitAnswer):
    kinship: str
    booked_by_you: bool
    joined_at: datetime | None
    history: list[VisitEvent]


class FaceCheckLine(Answer):
    purpose: FaceCheckPurpose
    status: FaceCheckStatus
    created_at: datetime
    decided_at: datetime | None
    engine: str | None


class PhoneCheckLine(Answer):
    checked_at: datetime
    result: PhoneCheckResult


class FamilyPhoneLine(Answer):
    number: str
    kinship: str
    owner_name: str | None
    owner_id_number: str | None
    status: FamilyPhoneStatus
    created_at: datetime


class ManualCheckLine(Answer):
    purpose: ManualCheckPurpose
    status: ManualCheckStatus
    reason: str | None
    asked_at: datetime


class WaitingLine(Answer):
    status: WaitingStatus
    joined_at: datetime
    ended_at: datetime | None


class PictureLine(Answer):
    """`url` works for some minutes, for whoever has it."""

    what: str
    url: str
    expires_in: int


class Export(Answer):
    """Everything stored of one person. `not_included`: what stays out, and why."""

    exported_at: datetime
    profile: Profile
    consents: list[ConsentLine]
    relationships: list[RelationshipAnswer]
    visits: list[VisitLine]
    face_checks: list[FaceCheckLine]
    face_templates: int
    phone_checks: list[PhoneCheckLine]
    family_phones: list[FamilyPhoneLine]
    manual_checks: list[ManualCheckLine]
    waiting_list: list[WaitingLine]
    pictures: list[PictureLine]
    not_included: list[KeptAnswer]
