"""Timer: the reports that are due and not there: last month's of each site, of each approved incident and of each inspection."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.reports.make_report import make_report
from shared import tickets
from shared.actors import SYSTEM
from shared.batches import AWAY, each, in_time
from shared.clients.errors import ProviderError
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.base import UtcDateTime
from shared.models.inspections import Inspection
from shared.models.places import Site
from shared.models.reports import OpsReport, ReportKind
from shared.models.tickets import Severity, Ticket, TicketEvent, TicketKind
from shared.rules.sla import Happened

LOOK_BACK = timedelta(days=3)
RUN_S = 240  # a run ends well before the next one begins, which goes on
NAMES = {
    ReportKind.MONTHLY: "运维总结报告",
    ReportKind.INCIDENT: "故障处理报告",
    ReportKind.INSPECTION: "巡检报告",
}

Due = tuple[str, ReportKind, str]

log = logging.getLogger("visits.reports")


def make_missing_reports() -> int:
    """How many were made. What failed before is tried last: it keeps no other waiting."""
    return each(in_time(_due(), seconds=RUN_S), _make)


def _make(due: Due) -> None:
    site_id, kind, subject = due
    try:
        make_report(actor=SYSTEM, site_id=site_id, kind=kind, subject=subject)
    except (*AWAY, ProviderError):
        raise  # away for all of them alike, and told elsewhere
    except Exception as error:
        log.error("report_failed", extra={"kind": kind.value, "error": type(error).__name__})
        _tell(due=due, error=error)
        raise


@in_transaction
def _tell(session: Session, *, due: Due, error: Exception) -> None:
    """Once a report; it is tried on."""
    site_id, kind, subject = due
    tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.III,
        source_key=_key(due),
        title="有运维报告没有生成",
        text=f"{NAMES[kind]}（{subject}）生成时出错：{type(error).__name__}。系统会继续重试，其他报告不受影响。",
    )


def _key(due: Due) -> str:
    site_id, kind, subject = due
    return f"report:{kind.value}:{subject}:{site_id}"


@in_transaction
def _due(session: Session) -> list[Due]:
    """What somebody made before all was told that belongs into it is made once more."""
    wanted = {*_months(session), *_incidents(session), *_inspections(session)}
    newest = func.max(OpsReport.made_at, type_=UtcDateTime)
    made = (
        select(OpsReport.site_id, OpsReport.kind, OpsReport.subject, newest)
        .where(OpsReport.subject.in_({due[2] for due, _ in wanted}))
        .group_by(OpsReport.site_id, OpsReport.kind, OpsReport.subject)
    )
    known = {(site_id, kind, subject): at for site_id, kind, subject, at in session.execute(made)}
    left = [due for due, whole_at in wanted if due not in known or known[due] < whole_at]
    failed_before = select(Ticket.source_key).where(Ticket.source_key.in_(map(_key, left)))
    failed = set(session.scalars(failed_before))
    return sorted(left, key=lambda due: (_key(due) in failed, _key(due)))


def _months(session: Session) -> Iterator[tuple[Due, datetime]]:
    first = in_shanghai(now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    there = select(Site.id).where(Site.created_at < first).order_by(Site.id)
    for site_id in session.scalars(there):
        yield (site_id, ReportKind.MONTHLY, f"{first - timedelta(days=1):%Y-%m}"), first


def _incidents(session: Session) -> Iterator[tuple[Due, datetime]]:
    approved = (
        select(Ticket.site_id, Ticket.id, Ticket.closed_at)
        .join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
        .where(Ticket.changed_at > now() - LOOK_BACK, Ticket.kind == TicketKind.INCIDENT)
        .where(TicketEvent.kind == Happened.REPORT_APPROVED.value)
        .where(Ticket.closed_at.is_not(None))
    )
    for site_id, ticket_id, closed_at in session.execute(approved.distinct()):
        yield (site_id, ReportKind.INCIDENT, ticket_id), closed_at


def _inspections(session: Session) -> Iterator[tuple[Due, datetime]]:
    done = select(Inspection.site_id, Inspection.id, Inspection.done_at).where(
        Inspection.done_at > now() - LOOK_BACK
    )
    for site_id, inspection_id, done_at in session.execute(done):
        yield (site_id, ReportKind.INSPECTION, inspection_id), done_at
