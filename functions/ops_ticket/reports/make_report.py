"""Making a report: read in one transaction, written outside, kept as a version when it is new, and told."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.ops_ticket.reports import incident, inspection, monthly
from shared import audit, messages
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction
from shared.documents.excel import XLSX
from shared.documents.word import DOCX
from shared.errors import BadInput, Refused
from shared.models.officers import Role
from shared.models.reports import OpsReport, ReportKind
from shared.settings import settings

TOLD = (Role.SUPERVISOR, Role.OPS_LEAD)


@dataclass(frozen=True)
class Files:
    title: str
    docx: bytes
    xlsx: bytes | None = None


def make_report(*, actor: Actor, site_id: str, kind: ReportKind, subject: str) -> dict[str, Any]:
    """The newest version; a new one only if the data say something else. Raises BadInput, Refused when there is
    nothing to report, ProviderError when COS cannot be reached."""
    files = BUILDERS[kind](site_id, subject)
    digest = hashlib.sha256(files.docx + (files.xlsx or b"")).hexdigest()
    # Two that make it at once write the same bytes to the same place.
    stem = f"reports/{site_id}/{kind.value}/{subject}/{digest[:32]}"
    storage.write(f"{stem}.docx", files.docx, DOCX)
    if files.xlsx is not None:
        storage.write(f"{stem}.xlsx", files.xlsx, XLSX)
    report = OpsReport(
        site_id=site_id,
        kind=kind,
        subject=subject,
        title=files.title,
        digest=digest,
        docx_key=f"{stem}.docx",
        xlsx_key=None if files.xlsx is None else f"{stem}.xlsx",
        made_by=actor.id,
    )
    return _keep(actor=actor, report=report)


@in_transaction
def _keep(session: Session, *, actor: Actor, report: OpsReport) -> dict[str, Any]:
    known = select(OpsReport).where(
        OpsReport.site_id == report.site_id,
        OpsReport.kind == report.kind,
        OpsReport.subject == report.subject,
        OpsReport.digest == report.digest,
    )
    found = session.scalar(known)
    if found is not None:
        return shown(found)
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:  # another instance made the same one meanwhile
        return shown(session.scalars(known).one())
    audit.record(
        session, actor, "ops_report.made", "ops_report", report.id, site_id=report.site_id,
        report_kind=report.kind.value, subject=report.subject,
    )  # fmt: skip
    messages.tell_staff(
        session,
        site_id=report.site_id,
        roles=TOLD,
        text=f"【运维报告】{report.title}已生成，登录后查看和下载：\n{settings().officer_page_url}#/reports/{report.id}",
        dedupe_key=f"ops_report:{report.id}",
    )
    return shown(report)


def shown(report: OpsReport) -> dict[str, Any]:
    columns = {column.key: getattr(report, column.key) for column in OpsReport.__table__.columns}
    return {**columns, "has_annex": report.xlsx_key is not None}


def _monthly(site_id: str, subject: str) -> Files:
    try:
        found = in_transaction(monthly.collect)(site_id, subject)
    except ValueError as error:
        raise BadInput.of("report_month", "subject") from error
    return Files(f"{found.month.name}运维总结报告", monthly.document(found), monthly.annex(found))


def _incident(site_id: str, subject: str) -> Files:
    found = in_transaction(incident.collect)(site_id, subject)
    if found is None:
        raise Refused.of("report_incident")
    return Files(incident.title(found.ticket), incident.document(found))


def _inspection(site_id: str, subject: str) -> Files:
    found = in_transaction(inspection.collect)(site_id, subject)
    if found is None:
        raise Refused.of("report_inspection")
    return Files(found.title, inspection.document(found))


BUILDERS: dict[ReportKind, Callable[[str, str], Files]] = {
    ReportKind.MONTHLY: _monthly,
    ReportKind.INCIDENT: _incident,
    ReportKind.INSPECTION: _inspection,
}
