"""An officer imports call records as CSV: for a phone system without an interface, or days it was cut off."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.phone_realname.call_rows import COLUMNS
from functions.phone_realname.take_calls import take_calls
from shared import erasure
from shared.actors import Actor
from shared.clients import storage
from shared.clients.storage import ObjectMissing, ObjectTooLarge
from shared.csv_rows import read_csv
from shared.database import in_transaction
from shared.errors import BadInput
from shared.ids import new_id

MOST_MB = 10
UPLOAD_SECONDS = 600
KEPT = timedelta(hours=1)
CSV = "text/csv"


@in_transaction
def ask_import(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Where to PUT the file; an address of its own, for ten minutes. It is gone after an hour, imported or not."""
    key = f"{_prefix(actor)}{new_id()}.csv"
    erasure.delete_later(session, key, after=KEPT)
    url = storage.presigned_put(key, content_type=CSV, seconds=UPLOAD_SECONDS)
    return {"key": key, "url": url, "content_type": CSV, "expires_in": UPLOAD_SECONDS}


def import_calls(*, actor: Actor, key: str) -> dict[str, Any]:
    """What became of each row. The file is not kept: it names people.

    Raises BadInput for a file that is missing, too large, or no CSV of these columns; then no row is taken.
    """
    rows = read_csv(_read(actor, key), COLUMNS)
    report = take_calls(actor=actor, rows=[(row.line, row.values) for row in rows])
    storage.delete(key)
    return report


def _read(actor: Actor, key: str) -> bytes:
    if not key.startswith(_prefix(actor)):
        raise BadInput.of("csv_file_missing", "key")
    try:
        return storage.read(key, limit=MOST_MB * 1_000_000)
    except ObjectMissing as error:
        raise BadInput.of("csv_file_missing", "key") from error
    except ObjectTooLarge as error:
        raise BadInput.of("csv_file_large", "key", count=MOST_MB) from error


def _prefix(actor: Actor) -> str:
    return f"imports/{actor.id}/"
