"""Photos of visitors, as the ordinary visit system has them: into COS before the transaction that names them."""

import base64
from collections.abc import Iterable

from functions.booking.onsite.schemas import VisitorRecord
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.errors import Unavailable
from shared.sealing import blind_index


def store_photos(site_id: str, records: Iterable[VisitorRecord]) -> dict[str, str]:
    """Keys by record id. The same version of a record gives the same key, and no other does: a photo that no row
    came to name can be deleted without a thought. Raises Unavailable."""
    keys = {}
    for record in records:
        if record.photo_jpeg_base64 is not None:
            keys[record.record_id] = _store(site_id, record, record.photo_jpeg_base64)
    return keys


def _store(site_id: str, record: VisitorRecord, photo: str) -> str:
    version = f"{record.record_id}\0{record.changed_at.isoformat()}\0{photo}"
    key = f"onsite-photos/{site_id}/{blind_index(version, context='onsite_photo').hex()}.jpg"
    try:
        storage.write(key, base64.b64decode(photo), "image/jpeg")
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    return key
