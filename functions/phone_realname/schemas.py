"""Requests and answers of `phone_realname`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from shared.http.fields import (
    Answer,
    Body,
    CosKeyText,
    Id,
    IdNumber,
    MobileNumber,
    Name,
    ReasonText,
)
from shared.models.phones import (
    FamilyPhoneStatus,
    PhoneCheckJobStatus,
    PhoneCheckPurpose,
    PhoneCheckResult,
)

ROWS = 1000  # in one push
DeliveryId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CheckPhone(Body):
    """`phone_code` is what WeChat's getPhoneNumber button gives: single use, 5 minutes."""

    phone_code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PhoneChecked(Answer):
    """`waiting`: the provider could not say; it is asked again at `next_try_at` without anybody's doing."""

    id: str
    state: PhoneCheckJobStatus
    result: PhoneCheckResult | None
    phone_tail: str
    reason: str | None
    asked_at: datetime
    next_try_at: datetime | None


class PhoneChecks(Answer):
    checks: list[PhoneChecked]


class AskFamilyPhone(Body):
    """`owner_*`: all three for somebody else's number, none for an own one. `kinship`: the owner's to the resident."""

    relationship_id: Id
    number: MobileNumber
    kinship: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    owner_name: Name | None = None
    owner_id_number: IdNumber | None = None
    owner_consents: bool = False


class FamilyPhoneAnswer(Answer):
    id: str
    relationship_id: str | None
    number_tail: str
    own: bool
    kinship: str
    status: FamilyPhoneStatus
    check: PhoneCheckResult | None
    reason: str | None
    hint: str
    created_at: datetime
    changed_at: datetime


class FamilyPhones(Answer):
    phones: list[FamilyPhoneAnswer]


class PhonePath(Body):
    phone_id: Id


class ShowPhones(Body):
    """`before`: the `next` of the page before."""

    status: FamilyPhoneStatus | None = None
    resident_id: Id | None = None
    before: Id | None = None


class DeskPhone(Answer):
    id: str
    resident_id: str
    resident_name: str
    resident_number: str
    asked_by: str | None
    owner_name: str | None
    own: bool
    number: str | None
    kinship: str
    status: FamilyPhoneStatus
    check: PhoneCheckResult | None
    check_reason: str | None
    checked_at: datetime | None
    reason: str | None
    created_at: datetime
    changed_at: datetime


class DeskPhones(Answer):
    phones: list[DeskPhone]
    next: str | None


class ApprovePhone(Body):
    """`basis`: how the officer checked name, ID number and number by hand, where no machine could."""

    basis: ReasonText | None = None


class PhoneReason(Body):
    reason: ReasonText


class DecidedPhone(Answer):
    id: str
    status: FamilyPhoneStatus
    reason: str | None


class CostPeriod(Body):
    """Half open: from `since`, up to but without `until`."""

    since: AwareDatetime
    until: AwareDatetime


class CostTotal(Answer):
    """`billing`: billed, free or unknown (no answer was heard). `site_unknown`: of relatives without a tie yet."""

    purpose: PhoneCheckPurpose
    result: PhoneCheckResult
    billing: str
    site_unknown: bool
    count: int


class CostLine(Answer):
    id: str
    checked_at: datetime
    answered_at: datetime | None
    purpose: PhoneCheckPurpose
    result: PhoneCheckResult
    code: str
    billing: str
    request_id: str | None


class CheckCosts(Answer):
    totals: list[CostTotal]
    newest: list[CostLine]


class AfterPhonePlace(Body):
    """`after`: the `next` of the last answer, 0 to begin with."""

    after: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class PhoneFeedItem(Answer):
    """Whoever keeps the highest `version` of a `phone_id` is right, in whatever order changes come."""

    phone_id: str
    version: int
    resident_number: str
    number: str | None
    allowed: bool
    changed_at: datetime


class PhoneFeedPage(Answer):
    phones: list[PhoneFeedItem]
    next: int
    more: bool


class DeliverCalls(Body):
    """`count`: how many rows were sent. The fields of a row: see the integration document."""

    delivery_id: DeliveryId
    count: Annotated[int, Field(ge=0, le=ROWS)]
    calls: Annotated[list[dict[str, Any]], Field(max_length=ROWS)]


class DeliverNumbers(Body):
    delivery_id: DeliveryId
    count: Annotated[int, Field(ge=0, le=ROWS)]
    numbers: Annotated[list[dict[str, Any]], Field(max_length=ROWS)]


class PhoneRowReason(Answer):
    code: str
    text: str
    field: str | None


class CallProblem(Answer):
    line: int
    call_id: str
    reasons: list[PhoneRowReason]


class CallReport(Answer):
    new: int
    corrected: int
    unchanged: int
    older: int
    unknown_residents: int
    problems: list[CallProblem]


class NumberProblem(Answer):
    line: int
    resident_number: str
    reasons: list[PhoneRowReason]


class NumberReport(Answer):
    new: int
    changed: int
    unchanged: int
    over: int
    problems: list[NumberProblem]


class CallUpload(Answer):
    key: str
    url: str
    content_type: str
    expires_in: int


class CallFile(Body):
    key: CosKeyText
