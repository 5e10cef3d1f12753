"""Requests and answers about the roster."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from shared.http.fields import Answer, Body, Id
from shared.rules.sla_policy import Level


class DutyQuery(Body):
    since: AwareDatetime
    until: AwareDatetime


class SetShift(Body):
    """`level` of the chain: 0 engineer, 1 specialist, 2 lead, 3 the customer."""

    level: Level
    officer_id: Id
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class HandOver(Body):
    """`from_officer_id`: whom the page showed on duty, null for nobody. `ends_at` null: to the end of that shift."""

    level: Level
    from_officer_id: Id | None = None
    to_officer_id: Id
    ends_at: AwareDatetime | None = None
    note: Annotated[str, StringConstraints(min_length=2, max_length=1000)]


class ShiftPath(Body):
    shift_id: Id


class LevelAnswer(Answer):
    """`officer_ids`: who is called now. `until` null: nobody has the shift, so all who hold the role are called."""

    level: int
    officer_ids: list[str]
    until: datetime | None


class ShiftAnswer(Answer):
    id: str
    level: int
    officer_id: str
    officer_name: str
    starts_at: datetime
    ends_at: datetime


class TakerAnswer(Answer):
    """`level`: the highest at which this person may stand."""

    id: str
    name: str
    level: int


class Roster(Answer):
    levels: list[LevelAnswer]
    shifts: list[ShiftAnswer]
    people: list[TakerAnswer]
