"""Requests and answers of the one platform."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from shared.http.fields import Answer, Body, Id, ReasonText
from shared.models.calls import CallDirection
from shared.models.rooms import AlertKind, RecordingKind, RecordingStatus
from shared.rules.quota import Channel

PageKey = Annotated[str, StringConstraints(max_length=64)]


class HistoryPath(Body):
    resident_id: Id


class RecordedPath(Body):
    recording_id: Id


class GrantPath(Body):
    grant_id: Id


class PlatformReason(Body):
    reason: ReasonText


class PersonAsked(Body):
    """A resident's number, or the whole name of a resident or of somebody in the family."""

    person: Annotated[str, StringConstraints(min_length=1, max_length=50)]


class FoundResident(Answer):
    id: str
    name: str
    number: str
    ward_name: str


class FoundResidents(Answer):
    residents: list[FoundResident]


class TimelineFilters(Body):
    """`channel`: one of the three, none for all. `before`: the `next` of the page before."""

    channel: Channel | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    relative_id: Id | None = None
    recorded: bool = False
    alerted: bool = False
    before: PageKey | None = None


class ContactPerson(Answer):
    name: str
    kinship: str


class HistoryResident(Answer):
    id: str
    name: str
    number: str


class RecordingOfContact(Answer):
    id: str
    status: RecordingStatus
    legal_hold: bool
    starts_at: datetime
    ends_at: datetime | None


class ContactItem(Answer):
    """`recordings` in order: a visit may have several. `status`: a visit's, an on-site visit's, or a call's result, as `channel` says."""

    id: str
    channel: Channel
    at: datetime
    ends_at: datetime | None = None
    seconds: int | None = None
    direction: CallDirection | None = None
    status: str
    reason: str | None = None
    people: list[ContactPerson]
    number: str | None
    alerts: list[AlertKind]
    recordings: list[RecordingOfContact]


class Timeline(Answer):
    resident: HistoryResident
    contacts: list[ContactItem]
    next: str | None


class RecordingQuestion(Body):
    """Without `since` the last 31 days, a year at most. `person`: a resident's number, or anybody's whole name."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    kind: RecordingKind | None = None
    status: RecordingStatus | None = None
    person: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,20}$")] | None = None
    alert: AlertKind | None = None
    alerted: bool = False
    held: bool = False
    before: PageKey | None = None


class FoundRecording(Answer):
    id: str
    kind: RecordingKind
    status: RecordingStatus
    visit_id: str | None
    starts_at: datetime
    ends_at: datetime | None
    bytes: int | None
    legal_hold: bool
    resident: HistoryResident
    people: list[ContactPerson]
    number: str | None
    alerts: list[AlertKind]


class FoundRecordings(Answer):
    """`since`, `until`: the span that was searched."""

    recordings: list[FoundRecording]
    since: datetime
    until: datetime
    next: str | None


class PlaybackLink(Answer):
    """`url` for `expires_in` seconds; a fresh one by `grant_id` until `granted_until`, for this officer alone."""

    grant_id: str
    granted_until: datetime
    url: str
    expires_in: int
    watermark: str


class HeldRecording(Answer):
    id: str
    legal_hold: bool


class FiguresOf(Body):
    """Half open: from `since`, up to but without `until`; a year at most."""

    since: AwareDatetime
    until: AwareDatetime


class FigureLine(Answer):
    """`waited_seconds` over all the `decided` requests together; `completed` counts terminated visits too."""

    requested: int
    completed: int
    refused: int
    cancelled: int
    no_shows: int
    alerts: int
    onsite: int
    calls: int
    call_seconds: int
    decided: int
    waited_seconds: int


class WardFigures(FigureLine):
    ward_id: str
    ward: str


class DayFigures(FigureLine):
    day: date


class ContactFigures(Answer):
    site: str
    since: datetime
    until: datetime
    total: FigureLine
    wards: list[WardFigures]
    days: list[DayFigures]


class ExportHistory(Body):
    reason: ReasonText
    channel: Channel | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    relative_id: Id | None = None
    recorded: bool = False
    alerted: bool = False


class MakeReport(FiguresOf):
    reason: ReasonText


class HandedOut(Answer):
    """`url` for `expires_in` seconds; the file itself is gone after an hour."""

    url: str
    expires_in: int


class HistoryFile(HandedOut):
    count: int
