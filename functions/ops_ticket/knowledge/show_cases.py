"""Cases: to review, to find by words, and the nearest to a ticket."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.show_tickets import own as own_ticket
from shared import words
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.reports import CaseStatus, CaseWord, KnowledgeCase
from shared.rules.nearest import Document, nearest

SHOWN = 50
NEAREST = 5


@in_transaction
def list_cases(session: Session, *, actor: Actor, status: CaseStatus) -> Sequence[dict[str, Any]]:
    """The newest first."""
    query = select(KnowledgeCase).where(
        KnowledgeCase.site_id == actor.site_id, KnowledgeCase.status == status
    )
    newest = query.order_by(KnowledgeCase.made_at.desc(), KnowledgeCase.id).limit(SHOWN)
    return [shown(one) for one in session.scalars(newest)]


@in_transaction
def show_case(session: Session, *, actor: Actor, case_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(own(session, actor, case_id))


@in_transaction
def search_cases(session: Session, *, actor: Actor, text: str) -> Sequence[dict[str, Any]]:
    """The best first."""
    assert actor.site_id is not None
    return _found(session, actor.site_id, text, SHOWN)


@in_transaction
def cases_near(session: Session, *, actor: Actor, ticket_id: str) -> Sequence[dict[str, Any]]:
    """The nearest to what the ticket says. Raises NotFound."""
    ticket = own_ticket(session, actor, ticket_id)
    return _found(session, ticket.site_id, f"{ticket.title}\n{ticket.text}", NEAREST)


def own(session: Session, actor: Actor, case_id: str, *, lock: bool = False) -> KnowledgeCase:
    """Raises NotFound for another site's case as for none."""
    case = session.get(KnowledgeCase, case_id, with_for_update=lock)
    if case is None or case.site_id != actor.site_id:
        raise NotFound.of("not_found")
    return case


def shown(case: KnowledgeCase) -> dict[str, Any]:
    return {column.key: getattr(case, column.key) for column in KnowledgeCase.__table__.columns}


def _found(session: Session, site_id: str, text: str, most: int) -> list[dict[str, Any]]:
    asked = set(words.words(text))
    mine = (KnowledgeCase.site_id == site_id, KnowledgeCase.status == CaseStatus.SHOWN)
    size = select(func.count(), func.avg(KnowledgeCase.length)).where(*mine)
    count, mean = session.execute(size).one()
    rows = (
        select(CaseWord.case_id, KnowledgeCase.length, CaseWord.word, CaseWord.count)
        .join(KnowledgeCase, KnowledgeCase.id == CaseWord.case_id)
        .where(*mine, CaseWord.word.in_(asked))
    )
    documents: dict[str, Document] = {}
    for case_id, length, word, times in session.execute(rows):
        documents.setdefault(case_id, Document(length, {})).words[word] = times
    best = nearest(documents, cases=count, mean_length=float(mean or 1), most=most)
    chosen = select(KnowledgeCase).where(KnowledgeCase.id.in_(best))
    by_id = {one.id: one for one in session.scalars(chosen)}
    return [shown(by_id[one]) for one in best]
