"""Requests and answers about what is promised: policy and working calendar."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.http.fields import Answer, Body
from shared.models.tickets import Severity, TicketKind
from shared.reasons import REASONS
from shared.rules.sla_policy import ClockName

Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 60)]
Part = Annotated[float, Field(gt=0, lt=1)]
LAST_WARNING = 5  # minutes before the breach, at least [7]


class ClockPolicyBody(Body):
    """Minutes. `before`: warnings this long before the end; `climbs`: to the lead, then to the customer, after it."""

    due: dict[Severity, Minutes]
    parts: list[Part] = Field(default_factory=list, max_length=5)
    before: list[Minutes] = Field(default_factory=list, max_length=5)
    climbs: Annotated[list[Minutes], Field(min_length=2, max_length=2)]
    repeat: Annotated[int, Field(ge=10, le=24 * 60)]
    pausable: bool = True

    @model_validator(mode="after")
    def hold_together(self) -> "ClockPolicyBody":
        """The last warning stands early enough; climbs come one after the other; all four levels are there."""
        shortest = min(self.due.values(), default=0)
        whole = set(self.due) == set(Severity) and self.climbs[0] < self.climbs[1]
        warned = any(LAST_WARNING <= one < shortest for one in self.before)
        if not whole or not warned:
            raise PydanticCustomError("policy_clock", REASONS["policy_clock"])
        return self


class PolicyBody(Body):
    calendars: dict[TicketKind, Literal["always", "working"]]
    clocks: dict[ClockName, ClockPolicyBody]

    @model_validator(mode="after")
    def be_whole(self) -> "PolicyBody":
        if set(self.calendars) != set(TicketKind) or set(self.clocks) != set(ClockName):
            raise PydanticCustomError("policy_incomplete", REASONS["policy_incomplete"])
        return self


class SetPolicy(Body):
    """`replaces`: the version in force as the page showed it."""

    replaces: int
    policy: PolicyBody


class PolicyVersion(Answer):
    version: int
    made_by: str
    made_by_name: str | None
    made_at: datetime


class PolicyData(Answer):
    version: int
    calendars: dict[str, str]
    clocks: dict[ClockName, ClockPolicyBody]


class Policies(Answer):
    policy: PolicyData
    versions: list[PolicyVersion]


class CalendarQuery(Body):
    year: Annotated[int, Field(ge=2020, le=2100)]


class CalendarYear(Answer):
    """The year's exceptions as they stand; `known_until`: the last day that any import covers."""

    year: int
    known: bool
    known_until: date | None
    holidays: list[date]
    workdays: list[date]


class ImportCalendar(Body):
    """The year's exceptions: days off on weekdays, and worked days at weekends."""

    year: Annotated[int, Field(ge=2026, le=2100)]
    holidays: Annotated[list[date], Field(max_length=60)]
    workdays: Annotated[list[date], Field(max_length=60)]


class CalendarImported(Answer):
    """`tickets`: how many running tickets got their deadlines anew."""

    days: int
    tickets: int
