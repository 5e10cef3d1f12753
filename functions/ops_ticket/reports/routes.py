"""HTTP routes of the reports."""

from typing import Any

from functions.ops_ticket.reports import schemas
from functions.ops_ticket.reports.make_report import make_report
from functions.ops_ticket.reports.show_reports import hand_out, list_reports
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.rules.ticket_flow import ALL

api = Blueprint("ops_reports", __name__, url_prefix="/ops/v1/reports")
staff = officers(*ALL)


@api.get("", responses={200: schemas.Reports})
@staff
def get_reports(query: schemas.ReportQuery) -> Any:
    return schemas.Reports.of({"reports": list_reports(actor=actor(), kind=query.kind)})


@api.post("", responses={201: schemas.ReportAnswer})
@staff
def post_report(body: schemas.MakeOpsReport) -> Any:
    who = actor()
    assert who.site_id is not None
    made = make_report(actor=who, site_id=who.site_id, kind=body.kind, subject=body.subject)
    return schemas.ReportAnswer.of(made), 201


@api.post("/<report_id>/links", responses={200: schemas.ReportLinks})
@staff
def post_links(path: schemas.ReportPath) -> Any:
    """The reading is on record."""
    return schemas.ReportLinks.of(hand_out(actor=actor(), report_id=path.report_id))
