"""A relative consents, purpose by purpose."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.registration import registration
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, raise_if_any, reason
from shared.models.people import Consent, ConsentPurpose, Relative
from shared.rules.consents import VERSIONS


@in_transaction
def give_consents(
    session: Session, *, actor: Actor, consents: Mapping[ConsentPurpose, str]
) -> dict[str, Any]:
    """Giving the same consent again changes nothing. Raises BadInput for a text no longer in force."""
    old = [purpose for purpose, version in consents.items() if version != VERSIONS[purpose]]
    raise_if_any([reason("consent_version_old", one.value) for one in old], BadInput)
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    for purpose, version in consents.items():
        _give(session, actor, purpose, version)
    session.flush()
    return registration(session, relative)


def _give(session: Session, actor: Actor, purpose: ConsentPurpose, version: str) -> None:
    standing = select(Consent.id).where(
        Consent.relative_id == actor.id,
        Consent.purpose == purpose,
        Consent.version == version,
        Consent.withdrawn_at.is_(None),
    )
    if session.scalar(standing) is not None:
        return
    given = Consent(relative_id=actor.id, purpose=purpose, version=version, given_at=now())
    session.add(given)
    session.flush()
    audit.record(session, actor, "consent.given", "consent", given.id, purpose=purpose.value)
