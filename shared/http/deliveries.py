"""Requests of the centre's other systems: signed, recent, and taken once.

Headers: X-Visits-System (the id an administrator gave), X-Visits-Timestamp (seconds), X-Visits-Nonce (16 to 64
letters and digits), X-Visits-Algorithm (HMAC-SM3 or HMAC-SHA256), X-Visits-Signature (shared.rules.signatures).
"""

import re
from collections.abc import Callable
from typing import Any, cast

from flask import request
from sqlalchemy import CursorResult, delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import NotSignedIn
from shared.http.access import View, checked_by
from shared.models.systems import ConnectedSystem, DeliveryNonce, SystemKind
from shared.rules import signatures

NONCE = re.compile(r"[A-Za-z0-9]{16,64}")


def systems(kind: SystemKind) -> Callable[[View], View]:
    """Declares a route for the site's systems of one kind; `access.actor()` is then that system."""
    return checked_by(f"system:{kind.value}", lambda: _check(kind))


def _check(kind: SystemKind) -> Actor:
    """Raises NotSignedIn: unknown system, false signature, old time stamp, a nonce seen before."""
    headers = request.headers
    timestamp = _recent(headers.get("X-Visits-Timestamp", ""))
    nonce = headers.get("X-Visits-Nonce", "")
    if not NONCE.fullmatch(nonce):
        raise NotSignedIn.of("nonce_invalid")
    system = _find(system_id=headers.get("X-Visits-System", ""), kind=kind)
    algorithm = headers.get("X-Visits-Algorithm", "")
    if system is None or algorithm not in signatures.HASHES:
        raise NotSignedIn.of("signature_false")
    expected = signatures.sign(
        system.key,
        algorithm=algorithm,
        timestamp=timestamp,
        nonce=nonce,
        method=request.method,
        path=signatures.target(request.path, request.args.to_dict()),
        body=request.get_data(),
    )
    if not signatures.matches(expected, headers.get("X-Visits-Signature", "")):
        raise NotSignedIn.of("signature_false")
    _use_nonce(system_id=system.id, nonce=nonce)
    return Actor("system", system.id, system.site_id)


def _recent(timestamp: str) -> int:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise NotSignedIn.of("timestamp_old")
    if abs(now().timestamp() - int(timestamp)) > signatures.WINDOW.total_seconds():
        raise NotSignedIn.of("timestamp_old")
    return int(timestamp)


@in_transaction
def _find(session: Session, *, system_id: str, kind: SystemKind) -> ConnectedSystem | None:
    system = session.get(ConnectedSystem, system_id)
    return system if system and system.active and system.kind is kind else None


def _use_nonce(*, system_id: str, nonce: str) -> None:
    # Only after the signature: otherwise anybody could use up another's nonces.
    try:
        _insert_nonce(system_id=system_id, nonce=nonce)
    except IntegrityError as error:
        raise NotSignedIn.of("nonce_used") from error


@in_transaction
def forget_nonces(session: Session) -> int:
    """Timer: nonces of requests that would be refused as late anyhow. A time stamp may also be ahead of our clock."""
    over = DeliveryNonce.received_at < now() - 3 * signatures.WINDOW
    gone = session.execute(delete(DeliveryNonce).where(over))
    return cast("CursorResult[Any]", gone).rowcount


@in_transaction
def _insert_nonce(session: Session, *, system_id: str, nonce: str) -> None:
    row = {"system_id": system_id, "nonce": nonce, "received_at": now()}
    session.execute(insert(DeliveryNonce).values(**row))
