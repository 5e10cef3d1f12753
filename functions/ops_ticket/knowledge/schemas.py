"""Requests and answers about cases."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.http.fields import Answer, Body, Id
from shared.models.reports import CaseStatus

CaseText = Annotated[str, StringConstraints(min_length=2, max_length=4000)]
CaseTitle = Annotated[str, StringConstraints(min_length=2, max_length=100)]


class CaseQuery(Body):
    """`text`: what to look for among the shown ones; without it the newest of `status`."""

    text: Annotated[str, StringConstraints(max_length=400)] | None = None
    status: CaseStatus = CaseStatus.SHOWN


class CasePath(Body):
    case_id: Id


class ReviewCase(Body):
    title: CaseTitle
    symptom: CaseText
    cause: CaseText
    method: CaseText
    prevention: CaseText
    status: Literal[CaseStatus.SHOWN, CaseStatus.DROPPED]


class CaseAnswer(Answer):
    id: str
    ticket_id: str
    status: CaseStatus
    title: str
    symptom: str
    cause: str
    method: str
    prevention: str
    made_at: datetime
    reviewed_at: datetime | None


class Cases(Answer):
    cases: list[CaseAnswer]
