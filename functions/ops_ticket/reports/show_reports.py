"""The reports that are kept, and links to their files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.reports.make_report import shown
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.reports import OpsReport, ReportKind
from shared.models.tickets import Ticket

SHOWN = 100
LINK_SECONDS = 300


@in_transaction
def list_reports(
    session: Session, *, actor: Actor, kind: ReportKind | None = None
) -> Sequence[dict[str, Any]]:
    """The newest first."""
    query = select(OpsReport).where(OpsReport.site_id == actor.site_id)
    if kind is not None:
        query = query.where(OpsReport.kind == kind)
    newest = query.order_by(OpsReport.made_at.desc(), OpsReport.id).limit(SHOWN)
    found = session.scalars(newest).all()
    titles = _titles(session, found)
    return [{**shown(one), "title": titles.get(one.subject, one.title)} for one in found]


def _titles(session: Session, reports: Sequence[OpsReport]) -> dict[str, str]:
    """By subject, of incidents: what their tickets are called, which is sealed and stands in no message."""
    incidents = [one.subject for one in reports if one.kind is ReportKind.INCIDENT]
    tickets = select(Ticket.id, Ticket.title).where(Ticket.id.in_(incidents))
    return {subject: f"故障处理报告：{title}" for subject, title in session.execute(tickets)}


@in_transaction
def hand_out(session: Session, *, actor: Actor, report_id: str) -> dict[str, Any]:
    """Links of minutes. Raises NotFound for another site's report as for none."""
    report = session.get(OpsReport, report_id)
    if report is None or report.site_id != actor.site_id:
        raise NotFound.of("not_found")
    audit.record(session, actor, "ops_report.read", "ops_report", report.id)
    links = {"docx_url": report.docx_key, "xlsx_url": report.xlsx_key}
    signed = {
        name: key and storage.presigned_get(key, seconds=LINK_SECONDS)
        for name, key in links.items()
    }
    return {**shown(report), **signed, "expires_in": LINK_SECONDS}
