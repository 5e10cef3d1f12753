"""One effect per Idempotency-Key: the answer is stored in the transaction of the effect.

A second request with the same key waits for the first one's commit on the primary key, then gets its answer.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.clock import now
from shared.errors import Conflict
from shared.models.plumbing import IdempotencyRecord

KEEP = timedelta(days=1)


def once(
    session: Session,
    *,
    owner_id: str,
    key: str | None,
    request: dict[str, Any],
    effect: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """`effect`'s answer, or the stored one. Raises Conflict when the key came with another request."""
    if key is None:
        return effect()
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    if not _claim(session, owner_id, key, digest):
        return _stored(session, owner_id, key, digest)
    answer = effect()
    record = session.get_one(IdempotencyRecord, (owner_id, key))
    record.answer = answer
    return answer


def _claim(session: Session, owner_id: str, key: str, digest: str) -> bool:
    row = {"owner_id": owner_id, "key": key, "request_hash": digest, "expires_at": now() + KEEP}
    try:
        with session.begin_nested():
            session.execute(insert(IdempotencyRecord).values(**row))
    except IntegrityError:
        return False
    return True


def _stored(session: Session, owner_id: str, key: str, digest: str) -> dict[str, Any]:
    record = session.get_one(IdempotencyRecord, (owner_id, key))
    if record.request_hash != digest:
        raise Conflict.of("key_reused")
    return record.answer or {}
