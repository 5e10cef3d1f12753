"""Each closed incident becomes a case draft, in the transaction that closes it: scrubbed, and not shown yet."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import personal
from shared.models.reports import KnowledgeCase
from shared.models.tickets import Ticket

TEXTS = ("title", "symptom", "cause", "method", "prevention")


def draft_case(session: Session, ticket: Ticket, *, cause: str | None, method: str | None) -> None:
    """`cause`, `method`: in the words of who closes it. The caller holds the ticket's row."""
    if session.scalar(select(KnowledgeCase.id).where(KnowledgeCase.ticket_id == ticket.id)):
        return
    clean = personal.Scrubber(personal.known_names(session, ticket.site_id)).clean
    texts = (ticket.title, ticket.text, cause, method, ticket.prevention)
    written = {name: clean(text or "") for name, text in zip(TEXTS, texts, strict=True)}
    session.add(KnowledgeCase(site_id=ticket.site_id, ticket_id=ticket.id, **written))
