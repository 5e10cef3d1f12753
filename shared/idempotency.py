"""One effect per Idempotency-Key: the answer is stored in the transaction of the effect.

A second request with the same key waits for the first one's commit on the primary key, then gets its answer.
So does a second run of a transaction whose COMMIT was never answered: the record tells whether it happened.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import core, safe_to_repeat, unless_there
from shared.errors import Conflict
from shared.models.plumbing import IdempotencyRecord

KEEP = timedelta(days=1)

_CLAIM = unless_there(insert(IdempotencyRecord))
_ANSWER = (
    update(IdempotencyRecord)
    .where(
        IdempotencyRecord.owner_id == bindparam("owner"), IdempotencyRecord.key == bindparam("its")
    )
    .values(answer=bindparam("given"))
)


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
    digest = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    if not _claim(session, owner_id, key, digest):
        return _stored(session, owner_id, key, digest)
    answer = effect()
    given = {"owner": owner_id, "its": key, "given": answer}
    core(session).execute(_ANSWER, given)
    return answer


def _claim(session: Session, owner_id: str, key: str, digest: str) -> bool:
    safe_to_repeat(session)
    row = {"owner_id": owner_id, "key": key, "request_hash": digest, "expires_at": now() + KEEP}
    return bool(core(session).execute(_CLAIM, row).rowcount)


def _stored(session: Session, owner_id: str, key: str, digest: str) -> dict[str, Any]:
    record = session.get_one(IdempotencyRecord, (owner_id, key))
    if record.request_hash != digest:
        raise Conflict.of("key_reused")
    return record.answer or {}
