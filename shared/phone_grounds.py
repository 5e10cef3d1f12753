"""What a family phone stands on: the tie, the resident, the consent."""

from sqlalchemy.orm import Session

from shared.clock import now
from shared.consents import missing_consents
from shared.models.people import (
    ConsentPurpose,
    Relationship,
    RelationshipStatus,
    Resident,
    ResidentStatus,
)
from shared.models.phones import FamilyPhone, FamilyPhoneStatus

LEFT = (ResidentStatus.TRANSFERRED, ResidentStatus.RELEASED)
STANDING = (FamilyPhoneStatus.PENDING, FamilyPhoneStatus.APPROVED)


def why_over(session: Session, phone: FamilyPhone) -> str | None:
    """The code of what is gone, None while everything stands."""
    if session.get_one(Resident, phone.resident_id).status in LEFT:
        return "family_phone_resident_left"
    if phone.relationship_id is None or phone.relative_id is None:
        return None  # from the phone system's own list
    if ConsentPurpose.PHONE in missing_consents(session, phone.relative_id):
        return "family_phone_consent_over"
    tie = session.get_one(Relationship, phone.relationship_id)
    return None if stands(tie) else "family_phone_tie_over"


def stands(tie: Relationship) -> bool:
    over = tie.expires_at is not None and tie.expires_at <= now()
    return tie.status is RelationshipStatus.APPROVED and not over
