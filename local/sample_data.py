"""What stands in the database before the demonstration begins; written once, found again after a restart."""

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from local import sample_clips
from local.sample_people import (
    BROTHER,
    GUO,
    OFFICERS,
    PASSWORD,
    SITE,
    SON,
    WARDS,
    SampleOfficer,
    SampleRelative,
    SampleResident,
)
from shared.clients import storage
from shared.clock import now
from shared.database import in_transaction
from shared.models.officers import Officer, OfficerRole, OfficerWard
from shared.models.people import (
    Consent,
    ConsentPurpose,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.places import Site, Terminal, TerminalStatus, Ward
from shared.rules.consents import VERSIONS


def prepare() -> None:
    """Idempotent: the site's row is written last in the same transaction as everything else."""
    _write(photo_key=id_photo())


def id_photo() -> str:
    """Its key, which does not name the person: keys stand in logs and lists."""
    key = "id-photos/sample/1.jpg"
    if storage.head(key) is None:
        photo = sample_clips.id_photo(sample_clips.grace_hopper())
        storage.write(key, photo, "image/jpeg")
    return key


@in_transaction
def _write(session: Session, *, photo_key: str) -> None:
    if session.scalar(select(Site.id).where(Site.name == SITE)) is not None:
        return
    site = Site(name=SITE, rules={})
    session.add(site)
    session.flush()
    wards = {name: Ward(site_id=site.id, name=name) for name in WARDS}
    session.add_all(wards.values())
    # One working terminal: the last place of a slot is quickly gone.
    session.add(Terminal(site_id=site.id, name="1 号会见位", status=TerminalStatus.WORKING))
    session.add(Terminal(site_id=site.id, name="2 号会见位", status=TerminalStatus.BROKEN))
    session.flush()
    _add_resident(session, site, wards, SON)
    brother = _add_resident(session, site, wards, BROTHER)
    for officer in OFFICERS:
        add_officer(session, site, wards, officer)
    guo = _add_checked_relative(session, GUO, photo_key)
    _tie(session, site, guo, brother)


def _add_resident(
    session: Session, site: Site, wards: dict[str, Ward], sample: SampleResident
) -> Resident:
    resident = Resident(
        site_id=site.id,
        ward_id=wards[sample.ward].id,
        number=sample.number,
        name=sample.name,
    )
    session.add(resident)
    session.flush()
    return resident


def add_officer(
    session: Session, site: Site, wards: dict[str, Ward], sample: SampleOfficer
) -> None:
    officer = Officer(
        site_id=site.id,
        name=sample.name,
        username=sample.username,
        wecom_user_id=sample.wecom_user_id,
        password_hash=PasswordHasher(time_cost=1).hash(PASSWORD),
        totp_secret=sample.totp_secret,
        totp_confirmed_at=now(),
        session_generation=0,
        active=True,
    )
    session.add(officer)
    session.flush()
    session.add_all(OfficerRole(officer_id=officer.id, role=role) for role in sample.roles)
    if sample.ward is not None:
        session.add(OfficerWard(officer_id=officer.id, ward_id=wards[sample.ward].id))


def _add_checked_relative(session: Session, sample: SampleRelative, photo_key: str) -> Relative:
    relative = Relative(
        openid=sample.openid,
        name=sample.name,
        id_number=sample.id_number,
        phone=sample.phone,
        id_photo_key=photo_key,
        phone_checked_at=now(),
        face_checked_at=now(),
        session_generation=0,
    )
    session.add(relative)
    session.flush()
    for purpose in ConsentPurpose:
        session.add(
            Consent(
                relative_id=relative.id,
                purpose=purpose,
                version=VERSIONS[purpose],
                given_at=now(),
            )
        )
    return relative


def _tie(session: Session, site: Site, relative: Relative, resident: Resident) -> None:
    session.add(
        Relationship(
            site_id=site.id,
            relative_id=relative.id,
            resident_id=resident.id,
            kinship="兄弟",
            status=RelationshipStatus.APPROVED,
            decided_at=now(),
        )
    )
