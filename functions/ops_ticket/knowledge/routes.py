"""HTTP routes of the knowledge base."""

from typing import Any

from functions.ops_ticket.knowledge import schemas
from functions.ops_ticket.knowledge.review_case import Texts, review_case
from functions.ops_ticket.knowledge.show_cases import (
    cases_near,
    list_cases,
    search_cases,
    show_case,
)
from functions.ops_ticket.schemas import TicketPath
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.rules.ticket_flow import ALL

api = Blueprint("ops_knowledge", __name__, url_prefix="/ops/v1")
staff = officers(*ALL)


@api.get("/cases", responses={200: schemas.Cases})
@staff
def get_cases(query: schemas.CaseQuery) -> Any:
    if query.text:
        return schemas.Cases.of({"cases": search_cases(actor=actor(), text=query.text)})
    return schemas.Cases.of({"cases": list_cases(actor=actor(), status=query.status)})


@api.get("/cases/<case_id>", responses={200: schemas.CaseAnswer})
@staff
def get_case(path: schemas.CasePath) -> Any:
    return schemas.CaseAnswer.of(show_case(actor=actor(), case_id=path.case_id))


@api.post("/cases/<case_id>", responses={200: schemas.CaseAnswer})
@staff
def post_case(path: schemas.CasePath, body: schemas.ReviewCase) -> Any:
    texts = Texts(body.title, body.symptom, body.cause, body.method, body.prevention)
    done = review_case(actor=actor(), case_id=path.case_id, texts=texts, status=body.status)
    return schemas.CaseAnswer.of(done)


@api.get("/tickets/<ticket_id>/cases", responses={200: schemas.Cases})
@staff
def get_cases_near(path: TicketPath) -> Any:
    """The nearest, the best first."""
    return schemas.Cases.of({"cases": cases_near(actor=actor(), ticket_id=path.ticket_id)})
