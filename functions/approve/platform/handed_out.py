"""Files made for one officer: put into COS, given as a link of minutes, gone after an hour."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from shared import erasure
from shared.actors import Actor
from shared.clients import storage
from shared.ids import new_id

LINK_SECONDS = 300
KEPT = timedelta(hours=1)


def place(session: Session, actor: Actor, ending: str) -> str:
    """A key for a file; its end is written before it begins, so that none is left behind."""
    key = f"exports/{actor.id}/{new_id()}.{ending}"
    erasure.delete_later(session, key, after=KEPT)
    return key


def hand_out(key: str, data: bytes, content_type: str) -> dict[str, Any]:
    """Raises ProviderError when COS cannot be reached."""
    storage.write(key, data, content_type)
    return {"url": storage.presigned_get(key, seconds=LINK_SECONDS), "expires_in": LINK_SECONDS}
