"""HTTP routes of `ops_ticket`: whether all is well."""

from typing import Any

from flask import Response

from functions.ops_ticket import schemas
from functions.ops_ticket.figures import show_figures
from functions.ops_ticket.health import show_health
from functions.ops_ticket.metrics.exposition import CONTENT_TYPE
from functions.ops_ticket.metrics.key import by_metrics_key
from functions.ops_ticket.metrics.show_metrics import show_metrics
from functions.ops_ticket.status import show_status
from shared.http.access import actor, officers, public
from shared.http.blueprint import Blueprint
from shared.rules.ticket_flow import ALL

api = Blueprint("watch", __name__, url_prefix="/ops/v1")

staff = officers(*ALL)


@api.get("/health", responses={200: schemas.Health})
@public
def get_health() -> Any:
    return show_health()


@api.get("/status", responses={200: schemas.Status})
@staff
def get_status() -> Any:
    return schemas.Status.of(show_status(actor=actor()))


@api.get("/figures", responses={200: schemas.Figures})
@staff
def get_figures() -> Any:
    return show_figures()


EXPOSED = {"schema": {"type": "string"}, "example": 'visits_queue_depth{queue="outbox"} 0\n'}


@api.get("/metrics", responses={200: {"content": {"text/plain": EXPOSED}}})
@by_metrics_key
def get_metrics() -> Any:
    return Response(show_metrics(), content_type=CONTENT_TYPE)
