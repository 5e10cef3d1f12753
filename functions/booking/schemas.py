"""Requests and answers of `booking`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.http.fields import Answer, Body, CosKeyText, Id, IdNumber, Name
from shared.models.people import (
    ConsentPurpose,
    ManualCheckPurpose,
    ManualCheckStatus,
    RelationshipStatus,
)
from shared.models.visits import VisitStatus
from shared.rules.device_test import Device

Kinship = Literal[
    "父亲", "母亲", "配偶", "儿子", "女儿", "兄弟", "姐妹", "祖父", "祖母", "外祖父", "外祖母",
    "孙子", "孙女", "其他监护人",
]  # fmt: skip

CompanionCodeText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{8}$")]


class SignIn(Body):
    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class FamilySession(Answer):
    token: str
    relative_id: str
    expires_in: int


class GivenConsent(Body):
    purpose: ConsentPurpose
    version: Annotated[str, StringConstraints(max_length=20)]


class GiveConsents(Body):
    consents: Annotated[list[GivenConsent], Field(min_length=1, max_length=10)]


class AskUpload(Body):
    purpose: Literal["id_photo", "proof"]
    content_type: Literal["image/jpeg", "image/png"]


class Upload(Answer):
    """PUT the file to `url` with exactly this content type, then send `key` in the next request."""

    key: str
    url: str
    content_type: str
    expires_in: int


class Identity(Body):
    name: Name
    id_number: IdNumber
    id_photo_key: CosKeyText


class RegistrationStep(Answer):
    """`state`: done, next (it is your turn), waiting (for us), refused (see `text`, and try again), later."""

    name: str
    state: Literal["done", "next", "waiting", "refused", "later"]
    text: str


class Registration(Answer):
    relative_id: str
    done: list[str]
    next_step: str | None
    hint: str
    can_book: bool
    steps: list[RegistrationStep]


class AskRelationship(Body):
    resident_number: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    resident_name: Name
    kinship: Kinship
    proof_keys: Annotated[list[CosKeyText], Field(max_length=5)] = []


class RelationshipAnswer(Answer):
    """`suspended_until`, `expires_at`: when it ends by itself, the suspension or the relationship."""

    id: str
    kinship: str
    status: RelationshipStatus
    reason: str | None
    asked_at: datetime
    suspended_until: datetime | None = None
    expires_at: datetime | None = None


class Relationships(Answer):
    relationships: list[RelationshipAnswer]


class WithdrawConsent(Body):
    """Without `confirmed` the answer says what would follow, and nothing happens."""

    purpose: ConsentPurpose
    confirmed: bool = False


class AskManualCheck(Body):
    purpose: ManualCheckPurpose
    relationship_id: Id
    visit_id: Id | None = None


class ManualCheckAnswer(Answer):
    id: str
    purpose: ManualCheckPurpose
    status: ManualCheckStatus
    reason: str | None


class RecoverAccount(Body):
    name: Name
    id_number: IdNumber


class QuotaRuleAnswer(Answer):
    text: str
    used: int
    left: int
    renews_at: datetime


class OtherSlot(Answer):
    id: str
    starts_at: datetime
    places_left: int


class Quota(Answer):
    rules: list[QuotaRuleAnswer]
    next_slots: list[OtherSlot]
    book_again_at: datetime | None


class OfRelationship(Body):
    relationship_id: Id


class SlotAnswer(Answer):
    """`can_wait`: it is full, and one may join its waiting list."""

    id: str
    starts_at: datetime
    ends_at: datetime
    places_left: int
    bookable: bool
    can_wait: bool
    reasons: list[str]


class Slots(Answer):
    slots: list[SlotAnswer]


class RequestVisit(Body):
    """`companion_codes`: one from each relative who comes along, made by them in the last 24 hours."""

    relationship_id: Id
    slot_id: Id
    companion_codes: Annotated[list[CompanionCodeText], Field(max_length=5)] = []


class CompanionCode(Answer):
    code: str
    expires_at: datetime


class VisitPath(Body):
    visit_id: Id


class InRoom(Body):
    """进入 TRTC 房间成功（onEnterRoom）之后带 in_room=true：即使回调全部丢失，会见也能按时开始并录像。"""

    in_room: bool = False


class VisitAnswer(Answer):
    id: str
    status: VisitStatus
    starts_at: datetime
    ends_at: datetime
    reason: str | None


class VisitEvent(Answer):
    """`by` is a kind of person, never a name."""

    at: datetime
    by: str
    text: str


class DeviceTest(Body):
    camera: Device
    microphone: Device
    speaker: Device
    delay_ms: Annotated[int, Field(ge=0, le=60_000)]
    loss_percent: Annotated[int, Field(ge=0, le=100)]


class DeviceTested(Answer):
    camera: Device
    microphone: Device
    speaker: Device
    delay_ms: int
    loss_percent: int
    passed: bool
    advice: list[str]


class VisitDetails(VisitAnswer):
    """`changes`: what changed since the booking and is with an officer. `cancel_until`: None when it cannot be any more."""

    state: str
    next_step: str
    changes: list[str]
    check_in_opens_at: datetime
    cancel_until: datetime | None
    resident_told_at: datetime | None
    booked_by_you: bool
    people: int
    device_test: DeviceTested | None
    device_tested_at: datetime | None
    history: list[VisitEvent]


class WaitingRoom(Answer):
    """`device_test_passed`: None when there was no test."""

    state: Literal["not_approved", "too_early", "face_check", "waiting", "open", "over"]
    text: str
    opens_at: datetime
    starts_at: datetime
    seconds_until_open: int
    seconds_until_start: int
    face_checked: bool
    device_test_passed: bool | None
    resident_told: bool


class Visits(Answer):
    visits: list[VisitAnswer]


class RoomPass(Answer):
    """What TRTC's client needs to enter this visit's room, and no other."""

    sdk_app_id: int
    room_id: str
    user_id: str
    user_sig: str
    private_map_key: str
    expires_in: int
    starts_at: datetime
    seconds_until_start: int


class RoomMessage(Answer):
    id: str
    text: str
    sent_at: datetime


class RoomState(Answer):
    """Ask every 3 s in the room. `muted`: turn the microphone off; `messages`: show each, once."""

    id: str
    status: VisitStatus
    ends_at: datetime
    seconds_left: int
    muted: bool
    messages: list[RoomMessage]


class MoveAsked(Answer):
    """An officer asks whether the visit may be moved; whoever booked answers until `answer_until`."""

    id: str
    from_starts_at: datetime
    to_starts_at: datetime
    to_ends_at: datetime
    reason: str
    answer_until: datetime
    yours_to_answer: bool


class AnswerMove(Body):
    agree: bool
