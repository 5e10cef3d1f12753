"""Officers sign in: through WeCom, or with user name and password elsewhere."""

from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared import audit
from shared.clients import wecom
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import in_transaction
from shared.errors import BadInput, NotAllowed, NotSignedIn, Unavailable
from shared.http.sessions import LIFETIME, make_token, officer_actor
from shared.models.officers import Officer


def sign_in_by_wecom(*, code: str) -> dict[str, Any]:
    """Raises BadInput for a false code, NotAllowed for who is no officer here, Unavailable."""
    try:
        user_id = wecom.user_id_by_code(code)
    except ProviderRefused as error:
        raise BadInput.of("wecom_code_false", "code") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    signed_in = user_id and _session(Officer.wecom_user_id == user_id, how="wecom")
    if not signed_in:
        raise NotAllowed.of("officer_unknown")
    return signed_in


def sign_in_by_password(*, username: str, password: str) -> dict[str, Any]:
    """Raises NotSignedIn; a wrong name takes as long as a wrong password."""
    stored = _password_hash(username=username)
    try:
        PasswordHasher().verify(stored or _nobodys_hash(), password)
    except (Argon2Error, InvalidHashError) as error:
        raise NotSignedIn.of("password_wrong") from error
    signed_in = stored and _session(Officer.username == username, how="password")
    if not signed_in:
        raise NotSignedIn.of("password_wrong")
    return signed_in


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    hashed: str = PasswordHasher().hash("nobody")
    return hashed


@in_transaction
def _password_hash(session: Session, *, username: str) -> str | None:
    return session.scalar(select(Officer.password_hash).where(Officer.username == username))


@in_transaction
def _session(session: Session, who: ColumnElement[bool], *, how: str) -> dict[str, Any] | None:
    officer = session.scalar(select(Officer).where(who))
    actor = officer_actor(officer) if officer else None
    if officer is None or actor is None:
        return None
    audit.record(session, actor, "officer.signed_in", "officer", officer.id, how=how)
    return {
        "token": make_token("officer", officer.id, officer.session_generation),
        "officer_id": officer.id,
        "roles": sorted(role.value for role in actor.roles),
        "expires_in": int(LIFETIME["officer"].total_seconds()),
    }
