"""How objects go that the outbox names: what a person erased, and what has served.

A row's lease is a minute. What takes longer ends here and goes on in a row of its own.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import outbox
from shared.clients.errors import ProviderRefused
from shared.clock import now
from shared.database import in_transaction
from shared.erasure import (
    DELETE_OBJECT,
    DELETE_OBJECTS,
    DELETE_PREFIX,
    NOTE_PERSON,
    PREFIX_LIMIT,
    delete_all_later,
    delete_prefix_later,
)
from shared.models.plumbing import Outbox, OutboxState

ENOUGH = timedelta(seconds=30)


def _note_person(body: dict[str, str]) -> None:
    from shared.clients import storage

    storage.write(body["key"], b"", "application/octet-stream")


def _delete(body: dict[str, str]) -> None:
    from shared.clients import storage

    storage.delete(body["key"])


def _delete_all(body: dict[str, list[str]]) -> outbox.Finish | None:
    left = _in_time(body["keys"])
    return partial(delete_all_later, keys=left) if left else None


def _delete_prefix(body: dict[str, str]) -> outbox.Finish | None:
    from shared.clients import storage

    found = [one.key for one in storage.everything(body["prefix"], limit=PREFIX_LIMIT)]
    left = _in_time(found)
    more = left or len(found) == PREFIX_LIMIT
    return partial(delete_prefix_later, prefix=body["prefix"]) if more else None


def _in_time(keys: Sequence[str]) -> Sequence[str]:
    """Those that are left when the time is over. One that may not be deleted keeps no other; it is told at the end."""
    from shared.clients import storage

    until, refusal = now() + ENOUGH, None
    for index, key in enumerate(keys):
        if now() >= until:
            return keys[index:]
        try:
            storage.delete(key)
        except ProviderRefused as error:
            refusal = error
    if refusal is not None:
        raise refusal
    return ()


SENDERS: dict[str, outbox.Handler] = {
    DELETE_OBJECT: _delete,
    DELETE_OBJECTS: _delete_all,
    DELETE_PREFIX: _delete_prefix,
    NOTE_PERSON: _note_person,
}


@in_transaction
def revive_deletions(session: Session) -> None:
    """What was given up: somebody's data may still stand there, so it is tried again every night, for ever."""
    dead = update(Outbox).where(Outbox.state == OutboxState.DEAD, Outbox.kind.in_(SENDERS))
    again = {"state": OutboxState.WAITING, "tries": 0, "due_at": now()}
    session.execute(dead.values(again))
