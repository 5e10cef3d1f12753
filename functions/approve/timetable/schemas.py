"""Requests and answers of the timetable."""

from datetime import date, datetime, time
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from functions.approve.queue.schemas import Person
from shared.http.fields import Answer, Body, Id, ReasonText
from shared.models.flags import FlagKind
from shared.models.visits import MoveStatus, VisitStatus
from shared.reasons import REASONS


class Days(Body):
    """Both included, local dates."""

    first: date
    last: date


class Day(Answer):
    """`capacity` without blocked slots; `waiting`: families that wait for a place."""

    date: date
    slots: int
    capacity: int
    taken: int
    waiting: int
    blocked_slots: int


class Block(Answer):
    """`terminal_id` null: nobody visits then."""

    id: str
    terminal_id: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    made_at: datetime
    lifted_at: datetime | None


class DayList(Answer):
    days: list[Day]
    blocks: list[Block]


class TimetableVisit(Answer):
    """`excused_at`: a no-show that counts for nothing. `resident_told_at`: the resident knows of the visit."""

    id: str
    slot_id: str
    starts_at: datetime
    ends_at: datetime
    status: VisitStatus
    place: int
    resident_name: str
    resident_number: str
    people: list[Person]
    flags: list[FlagKind]
    resident_told_at: datetime | None
    excused_at: datetime | None


class TimetableSlot(Answer):
    id: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    waiting: int
    blocked: bool
    visits: list[TimetableVisit]


class SlotList(Answer):
    slots: list[TimetableSlot]
    blocks: list[Block]


class BlockPreview(Body):
    """From `starts_at` until before `ends_at`; with `terminal_id` only that terminal."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    terminal_id: Id | None = None


class BlockHits(Answer):
    """`visits`: of residents in your scope; `visits_hit` counts all."""

    slots: int
    visits_hit: int
    visits: list[TimetableVisit]


class NewBlock(BlockPreview):
    """`seen`: ids of the visits in the preview; a 409 `block_hits_more` when others are hit by now."""

    reason: ReasonText
    seen: Annotated[list[Id], Field(max_length=2000)] | None = None


class BlockMade(Answer):
    id: str
    visits_hit: int


class BlockPath(Body):
    block_id: Id


class NewTemplate(Body):
    """Opening hours of one weekday (0 = Monday), local time; `valid_to` is the last day."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens_at: time
    closes_at: time
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def check_dates(self) -> "NewTemplate":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise PydanticCustomError("template_dates", REASONS["template_dates"])
        return self


class TemplateMade(Answer):
    id: str
    slots: int


class Template(Answer):
    id: str
    weekday: int
    opens_at: time
    closes_at: time
    valid_from: date
    valid_to: date | None


class TemplateList(Answer):
    templates: list[Template]


class TemplatePath(Body):
    template_id: Id


class EndTemplate(Body):
    last_day: date
    reason: ReasonText


class MoveVisit(Body):
    """`agreed`: the family has agreed already, by telephone; otherwise it is asked and answers in its own page."""

    slot_id: Id
    reason: ReasonText
    agreed: bool


class VisitMoved(Answer):
    """`starts_at`: when the visit is now; unchanged while the family is `proposed` another time."""

    id: str
    status: MoveStatus
    starts_at: datetime
