"""Officers' rights: a security administrator gives roles and wards, and sets a lost password or app anew."""

from collections.abc import Collection
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from functions.approve.administration.officers import new_password, other_officer
from functions.approve.session import sign_in_guard
from functions.approve.session.sessions import end_all
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotFound, Refused
from shared.models.officers import OfficerRole, OfficerWard, Role
from shared.models.places import Ward
from shared.rules.roles import exclude_each_other


@in_transaction
def set_rights(
    session: Session,
    *,
    actor: Actor,
    officer_id: str,
    roles: Collection[Role],
    ward_ids: Collection[str],
    reason: str,
) -> dict[str, Any]:
    """All roles and wards from now on. Raises Refused for roles that exclude each other, NotFound, NotAllowed."""
    officer = other_officer(session, actor, officer_id)
    if exclude_each_other(roles):
        raise Refused.of("roles_exclude")
    wards = select(Ward.id).where(Ward.site_id == actor.site_id, Ward.id.in_(ward_ids))
    if set(session.scalars(wards)) != set(ward_ids):
        raise NotFound.of("not_found")
    before = sorted(one.role.value for one in officer.roles)
    session.execute(delete(OfficerRole).where(OfficerRole.officer_id == officer.id))
    session.execute(delete(OfficerWard).where(OfficerWard.officer_id == officer.id))
    session.add_all(OfficerRole(officer_id=officer.id, role=role) for role in set(roles))
    session.add_all(OfficerWard(officer_id=officer.id, ward_id=one) for one in set(ward_ids))
    after = sorted(role.value for role in set(roles))
    audit.record(
        session, actor, "officer.rights_set", "officer", officer.id, reason=reason,
        before=before, after=after, wards=sorted(set(ward_ids)),
    )  # fmt: skip
    return {"id": officer.id, "roles": after, "ward_ids": sorted(set(ward_ids))}


@in_transaction
def reset_sign_in(
    session: Session, *, actor: Actor, officer_id: str, password: bool, totp: bool, reason: str
) -> dict[str, Any]:
    """The officer is signed out everywhere, a lock is opened; a new first password is shown this once."""
    officer = other_officer(session, actor, officer_id)
    fresh = new_password() if password and officer.username else None
    if fresh:
        officer.password_hash, officer.password_is_first = PasswordHasher().hash(fresh), True
    if totp:
        officer.totp_secret = officer.totp_confirmed_at = None
    end_all(session, officer.id)
    if officer.username:
        sign_in_guard.forget(session, officer.username)
    audit.record(
        session, actor, "officer.sign_in_reset", "officer", officer.id, reason=reason,
        password=password, totp=totp,
    )  # fmt: skip
    return {"id": officer.id, "username": officer.username, "password": fresh}
