"""Requests and answers about reports."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from shared.http.fields import Answer, Body, Id
from shared.models.reports import ReportKind


class ReportQuery(Body):
    kind: ReportKind | None = None


class MakeOpsReport(Body):
    """`subject`: the month (2026-11), the incident's or the inspection's id."""

    kind: ReportKind
    subject: Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}|[0-9a-z]{26})$")]


class ReportPath(Body):
    report_id: Id


class ReportAnswer(Answer):
    """`digest`: SHA-256 of the files; made again from the same data it is the same."""

    id: str
    kind: ReportKind
    subject: str
    title: str
    digest: str
    made_at: datetime
    has_annex: bool


class Reports(Answer):
    reports: list[ReportAnswer]


class ReportLinks(ReportAnswer):
    """For `expires_in` seconds."""

    docx_url: str
    xlsx_url: str | None
    expires_in: int
