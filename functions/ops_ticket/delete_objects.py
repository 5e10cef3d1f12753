"""How objects go that the outbox names: what a person erased, and what has served."""

from shared import outbox
from shared.erasure import DELETE_OBJECT, DELETE_OBJECTS, DELETE_PREFIX, NOTE_PERSON, PREFIX_LIMIT


def _note_person(body: dict[str, str]) -> None:
    from shared.clients import storage

    storage.write(body["key"], b"", "application/octet-stream")


def _delete(body: dict[str, str]) -> None:
    from shared.clients import storage

    storage.delete(body["key"])


def _delete_all(body: dict[str, list[str]]) -> None:
    from shared.clients import storage

    for key in body["keys"]:
        storage.delete(key)


def _delete_prefix(body: dict[str, str]) -> None:
    from shared.clients import storage

    while found := storage.keys(body["prefix"], limit=PREFIX_LIMIT):
        for stored in found:
            storage.delete(stored.key)


SENDERS: dict[str, outbox.Handler] = {
    DELETE_OBJECT: _delete,
    DELETE_OBJECTS: _delete_all,
    DELETE_PREFIX: _delete_prefix,
    NOTE_PERSON: _note_person,
}
