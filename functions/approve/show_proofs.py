"""The pictures that prove a relationship; whoever looks is on record before the picture is."""

from typing import Any

from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction
from shared.models.people import Relationship

SECONDS = 300


@in_transaction
def show_proofs(session: Session, *, actor: Actor, relationship_id: str) -> list[dict[str, Any]]:
    """Addresses that work for minutes. Raises NotFound outside the officer's scope."""
    tie = scope.one(session, actor, Relationship, relationship_id)
    audit.record(session, actor, "proofs.read", "relationship", tie.id, count=len(tie.proof_keys))
    return [
        {"url": storage.presigned_get(key, seconds=SECONDS), "expires_in": SECONDS}
        for key in tie.proof_keys
    ]
