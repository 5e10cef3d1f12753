"""Whether a relative consents to a purpose, now and in the version in force."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from shared.errors import raise_if_any, reason
from shared.models.people import Consent, ConsentPurpose
from shared.rules.consents import NAMES, VERSIONS

# Given to the text as it is now; a new version is consented to anew.
IN_FORCE = or_(
    *(and_(Consent.purpose == one, Consent.version == version) for one, version in VERSIONS.items())
)


def missing_consents(session: Session, relative_id: str) -> set[ConsentPurpose]:
    standing = select(Consent.purpose).where(
        Consent.relative_id == relative_id, Consent.withdrawn_at.is_(None), IN_FORCE
    )
    return set(ConsentPurpose) - set(session.scalars(standing))


def require_consents(session: Session, relative_id: str, *purposes: ConsentPurpose) -> None:
    """Raises Refused, naming every consent that is missing."""
    missing = missing_consents(session, relative_id) & set(purposes)
    raise_if_any([reason("consent_missing", purpose=NAMES[one]) for one in sorted(missing)])
