"""Whether a relative consents to a purpose, now and in the version in force."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.errors import raise_if_any, reason
from shared.models.people import Consent, ConsentPurpose
from shared.rules.consents import NAMES, VERSIONS


def missing_consents(session: Session, relative_id: str) -> set[ConsentPurpose]:
    given = session.execute(
        select(Consent.purpose, Consent.version).where(
            Consent.relative_id == relative_id, Consent.withdrawn_at.is_(None)
        )
    )
    current = {purpose for purpose, version in given if version == VERSIONS[purpose]}
    return set(ConsentPurpose) - current


def require_consents(session: Session, relative_id: str, *purposes: ConsentPurpose) -> None:
    """Raises Refused, naming every consent that is missing."""
    missing = missing_consents(session, relative_id) & set(purposes)
    raise_if_any([reason("consent_missing", purpose=NAMES[one]) for one in sorted(missing)])
