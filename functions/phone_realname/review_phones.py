"""Phones whose tie, resident or consent is gone are blocked, each in a transaction of its own.

What changes leaves a row for `review` (shared.phone_reviews), so the usual cost follows what changed. The timer's
`sweep` looks for what nobody told of, one bounded query a run.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from shared import phone_states
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.models.people import (
    Consent,
    ConsentPurpose,
    Relationship,
    RelationshipStatus,
    Resident,
)
from shared.models.phones import FamilyPhone
from shared.phone_grounds import LEFT, STANDING, why_over
from shared.rules.consents import VERSIONS

BATCH = 200


def review(body: dict[str, Any]) -> None:
    """For the outbox: the phones of one relative or one resident."""
    each(_of(**body), _end_if_groundless)


def sweep() -> int:
    """Timer: how many were ended."""
    return each(_groundless(), _end_if_groundless)


@in_transaction
def _of(session: Session, *, relative_id: str | None, resident_id: str | None) -> list[str]:
    theirs = (
        FamilyPhone.relative_id == relative_id
        if relative_id
        else FamilyPhone.resident_id == resident_id
    )
    query = select(FamilyPhone.id).where(theirs, FamilyPhone.status.in_(STANDING))
    return list(session.scalars(query))


@in_transaction
def _groundless(session: Session) -> list[str]:
    """The same as `why_over`, asked of all at once."""
    query = (
        select(FamilyPhone.id)
        .join(Resident, Resident.id == FamilyPhone.resident_id)
        .outerjoin(Relationship, Relationship.id == FamilyPhone.relationship_id)
        .where(FamilyPhone.status.in_(STANDING))
        .where(or_(Resident.status.in_(LEFT), _tie_over(), _consent_over()))
        .limit(BATCH)
    )
    return list(session.scalars(query))


def _tie_over() -> ColumnElement[bool]:
    expired = and_(Relationship.expires_at.is_not(None), Relationship.expires_at <= now())
    return or_(Relationship.status != RelationshipStatus.APPROVED, expired)


def _consent_over() -> ColumnElement[bool]:
    given = exists().where(
        Consent.relative_id == FamilyPhone.relative_id,
        Consent.purpose == ConsentPurpose.PHONE,
        Consent.version == VERSIONS[ConsentPurpose.PHONE],
        Consent.withdrawn_at.is_(None),
    )
    return and_(FamilyPhone.relative_id.is_not(None), ~given)


@in_transaction
def _end_if_groundless(session: Session, phone_id: str) -> bool:
    phone = session.get_one(FamilyPhone, phone_id, with_for_update=True)
    code = why_over(session, phone) if phone.status in STANDING else None
    if code is None:
        return False
    phone_states.block(session, SYSTEM, phone, code=code)
    if code == "family_phone_consent_over":
        phone_states.erase(phone)
    return True
