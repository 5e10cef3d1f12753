"""Relatives who come along: each gives the one who books a code, and neither sees more of the other."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from functions.booking.booking_facts import (
    STANDING_CONSENTS,
    busy_at,
    no_shows_in,
    visits_of,
)
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Refused
from shared.models.people import CompanionCode, ConsentPurpose, Relationship, Relative
from shared.relationships import CONFIRMED
from shared.rules import id_number
from shared.rules.booking_rules import Person, Place
from shared.rules.relationships import stands

GOOD_FOR = timedelta(hours=24)
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that are taken for another on the telephone
LENGTH = 8


@dataclass(frozen=True)
class Companion:
    relative_id: str
    kinship: str
    person: Person


@in_transaction
def make_companion_code(session: Session, *, actor: Actor) -> dict[str, Any]:
    """A new code; the one before it ends."""
    session.execute(delete(CompanionCode).where(CompanionCode.relative_id == actor.id))
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    expires_at = now() + GOOD_FOR
    session.add(CompanionCode(code=code, relative_id=actor.id, expires_at=expires_at))
    return {"code": code, "expires_at": expires_at.isoformat()}


def find_companions(
    session: Session, codes: Sequence[str], *, lead_id: str, resident_id: str, place: Place
) -> list[Companion]:
    """Raises Refused for a code that is over, one's own, or of nobody tied to this resident."""
    if not codes:
        return []
    query = (
        select(
            Relative.id,
            Relative.id_number,
            Relative.phone_checked_at,
            Relative.face_checked_at,
            STANDING_CONSENTS.label("consents"),
            Relationship.kinship,
            Relationship.status,
            Relationship.suspended_until,
            Relationship.expires_at,
        )
        .join(CompanionCode, CompanionCode.relative_id == Relative.id)
        .join(Relationship, Relationship.relative_id == Relative.id)
        .where(
            CompanionCode.code.in_([code.upper() for code in codes]),
            CompanionCode.expires_at > now(),
            Relationship.resident_id == resident_id,
            Relationship.status.in_(CONFIRMED),
            Relative.id != lead_id,
        )
    )
    rows = session.execute(query).all()
    if len(rows) != len(codes):
        raise Refused.of("companion_unknown", "companion_codes")
    return [_companion(session, row, place) for row in rows]


def _companion(session: Session, row: Row[Any], place: Place) -> Companion:
    visits, start = visits_of(session, row.id), place.starts_at
    person = Person(
        relationship_approved=stands(row.status, row.suspended_until, row.expires_at, at=start),
        phone_checked=row.phone_checked_at is not None,
        face_checked=row.face_checked_at is not None,
        minor=row.id_number is not None and id_number.is_minor(row.id_number, start.date()),
        busy=busy_at(visits, place),
        no_shows=no_shows_in(visits),
        consented=row.consents == len(ConsentPurpose),
    )
    return Companion(row.id, row.kinship, person)
