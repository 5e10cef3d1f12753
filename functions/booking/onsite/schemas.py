"""What the ordinary visit system and we send each other; officers' imports."""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.clock import now
from shared.http.fields import Answer, Body, CosKeyText, IdNumber, Name
from shared.models.onsite import OfferKind, OnsiteVisitStatus
from shared.models.visits import VisitStatus
from shared.reasons import REASONS
from shared.rules import id_number

MAX_RECORDS = 200
MAX_PHOTO_BYTES = 150_000
JPEG = b"\xff\xd8\xff"
CLOCKS_DIFFER = timedelta(minutes=10)


def _refuse(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, REASONS[code])


def _not_ahead(moment: datetime) -> datetime:
    if moment > now() + CLOCKS_DIFFER:
        raise _refuse("moment_ahead")
    return moment


def _impersonal(record_id: str) -> str:
    # Record ids stand in logs and reports; an ID number must not.
    if id_number.is_valid(record_id):
        raise _refuse("record_id_personal")
    return record_id


def _photo(text: str) -> str:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _refuse("onsite_photo_invalid") from error
    if not data.startswith(JPEG) or len(data) > MAX_PHOTO_BYTES:
        raise _refuse("onsite_photo_invalid")
    return text


# Case is the same: MySQL compares without it.
RecordId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$", to_upper=True),
    AfterValidator(_impersonal),
]
ResidentNumber = Annotated[str, StringConstraints(min_length=1, max_length=32)]
Moment = Annotated[AwareDatetime, AfterValidator(_not_ahead)]


class VisitorRecord(Body):
    """One registered visitor of one resident. `checked_at` null: registered, not checked yet."""

    record_id: RecordId
    status: Literal["active", "revoked"]
    name: Name
    id_number: IdNumber
    kinship: Annotated[str, StringConstraints(pattern=r"^[A-Za-z\u4e00-\u9fff]{1,16}$")]
    resident_number: ResidentNumber
    checked_at: Moment | None
    checked_by: Annotated[str, StringConstraints(max_length=50)] | None
    photo_jpeg_base64: Annotated[str, AfterValidator(_photo)] | None = None
    changed_at: Moment

    @model_validator(mode="after")
    def both_or_neither(self) -> "VisitorRecord":
        if (self.checked_at is None) != (not self.checked_by):
            raise _refuse("checked_by_missing")
        return self


class VisitRecord(Body):
    """A visit that took place on site; `cancelled` takes back one that was recorded by mistake."""

    visit_id: RecordId
    status: OnsiteVisitStatus
    resident_number: ResidentNumber
    visitor_ids: Annotated[list[RecordId], Field(max_length=20)]
    started_at: Moment
    ended_at: Moment
    recording_key: CosKeyText | None = None
    changed_at: Moment

    @model_validator(mode="after")
    def ends_after_start(self) -> "VisitRecord":
        if self.ended_at < self.started_at:
            raise _refuse("ends_before_start")
        return self


class Delivery(Body):
    """`count`: how many records of both kinds there are; another number means that some were lost."""

    delivery_id: RecordId
    count: Annotated[int, Field(ge=1, le=MAX_RECORDS)]
    visitors: Annotated[list[VisitorRecord], Field(max_length=MAX_RECORDS)] = []
    visits: Annotated[list[VisitRecord], Field(max_length=MAX_RECORDS)] = []


class Receipt(Answer):
    """What became of the records. `waiting`: of them, taken but of a resident not known here yet."""

    delivery_id: str
    created: int
    updated: int
    unchanged: int
    older: int
    waiting: int


class FeedQuery(Body):
    after: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_RECORDS)] = 100


class FeedParticipant(Answer):
    name: str | None
    id_number: str | None
    kinship: str


class FeedItem(Answer):
    """A remote visit, or a relative's tie that lets them visit; `version` is its place in the feed.

    Of a visit: `starts_at`, `ends_at`, `participants`. Of a relative: `participants` is that one person, none once
    it is `ended`; `onsite_record_id` if a record of that system gave the tie.
    """

    kind: OfferKind
    id: str
    version: int
    status: VisitStatus | Literal["checked", "ended"]
    resident_number: str
    starts_at: datetime | None
    ends_at: datetime | None
    participants: list[FeedParticipant]
    onsite_record_id: str | None
    changed_at: datetime


class Feed(Answer):
    """`next`: what to ask for `after` the next time; `more`: there is more already."""

    items: list[FeedItem]
    next: int
    more: bool


class ImportPlace(Answer):
    """PUT the CSV to `url` with exactly this content type, then send `key`."""

    key: str
    url: str
    content_type: str
    expires_in: int


class ImportVisitors(Body):
    """Either the key of an uploaded file, or a small file itself."""

    key: CosKeyText | None = None
    csv_base64: Annotated[str, StringConstraints(max_length=900_000)] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "ImportVisitors":
        if (self.key is None) == (self.csv_base64 is None):
            raise _refuse("import_source")
        return self


class RowReason(Answer):
    column: str | None
    code: str
    text: str


class RowProblem(Answer):
    """`line` as a spreadsheet numbers it. `taken`: in all the same, only waiting for its resident."""

    line: int
    record_id: str
    taken: bool
    reasons: list[RowReason]


class ImportReport(Answer):
    rows: int
    created: int
    updated: int
    unchanged: int
    older: int
    waiting: int
    refused: int
    problems: list[RowProblem]


def page_of(answer: dict[str, Any]) -> tuple[list[Any], list[Any], str, bool]:
    """A page that was fetched: raw visitors, raw visits, the next cursor, whether there is more.

    Raises ValueError for a page that is not whole.
    """
    visitors, visits = answer.get("visitors", []), answer.get("visits", [])
    following = answer.get("next")
    whole = isinstance(visitors, list) and isinstance(visits, list)
    if not whole or answer.get("count") != len(visitors) + len(visits):
        raise ValueError("not whole")
    if not isinstance(following, str) or len(following) > 200:
        raise ValueError("no cursor")
    return visitors, visits, following, answer.get("more") is True
