"""Timer: the reports that are due and not there: last month's of each site, of each approved incident and of each inspection."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.reports.make_report import make_report
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.inspections import Inspection
from shared.models.places import Site
from shared.models.reports import OpsReport, ReportKind
from shared.models.tickets import Ticket, TicketEvent, TicketKind
from shared.rules.sla import Happened

LOOK_BACK = timedelta(days=3)
MOST = 5  # a run ends within the function's time; the next one goes on

Due = tuple[str, ReportKind, str]


def make_missing_reports() -> int:
    return each(_due(), _make)


def _make(due: Due) -> None:
    site_id, kind, subject = due
    make_report(actor=SYSTEM, site_id=site_id, kind=kind, subject=subject)


@in_transaction
def _due(session: Session) -> list[Due]:
    wanted = [*_months(session), *_incidents(session), *_inspections(session)]
    made = select(OpsReport.site_id, OpsReport.kind, OpsReport.subject).where(
        OpsReport.subject.in_({subject for _, _, subject in wanted})
    )
    known = {tuple(row) for row in session.execute(made)}
    return [one for one in wanted if one not in known][:MOST]


def _months(session: Session) -> Iterator[Due]:
    first = in_shanghai(now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    there = select(Site.id).where(Site.created_at < first).order_by(Site.id)
    for site_id in session.scalars(there):
        yield site_id, ReportKind.MONTHLY, f"{first - timedelta(days=1):%Y-%m}"


def _incidents(session: Session) -> Iterator[Due]:
    approved = (
        select(Ticket.site_id, Ticket.id)
        .join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
        .where(Ticket.changed_at > now() - LOOK_BACK, Ticket.kind == TicketKind.INCIDENT)
        .where(TicketEvent.kind == Happened.REPORT_APPROVED.value)
        .where(Ticket.closed_at.is_not(None))
    )
    for site_id, ticket_id in session.execute(approved.distinct().order_by(Ticket.id)):
        yield site_id, ReportKind.INCIDENT, ticket_id


def _inspections(session: Session) -> Iterator[Due]:
    done = select(Inspection.site_id, Inspection.id).where(Inspection.done_at > now() - LOOK_BACK)
    for site_id, inspection_id in session.execute(done.order_by(Inspection.id)):
        yield site_id, ReportKind.INSPECTION, inspection_id
