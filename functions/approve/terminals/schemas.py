"""Requests and answers of the terminal page."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.fields import Answer, Body, Id
from shared.models.places import DeviceKind, DeviceStatus, TerminalStatus
from shared.models.visits import VisitStatus


class RoomMessageAnswer(Answer):
    id: str
    text: str
    sent_at: datetime


class TerminalVisit(Answer):
    """`muted`: turn the microphone off. `messages`: what officers said; show each for a while."""

    id: str
    status: VisitStatus
    resident_number: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    seconds_left: int
    can_join: bool
    muted: bool
    messages: list[RoomMessageAnswer]


class DeviceAnswer(Answer):
    kind: DeviceKind
    status: DeviceStatus
    note: str | None
    tested_at: datetime | None


class TerminalPage(Answer):
    """Ask every few seconds; `now` is the server's clock."""

    id: str
    name: str
    site_name: str
    status: TerminalStatus
    now: datetime
    devices: list[DeviceAnswer]
    visits: list[TerminalVisit]


class DeviceResult(Body):
    kind: DeviceKind
    working: bool
    note: Annotated[str, StringConstraints(max_length=200)] | None = None


class TerminalTest(Body):
    results: Annotated[list[DeviceResult], Field(min_length=1, max_length=10)]


class DeviceList(Answer):
    devices: list[DeviceAnswer]


class HelpAsked(Answer):
    id: str


class TerminalVisitPath(Body):
    visit_id: Id


class ToldAtTerminal(Answer):
    id: str
    resident_told_at: datetime | None
