"""Requests and answers of the inspections."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.http.fields import Answer, Body, CosKeyText, Id
from shared.models.inspections import CheckResult, InspectionKind


class InspectionPath(Body):
    inspection_id: Id


class InspectionItemPath(Body):
    inspection_id: Id
    item_id: Id


class AskPhoto(Body):
    content_type: Literal["image/jpeg", "image/png"]


class PhotoPlace(Answer):
    """PUT the photo to `url` with this content type, then name `key` with the check."""

    key: str
    url: str
    content_type: str
    expires_in: int


class CheckItem(Body):
    """A fault needs `note`, and opens a ticket. `out_of_service`: the terminal takes no bookings until the repair."""

    result: CheckResult
    note: Annotated[str, StringConstraints(min_length=2, max_length=2000)] | None = None
    photo_keys: Annotated[list[CosKeyText], Field(max_length=6)] = []
    out_of_service: bool = False


class InspectionPhoto(Answer):
    key: str
    url: str


class InspectionItemAnswer(Answer):
    id: str
    what: str
    device_id: str | None
    result: CheckResult | None
    note: str | None
    photos: list[InspectionPhoto]
    ticket_id: str | None
    checked_at: datetime | None


class InspectionLine(Answer):
    """`period`: 2026-12 or 2026-Q4. `checked` of `items_count` lines are done."""

    id: str
    kind: InspectionKind
    period: str
    due_on: date
    done_at: datetime | None
    items_count: int
    checked: int
    faults: int


class InspectionDetail(InspectionLine):
    items: list[InspectionItemAnswer]


class Inspections(Answer):
    inspections: list[InspectionLine]


class AvailabilityQuery(Body):
    """Whole hours, at most 366 days."""

    since: datetime
    until: datetime


class ServiceAvailability(Answer):
    service: str
    name: str
    probes: int
    failures: int


class Availability(Answer):
    services: list[ServiceAvailability]
