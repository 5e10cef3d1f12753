"""A person reads a draft, mends it, and shows it or drops it; only then does the search know it."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from functions.ops_ticket.knowledge.show_cases import own, shown
from shared import audit, personal, ticket_log, words
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Refused
from shared.models.reports import CaseStatus, CaseWord, KnowledgeCase

LONGEST_WORD = 64
# Whose words a draft is made of: who closed the incident, and who reported on it.
WROTE = ("closed", "submit_report")


@dataclass(frozen=True)
class Texts:
    title: str
    symptom: str
    cause: str
    method: str
    prevention: str


@in_transaction
def review_case(
    session: Session, *, actor: Actor, case_id: str, texts: Texts, status: CaseStatus
) -> dict[str, Any]:
    """Raises Refused for a case of one's own words, BadInput when a text still names somebody whom the records know, or
    holds a number of a person."""
    case = own(session, actor, case_id, lock=True)
    _require_another(session, actor, case)
    if status is CaseStatus.SHOWN:
        _require_nobody(session, case.site_id, texts)
    for name, text in asdict(texts).items():
        setattr(case, name, text)
    case.status, case.reviewed_at, case.reviewed_by = status, now(), actor.id
    _index(session, case)
    audit.record(session, actor, "case.reviewed", "knowledge_case", case.id, status=status.value)
    return shown(case)


def _require_another(session: Session, actor: Actor, case: KnowledgeCase) -> None:
    log = ticket_log.lines(session, [case.ticket_id])[case.ticket_id]
    if any(line.kind in WROTE and line.actor_id == actor.id for line in log):
        raise Refused.of("ticket_own_work")


def _require_nobody(session: Session, site_id: str, texts: Texts) -> None:
    scrubber = personal.Scrubber(personal.known_names(session, site_id))
    for name, text in asdict(texts).items():
        if scrubber.names_somebody(text):
            raise BadInput.of("case_names_somebody", name)


def _index(session: Session, case: KnowledgeCase) -> None:
    session.execute(delete(CaseWord).where(CaseWord.case_id == case.id))
    if case.status is not CaseStatus.SHOWN:
        return
    text = "\n".join((case.title, case.title, case.symptom, case.cause, case.method))
    counts = Counter(one[:LONGEST_WORD] for one in words.words(text))
    case.length = counts.total()
    session.add_all(
        CaseWord(word=word, case_id=case.id, count=count) for word, count in sorted(counts.items())
    )
