"""Sessions of officers: a token of minutes, renewed by a cookie of hours, ended here or everywhere."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import NotSignedIn
from shared.http.sessions import LIFETIME, make_token, officer_actor
from shared.models.officers import Officer, OfficerSession

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class SignedIn:
    """`cookie` goes into the cookie, `answer` to the page."""

    cookie: str
    answer: dict[str, Any]


def begin(session: Session, officer: Officer, *, how: str, return_to: str = "/") -> SignedIn:
    """For an officer who has proven who it is and is active."""
    secret = secrets.token_urlsafe(32)
    moment = now()
    made = OfficerSession(
        officer_id=officer.id,
        secret_hash=_hash(secret),
        how=how,
        used_at=moment,
        expires_at=moment + LONGEST,
    )
    session.add(made)
    session.flush()
    actor = officer_actor(officer)
    assert actor is not None
    audit.record(session, actor, "officer.signed_in", "officer", officer.id, how=how)
    return SignedIn(f"{made.id}.{secret}", {**_answer(officer), "return_to": return_to})


@in_transaction
def renew(session: Session, *, cookie: str) -> dict[str, Any]:
    """Another short token. Raises NotSignedIn: no such session, ended, idle too long, or the officer left."""
    found = _open(session, cookie)
    officer = session.get_one(Officer, found.officer_id)
    if officer_actor(officer) is None:
        raise NotSignedIn.of("not_signed_in")
    found.used_at = now()
    return {**_answer(officer), "return_to": "/"}


@in_transaction
def end(session: Session, *, cookie: str) -> None:
    """On this device. Raises NotSignedIn when it is over already."""
    found = _open(session, cookie)
    found.ended_at = now()
    officer = session.get_one(Officer, found.officer_id)
    who = Actor("officer", officer.id, officer.site_id)
    audit.record(session, who, "officer.signed_out", "officer", officer.id)


@in_transaction
def end_everywhere(session: Session, *, actor: Actor) -> None:
    end_all(session, actor.id)
    audit.record(session, actor, "officer.signed_out_everywhere", "officer", actor.id)


def end_all(session: Session, officer_id: str) -> None:
    """Tokens end with the generation, cookies with their rows."""
    mine = OfficerSession.officer_id == officer_id
    session.execute(
        update(OfficerSession).where(mine, OfficerSession.ended_at.is_(None)).values(ended_at=now())
    )
    session.execute(
        update(Officer)
        .where(Officer.id == officer_id)
        .values(session_generation=Officer.session_generation + 1)
        .execution_options(synchronize_session="fetch")
    )


def _open(session: Session, cookie: str) -> OfficerSession:
    session_id, _, secret = cookie.partition(".")
    found = session.get(OfficerSession, session_id, with_for_update=True)
    if found is None or not hmac.compare_digest(found.secret_hash, _hash(secret)):
        raise NotSignedIn.of("not_signed_in")
    moment = now()
    over = found.expires_at <= moment or found.used_at + IDLE <= moment
    if found.ended_at is not None or over:
        raise NotSignedIn.of("session_expired" if over else "not_signed_in")
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _answer(officer: Officer) -> dict[str, Any]:
    return {
        "token": make_token("officer", officer.id, officer.session_generation),
        "officer_id": officer.id,
        "roles": sorted(one.role.value for one in officer.roles),
        "expires_in": int(LIFETIME["officer"].total_seconds()),
    }
