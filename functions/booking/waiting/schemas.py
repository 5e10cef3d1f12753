"""Requests and answers about the waiting list."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from functions.booking.schemas import CompanionCodeText
from shared.http.fields import Answer, Body, Id
from shared.models.waiting import WaitingStatus


class JoinWaitingList(Body):
    relationship_id: Id
    slot_id: Id


class EntryPath(Body):
    entry_id: Id


class AcceptOffer(Body):
    companion_codes: Annotated[list[CompanionCodeText], Field(max_length=5)] = []


class WaitingAnswer(Answer):
    """`before_you`: how many wait longer. `offer_until`: accept by then. `text` says how things stand."""

    id: str
    slot_id: str
    starts_at: datetime
    ends_at: datetime
    status: WaitingStatus
    text: str
    before_you: int | None
    offer_until: datetime | None
    visit_id: str | None


class WaitingList(Answer):
    entries: list[WaitingAnswer]
