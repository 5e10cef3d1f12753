"""A relative asks for a relationship with a resident.

Number, name and kinship go in together, and the answer is the same whether or not they fit anybody: who guesses
learns nothing. What fits nobody is rejected when an officer might have, or as late as what nobody decides.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import SystemRandom

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking import asked_lately
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, Refused, TooMany
from shared.models.people import (
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
    UnmatchedRequest,
)
from shared.models.places import Site
from shared.rules.review import longest_wait, plausible_refusal
from shared.rules.site_rules import SiteRules
from shared.sealing import blind_index

MAX_OPEN = 5
ASKED_A_DAY = 10

Asked = Relationship | UnmatchedRequest


@in_transaction
def ask_relationship(
    session: Session,
    *,
    actor: Actor,
    resident_number: str,
    resident_name: str,
    kinship: str,
    proof_keys: Sequence[str] = (),
) -> Asked:
    """Raises Refused (identity missing, too many open), TooMany (asked too often), Conflict (asked already)."""
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    if relative.id_number is None:
        raise Refused.of("identity_missing")
    if any(not key.startswith(proof_prefix(actor.id)) for key in proof_keys):
        raise BadInput.of("photo_missing", "proof_keys")
    _require_few(list_asked(session, actor.id), asked_lately.before_erasure(session, relative))
    resident = _find(session, resident_number, resident_name)
    typed = blind_index(f"{resident_number}\0{resident_name}", context="relationship_asked")
    asked = _known(session, actor.id, resident, typed) or _new(actor.id, resident, typed)
    _ask(asked, kinship, list(proof_keys))
    if isinstance(asked, UnmatchedRequest):
        asked.reject_at = plausible_refusal(now(), _longest(session), SystemRandom().random())
    session.add(asked)
    session.flush()
    site_id = resident.site_id if resident else None
    audit.record(session, actor, "relationship.asked", "relationship", asked.id, site_id=site_id)
    return asked


@in_transaction
def list_relationships(session: Session, *, relative_id: str) -> list[Asked]:
    return list_asked(session, relative_id)


def list_asked(session: Session, relative_id: str) -> list[Asked]:
    """Both kinds, in the order of asking."""
    matched = select(Relationship).where(Relationship.relative_id == relative_id)
    unmatched = select(UnmatchedRequest).where(UnmatchedRequest.relative_id == relative_id)
    found: list[Asked] = [*session.scalars(matched), *session.scalars(unmatched)]
    return sorted(found, key=lambda one: one.asked_at)


def proof_prefix(relative_id: str) -> str:
    return f"proofs/{relative_id}/"


def _require_few(asked: Sequence[Asked], before: Sequence[datetime]) -> None:
    """`before`: of the same WeChat account, which has erased itself since."""
    recent = asked_lately.lately(one.asked_at for one in asked)
    if len(recent) + len(before) >= ASKED_A_DAY:
        raise TooMany.of("too_many_searches")
    pending = [one for one in asked if one.status is RelationshipStatus.PENDING]
    if len(pending) >= MAX_OPEN:
        raise Refused.of("too_many_requests_open", count=len(pending))
    if len(pending) + len(before) >= MAX_OPEN:
        raise TooMany.of("too_many_searches")


def _find(session: Session, number: str, name: str) -> Resident | None:
    index = blind_index(number, context="resident_number")
    for resident in session.scalars(select(Resident).where(Resident.number_index == index)):
        if hmac.compare_digest(resident.name.encode(), name.encode()):
            return resident
    return None


def _known(
    session: Session, relative_id: str, resident: Resident | None, typed: bytes
) -> Asked | None:
    """What was asked for before. Where it fitted nobody then and somebody now, it goes on under its id: a new one, or
    an answer while it waits, would tell that the resident has come."""
    unmatched = session.scalar(
        select(UnmatchedRequest).where(
            UnmatchedRequest.relative_id == relative_id, UnmatchedRequest.asked_index == typed
        )
    )
    tie = resident and session.scalar(
        select(Relationship).where(
            Relationship.relative_id == relative_id, Relationship.resident_id == resident.id
        )
    )
    if resident is None or tie or unmatched is None or _waits(unmatched):
        return tie or unmatched
    session.delete(unmatched)
    session.flush()
    return Relationship(
        id=unmatched.id, site_id=resident.site_id, relative_id=relative_id, resident_id=resident.id
    )


def _new(relative_id: str, resident: Resident | None, typed: bytes) -> Asked:
    if resident is None:
        return UnmatchedRequest(relative_id=relative_id, asked_index=typed)
    return Relationship(site_id=resident.site_id, relative_id=relative_id, resident_id=resident.id)


def _waits(asked: Asked) -> bool:
    return asked.status is RelationshipStatus.PENDING


def _ask(asked: Asked, kinship: str, proof_keys: list[str]) -> None:
    """For the first time, or again after a rejection. Raises Conflict for one that is pending or stands."""
    if asked.status not in (None, RelationshipStatus.REJECTED):
        raise Conflict.of("relationship_exists")
    asked.status, asked.kinship, asked.reason = RelationshipStatus.PENDING, kinship, None
    asked.asked_at = now()
    if isinstance(asked, Relationship):
        asked.proof_keys = proof_keys
        asked.decided_at = asked.decided_by = asked.expires_at = None
        asked.first_approved_at = asked.first_approved_by = None
        asked.onsite_visitor_id = None  # whoever approves it now does so without that record


def _longest(session: Session) -> timedelta:
    """As some site has it: what fits nobody belongs to none."""
    rules = session.scalars(select(Site.rules).order_by(Site.id)).all()
    return longest_wait(SiteRules.of(SystemRandom().choice(rules)) if rules else SiteRules())
