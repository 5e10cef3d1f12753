"""Requests and answers of `ops_ticket`."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.http.fields import Answer, Body, CosKeyText, Id
from shared.models.tickets import Finding, Severity, TicketKind, TicketSource, TicketStatus
from shared.rules.sla_policy import ClockName

Words = Annotated[str, StringConstraints(min_length=2, max_length=4000)]
Title = Annotated[str, StringConstraints(min_length=2, max_length=100)]
# At most one person-day a change, in hundredths [2].3.
Days = Annotated[Decimal, Field(gt=0, le=1, decimal_places=2)]


class TicketPath(Body):
    ticket_id: Id


class ActionPath(Body):
    ticket_id: Id
    action: Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,32}$")]


class TicketQuery(Body):
    kind: TicketKind | None = None
    over: bool = False


class ReportTicket(Body):
    kind: TicketKind
    severity: Severity
    title: Title
    text: Words
    source: Literal[TicketSource.INSPECTION, TicketSource.PERSON] = TicketSource.PERSON


class ReportProblem(Body):
    """What a family or an officer writes. `defect`: something does not work; `consult`: a question."""

    kind: Literal[TicketKind.DEFECT, TicketKind.CONSULT]
    title: Title
    text: Words


class ActOnTicket(Body):
    """Which fields an action needs is told at once when one is missing."""

    text: Words | None = None
    cause: Words | None = None
    method: Words | None = None
    prevention: Words | None = None
    loss: Words | None = None
    change_record: Words | None = None
    finding: Finding | None = None
    severity: Severity | None = None
    clock: ClockName | None = None
    days: Days | None = None


class AskAttachment(Body):
    content_type: Literal["image/jpeg", "image/png", "application/pdf", "text/plain"]


class AddAttachment(Body):
    """`key` as it was given with the place; `name` as the person's own file is called."""

    key: CosKeyText
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class AttachmentPath(Body):
    ticket_id: Id
    attachment_id: Id


class UploadPlace(Answer):
    key: str
    url: str
    content_type: str
    expires_in: int


class AttachmentLink(Answer):
    """Works for `expires_in` seconds; that it was asked for is on record."""

    url: str
    expires_in: int


class TicketEventAnswer(Answer):
    seq: int
    happened_at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str | None
    kind: str
    value: str
    text: str


class AttachmentAnswer(Answer):
    """`size` in bytes."""

    id: str
    name: str
    size: int
    added_at: datetime


class TicketClockAnswer(Answer):
    """`due_at` null: paused. `provisional`: the year's calendar is not imported yet."""

    name: ClockName
    started_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    provisional: bool


class TicketAnswer(Answer):
    id: str
    kind: TicketKind
    severity: Severity
    status: TicketStatus
    source: TicketSource
    title: str
    text: str
    reported_at: datetime
    closed_at: datetime | None


class TicketLine(TicketAnswer):
    due_at: datetime | None


class TicketDetail(TicketAnswer):
    """`reader`: who reported it, and reads the words of the actions that `told` names."""

    finding: Finding | None
    cause: str | None
    method: str | None
    prevention: str | None
    loss: str | None
    estimated_days: float | None
    paused: bool
    system_down: bool
    clocks: list[TicketClockAnswer]
    events: list[TicketEventAnswer]
    attachments: list[AttachmentAnswer]
    actions: list[str]
    told: list[str]
    reader: Literal["relative", "officer"] | None


class Tickets(Answer):
    tickets: list[TicketLine]


class ProblemEvent(Answer):
    happened_at: datetime
    kind: str
    text: str


class Problem(TicketAnswer):
    events: list[ProblemEvent]


class Problems(Answer):
    problems: list[TicketAnswer]


class Health(Answer):
    database: bool
    silent_jobs: list[str]
    dead_letters: int
    oldest_waiting_s: float


class JobStatus(Answer):
    """A timer, `every_s` seconds apart. `silent`: three runs are missing; `failed`: the last run ended in an error;
    `rests`: it does not run on a demonstration's clock that somebody moved."""

    job: str
    name: str
    every_s: int
    beat_at: datetime | None
    silent: bool
    failed: bool
    rests: bool


class MessageStatus(Answer):
    """`late_s`: by how much the most delayed message is late."""

    waiting: int
    late_s: float
    dead: int


class ServiceStatus(Answer):
    """`probes` and `failures` of the last 30 days."""

    service: str
    name: str
    probed_at: datetime | None
    failing_since: datetime | None
    probes: int
    failures: int


class PromiseStatus(Answer):
    """`overdue` and `soon` (within the hour) count deadlines of running tickets; `answered` those of the last 30 days."""

    running: int
    overdue: int
    soon: int
    answered: int
    answered_late: int


class Status(Answer):
    jobs: list[JobStatus]
    messages: MessageStatus
    services: list[ServiceStatus]
    promises: PromiseStatus


class Figures(Answer):
    """`stored_faces`: people whose faces are stored; `stored_faces_limit`: from there on the law asks for a filing;
    `stored_faces_reached`: the warning thresholds reached, in percent; `frame_lag_s`: how old room frames were once
    looked at, the worst of the last minutes (an incident opens beyond 30 s)."""

    stored_faces: int
    stored_faces_limit: int
    stored_faces_reached: list[int]
    frame_lag_s: float | None
