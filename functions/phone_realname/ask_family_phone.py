"""A relative asks for a number the resident may call: an own one, or another owner's who agrees to the check."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs
from shared import audit, phone_grounds
from shared.actors import Actor
from shared.clock import now
from shared.consents import require_consents
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, Refused
from shared.models.people import ConsentPurpose, Relationship, Relative, Resident
from shared.models.phones import (
    FamilyPhone,
    FamilyPhoneStatus,
    PhoneCheckJob,
    PhoneCheckPurpose,
    PhoneCheckResult,
)
from shared.models.places import Site
from shared.relationships import confirmed_tie
from shared.rules.site_rules import SiteRules
from shared.sealing import blind_index

MAX_OPEN = 5


@dataclass(frozen=True)
class Owner:
    """Somebody else whose number it is, and who agreed to the check."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)

    @classmethod
    def of(cls, name: str | None, id_number: str | None, consents: bool) -> "Owner | None":
        """None when nothing is said of an owner. Raises BadInput for half of what is needed."""
        if name is None and id_number is None:
            return None
        if name is None or id_number is None or not consents:
            raise BadInput.of("owner_consent_missing", "owner_consents")
        return cls(name, id_number)


def ask_family_phone(
    *, actor: Actor, relationship_id: str, number: str, owner: Owner | None, kinship: str
) -> FamilyPhone:
    """The phone, checked or waiting for its check. `kinship`: the owner's to the resident.

    Raises NotFound, Refused, Conflict (asked already), TooMany with when to try again.
    """
    phone_id, claim = _begin(
        actor=actor, relationship_id=relationship_id, number=number, owner=owner, kinship=kinship
    )
    if claim is not None:
        said = check_jobs.ask(claim)
        check_jobs.settle(actor=actor, claim=claim, said=said, tell=False)
    return _read(phone_id=phone_id)


@in_transaction
def _begin(
    session: Session,
    *,
    actor: Actor,
    relationship_id: str,
    number: str,
    owner: Owner | None,
    kinship: str,
) -> tuple[str, check_jobs.Claim | None]:
    relative = session.get_one(Relative, actor.id)
    tie = _tie(session, actor, relationship_id)
    _require_ready(session, relative)
    # Two relatives may ask for one number at once: whoever comes second sees the first one's row.
    resident = session.get_one(Resident, tie.resident_id, with_for_update=True)
    if resident.status in phone_grounds.LEFT:
        raise Refused.of("family_phone_resident")
    phone, index = _row(session, actor, resident, number)
    _fill(phone, tie, number, owner, kinship)
    phone.number_index = index
    session.add(phone)
    session.flush()
    audit.record(
        session, actor, "family_phone.asked", "family_phone", phone.id, site_id=tie.site_id,
        other_owner=owner is not None,
    )  # fmt: skip
    if owner is None and _is_proven(session, relative, tie.site_id, number):
        phone.check_result, phone.checked_at = PhoneCheckResult.MATCH, relative.phone_checked_at
        return phone.id, None
    return phone.id, _claim(session, actor, phone)


def _tie(session: Session, actor: Actor, relationship_id: str) -> Relationship:
    tie = confirmed_tie(session, relative_id=actor.id, relationship_id=relationship_id)
    if not phone_grounds.stands(tie):
        raise Refused.of("relationship_not_approved", "relationship_id")
    return tie


def _require_ready(session: Session, relative: Relative) -> None:
    require_consents(session, relative.id, ConsentPurpose.PHONE)
    if relative.name is None or relative.id_number is None:
        raise Refused.of("identity_missing")
    pending = select(func.count()).where(
        FamilyPhone.relative_id == relative.id, FamilyPhone.status == FamilyPhoneStatus.PENDING
    )
    count = session.scalar(pending) or 0
    if count >= MAX_OPEN:
        raise Refused.of("too_many_requests_open", count=count)


def _row(
    session: Session, actor: Actor, resident: Resident, number: str
) -> tuple[FamilyPhone, bytes]:
    """A new one, or that of the same number and resident whose earlier request is over; and the index it goes under.

    Where somebody else's stands, this one goes the same way beside it, under an index of the relative's own: any other
    answer would tell whose numbers are registered. An officer sees that there are two."""
    index = blind_index(number, context="phone")
    known = _of(session, resident, index)
    if known and known.status in phone_grounds.STANDING and known.relative_id != actor.id:
        index = blind_index(f"{number}\0{actor.id}", context="phone")
        known = _of(session, resident, index)
    if known is None:
        return FamilyPhone(site_id=resident.site_id, resident_id=resident.id), index
    if known.status in phone_grounds.STANDING:
        raise Conflict.of("family_phone_exists")
    return known, index


def _of(session: Session, resident: Resident, index: bytes) -> FamilyPhone | None:
    found = select(FamilyPhone).where(
        FamilyPhone.resident_id == resident.id, FamilyPhone.number_index == index
    )
    return session.scalar(found.with_for_update())


def _fill(
    phone: FamilyPhone, tie: Relationship, number: str, owner: Owner | None, kinship: str
) -> None:
    phone.relative_id, phone.relationship_id = tie.relative_id, tie.id
    phone.number, phone.kinship = number, kinship
    phone.owner_name = owner.name if owner else None
    phone.owner_id_number = owner.id_number if owner else None
    phone.owner_consented_at = now() if owner else None
    phone.status, phone.changed_at = FamilyPhoneStatus.PENDING, now()
    phone.check_result = phone.check_reason = phone.checked_at = None
    phone.reason = phone.decided_at = phone.decided_by = phone.recheck_not_before = None


def _is_proven(session: Session, relative: Relative, site_id: str, number: str) -> bool:
    """The relative's own checked number need not be paid for again before its next check is due."""
    if relative.phone != number or relative.phone_checked_at is None:
        return False
    rules = SiteRules.of(session.get_one(Site, site_id).rules)
    return now() - relative.phone_checked_at < timedelta(days=rules.phone_recheck_days)


def _claim(session: Session, actor: Actor, phone: FamilyPhone) -> check_jobs.Claim | None:
    wanted = PhoneCheckJob(
        purpose=PhoneCheckPurpose.FAMILY_PHONE,
        relative_id=actor.id,
        site_id=phone.site_id,
        family_phone_id=phone.id,
    )
    return check_jobs.take(session, check_jobs.open_job(session, wanted, number=phone.number))


@in_transaction
def _read(session: Session, *, phone_id: str) -> FamilyPhone:
    return session.get_one(FamilyPhone, phone_id)
