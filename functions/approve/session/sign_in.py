"""Officers sign in: through WeCom, or with user name, password and a code from an authenticator app elsewhere."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.session import sessions, sign_in_guard, wecom_state
from functions.approve.session.second_factor import use_code, wanted
from shared.clients import wecom
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import in_transaction
from shared.errors import (
    BadInput,
    NotAllowed,
    NotSignedIn,
    Reason,
    Refused,
    Unavailable,
    UseCaseError,
    reason,
)
from shared.http.sessions import officer_actor
from shared.models.officers import Officer

SHORTEST = 10


@dataclass(frozen=True)
class Credentials:
    username: str
    password: str
    code: str | None = None
    new_password: str | None = None


def sign_in_by_wecom(*, code: str, state: str, nonce: str) -> sessions.SignedIn:
    """Raises BadInput for a false code or state, NotAllowed for who is no officer here, Unavailable."""
    return_to = wecom_state.read(state, nonce)
    try:
        user_id = wecom.user_id_by_code(code)
    except ProviderRefused as error:
        raise BadInput.of("wecom_code_false", "code") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    signed_in = user_id and _by_wecom(user_id=user_id, return_to=return_to)
    if not signed_in:
        raise NotAllowed.of("officer_unknown")
    return signed_in


def sign_in_by_password(*, given: Credentials) -> sessions.SignedIn:
    """Raises NotSignedIn; Refused with what the first sign-in must add; TooMany while the user name is locked.

    A wrong name takes as long as a wrong password, and is locked like one.
    """
    sign_in_guard.count_try(username=given.username)
    stored = _password_hash(username=given.username)
    try:
        PasswordHasher().verify(stored or _nobodys_hash(), given.password)
    except (Argon2Error, InvalidHashError) as error:
        raise NotSignedIn.of("password_wrong") from error
    new_hash = PasswordHasher().hash(given.new_password) if given.new_password else None
    outcome = _by_password(given=given, stored=stored, new_hash=new_hash)
    if isinstance(outcome, UseCaseError):
        raise outcome
    return outcome


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    hashed: str = PasswordHasher().hash("nobody")
    return hashed


@in_transaction
def _password_hash(session: Session, *, username: str) -> str | None:
    return session.scalar(select(Officer.password_hash).where(Officer.username == username))


@in_transaction
def _by_wecom(session: Session, *, user_id: str, return_to: str) -> sessions.SignedIn | None:
    officer = session.scalar(select(Officer).where(Officer.wecom_user_id == user_id))
    if officer is None or officer_actor(officer) is None:
        return None
    return sessions.begin(session, officer, how="wecom", return_to=return_to)


@in_transaction
def _by_password(
    session: Session, *, given: Credentials, stored: str | None, new_hash: str | None
) -> sessions.SignedIn | UseCaseError:
    """An error is given back, not raised: what was written along with it must stay."""
    officer = session.scalar(
        select(Officer).where(Officer.username == given.username).with_for_update()
    )
    if stored is None or officer is None or officer.password_hash != stored:
        return NotSignedIn.of("password_wrong")
    if officer_actor(officer) is None:
        return NotSignedIn.of("password_wrong")
    missing, details = _missing(officer, given)
    if missing:
        sign_in_guard.forgive_try(session, given.username)
        return Refused(missing, details)
    if not use_code(officer, given.code or ""):
        return NotSignedIn.of("totp_wrong", "code")
    if new_hash:
        officer.password_hash, officer.password_is_first = new_hash, False
    sign_in_guard.forget(session, given.username)
    return sessions.begin(session, officer, how="password")


def _missing(officer: Officer, given: Credentials) -> tuple[list[Reason], dict[str, Any]]:
    """What must be added to this right password, all of it at once."""
    missing = []
    if officer.password_is_first and not given.new_password:
        missing.append(reason("password_change_needed", "new_password"))
    if given.new_password and not _strong(given):
        missing.append(reason("password_weak", "new_password", count=SHORTEST))
    if given.code:
        return missing, {}
    code, details = wanted(officer)
    return [*missing, code], details


def _strong(given: Credentials) -> bool:
    new = given.new_password or ""
    mixed = any(one.isdigit() for one in new) and any(one.isalpha() for one in new)
    other = new != given.password and given.username.lower() not in new.lower()
    return len(new) >= SHORTEST and mixed and other
