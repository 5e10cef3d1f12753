"""Device keys: what the PC of a visit room signs in with, for as long as nobody issues another.

No session, so nothing is lost in a power cut: the page keeps the key and asks again.
"""

import hashlib
import hmac
import secrets

from flask import request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict, NotFound, NotSignedIn
from shared.http.access import checked_by
from shared.models.places import Terminal, TerminalKey


@in_transaction
def issue_key(session: Session, *, actor: Actor, terminal_id: str) -> str:
    """Shown this once; the key before it ends. Raises NotFound."""
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None or terminal.site_id != actor.site_id:
        raise NotFound.of("not_found")
    _end_keys(session, terminal.id)
    secret = secrets.token_urlsafe(32)
    made = TerminalKey(terminal_id=terminal.id, secret_hash=_hash(secret), issued_by=actor.id)
    session.add(made)
    session.flush()
    audit.record(session, actor, "terminal.key_issued", "terminal", terminal.id)
    return f"{made.id}.{secret}"


@in_transaction
def revoke_key(session: Session, *, actor: Actor, terminal_id: str, reason: str) -> Terminal:
    """The PC is out at once. Raises NotFound, Conflict when there is no key."""
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None or terminal.site_id != actor.site_id:
        raise NotFound.of("not_found")
    if not _end_keys(session, terminal.id):
        raise Conflict.of("changed_meanwhile")
    audit.record(session, actor, "terminal.key_revoked", "terminal", terminal.id, reason=reason)
    return terminal


def _end_keys(session: Session, terminal_id: str) -> bool:
    standing = (TerminalKey.terminal_id == terminal_id, TerminalKey.ended_at.is_(None))
    return compare_and_set(session, update(TerminalKey).where(*standing).values(ended_at=now()))


def _check() -> Actor:
    """`Authorization: Device KEY`. Raises NotSignedIn."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    found = _find(key=key) if scheme.lower() == "device" else None
    if found is None:
        raise NotSignedIn.of("device_key_false")
    return found


@in_transaction
def _find(session: Session, *, key: str) -> Actor | None:
    key_id, _, secret = key.partition(".")
    query = (
        select(TerminalKey, Terminal)
        .join(Terminal, Terminal.id == TerminalKey.terminal_id)
        .where(TerminalKey.id == key_id, TerminalKey.ended_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    if row is None or not hmac.compare_digest(row.TerminalKey.secret_hash, _hash(secret)):
        return None
    return Actor("terminal", row.Terminal.id, row.Terminal.site_id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


by_device_key = checked_by("terminal", _check)
