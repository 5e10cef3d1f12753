"""One card of the queue, and links to its pictures: whoever looks at those is on record before the picture is."""

from typing import Any

from sqlalchemy.orm import Session

from functions.approve.queue.kinds import kind_of
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.database import in_transaction

LINK_SECONDS = 300


@in_transaction
def show_card(session: Session, *, actor: Actor, kind: str, row_id: str) -> dict[str, Any]:
    card = kind_of(kind).card(session, actor, row_id)
    return {**vars(card), "pictures": [one.label for one in card.pictures]}


@in_transaction
def show_pictures(
    session: Session, *, actor: Actor, kind: str, row_id: str
) -> list[dict[str, Any]]:
    """Addresses that work for minutes."""
    pictures = kind_of(kind).card(session, actor, row_id).pictures
    audit.record(session, actor, "pictures.read", kind, row_id, count=len(pictures))
    return [
        {
            "label": one.label,
            "url": storage.presigned_get(one.key, seconds=LINK_SECONDS),
            "expires_in": LINK_SECONDS,
        }
        for one in pictures
    ]
