"""Where the site asks for two approvals: the first one is written down, and never counts as the second."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set
from shared.errors import Conflict, Refused
from shared.models.people import Relationship, RelationshipStatus
from shared.models.visits import Visit, VisitStatus

ASKED = {Visit: VisitStatus.REQUESTED, Relationship: RelationshipStatus.PENDING}


def is_first_approval(session: Session, actor: Actor, asked: Visit | Relationship) -> bool:
    """True: this was the first one, and the request waits for another officer.

    Raises Refused for the same person again, Conflict when somebody was first.
    """
    if asked.first_approved_by == actor.id:
        raise Refused.of("second_person_needed")
    if asked.first_approved_by is not None:
        return False
    table = type(asked)
    first = (
        update(table)
        .where(
            table.id == asked.id,
            table.status == ASKED[table],
            table.first_approved_by.is_(None),
        )
        .values(first_approved_by=actor.id, first_approved_at=now())
    )
    if not compare_and_set(session, first):
        raise Conflict.of("changed_meanwhile")
    session.refresh(asked)
    kind = table.__tablename__
    audit.record(session, actor, f"{kind}.first_approved", kind, asked.id)
    return True
