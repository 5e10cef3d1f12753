"""Officers' accounts: a system administrator makes and closes them, and gives them no right whatsoever."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.approve.session.sessions import end_all
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotAllowed, NotFound
from shared.models.officers import Officer, OfficerRole, Role

# Read out on the telephone: no letter that is taken for another.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 14


@dataclass(frozen=True)
class NewOfficer:
    """At least one of `username` and `wecom_user_id`."""

    name: str
    username: str | None = None
    wecom_user_id: str | None = None


@in_transaction
def list_officers(session: Session, *, actor: Actor) -> list[dict[str, Any]]:
    query = select(Officer).where(Officer.site_id == actor.site_id).order_by(Officer.created_at)
    return [_shown(one) for one in session.scalars(query)]


@in_transaction
def add_officer(session: Session, *, actor: Actor, new: NewOfficer) -> dict[str, Any]:
    """With a first password, shown this once. Raises BadInput, Conflict for a name that is taken."""
    assert actor.site_id is not None
    made = make_officer(session, actor.site_id, new, roles=())
    audit.record(session, actor, "officer.added", "officer", made["id"])
    return made


@in_transaction
def activate_officer(
    session: Session, *, actor: Actor, officer_id: str, active: bool, reason: str
) -> dict[str, Any]:
    """Closing an account signs its officer out everywhere, at once. Raises NotFound, Conflict, NotAllowed for oneself."""
    officer = other_officer(session, actor, officer_id)
    if officer.active is active:
        raise Conflict.of("changed_meanwhile")
    officer.active = active
    if not active:
        end_all(session, officer.id)
    action = "officer.activated" if active else "officer.closed"
    audit.record(session, actor, action, "officer", officer.id, reason=reason)
    return _shown(officer)


def other_officer(session: Session, actor: Actor, officer_id: str) -> Officer:
    """Locked. Raises NotFound, NotAllowed for oneself: nobody changes one's own rights."""
    officer = session.get(Officer, officer_id, with_for_update=True)
    if officer is None or officer.site_id != actor.site_id:
        raise NotFound.of("not_found")
    if officer.id == actor.id:
        raise NotAllowed.of("not_oneself")
    return officer


def make_officer(
    session: Session, site_id: str, new: NewOfficer, *, roles: Collection[Role]
) -> dict[str, Any]:
    if not new.username and not new.wecom_user_id:
        raise BadInput.of("officer_unreachable", "username")
    password = new_password() if new.username else None
    officer = Officer(
        site_id=site_id,
        name=new.name,
        username=new.username,
        wecom_user_id=new.wecom_user_id,
        password_hash=password and PasswordHasher().hash(password),
        password_is_first=True,
    )
    try:
        with session.begin_nested():
            session.add(officer)
            session.flush()
    except IntegrityError as error:
        if _taken(session, new):
            raise Conflict.of("officer_exists") from error
        raise
    session.add_all(OfficerRole(officer_id=officer.id, role=role) for role in roles)
    session.flush()
    return {"id": officer.id, "username": new.username, "password": password}


def new_password() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(PASSWORD_LENGTH - 1)) + "7"


def _taken(session: Session, new: NewOfficer) -> bool:
    same = or_(Officer.username == new.username, Officer.wecom_user_id == new.wecom_user_id)
    return session.scalar(select(Officer.id).where(same)) is not None


def _shown(officer: Officer) -> dict[str, Any]:
    return {
        "id": officer.id,
        "name": officer.name,
        "username": officer.username,
        "wecom_user_id": officer.wecom_user_id,
        "active": officer.active,
        "has_totp": officer.totp_confirmed_at is not None,
        "roles": sorted(one.role.value for one in officer.roles),
        "ward_ids": sorted(one.ward_id for one in officer.wards),
    }
