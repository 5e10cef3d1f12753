"""Name, ID number and the photo of the ID card."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.booking.ask_relationship import list_asked, proof_prefix
from functions.booking.registration import registration
from shared import audit, face_checks
from shared.actors import Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.consents import require_consents
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, Refused, Unavailable
from shared.ids import new_id
from shared.models.people import (
    ConsentPurpose,
    ManualCheck,
    ManualCheckStatus,
    RelationshipStatus,
    Relative,
)
from shared.sealing import blind_index

UPLOAD_SECONDS = 600
MAX_PHOTO_BYTES = 5_000_000
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # JPEG, PNG
SUFFIX = {"image/jpeg": "jpg", "image/png": "png"}


def ask_upload(*, relative_id: str, purpose: str, content_type: str) -> dict[str, Any]:
    """A place in COS for one ID photo or proof of kinship; its key tells whose it is."""
    prefix = photo_prefix(relative_id) if purpose == "id_photo" else proof_prefix(relative_id)
    key = f"{prefix}{new_id()}.{SUFFIX[content_type]}"
    url = storage.presigned_put(key, content_type=content_type, seconds=UPLOAD_SECONDS)
    return {"key": key, "url": url, "content_type": content_type, "expires_in": UPLOAD_SECONDS}


def prove_identity(*, actor: Actor, name: str, id_number: str, id_photo_key: str) -> dict[str, Any]:
    """Raises BadInput for a photo that is none, Conflict when somebody else holds the ID number."""
    _require_picture(actor.id, id_photo_key)
    try:
        return _store(actor=actor, name=name, id_number=id_number, id_photo_key=id_photo_key)
    except IntegrityError as error:  # taken between our look and our write
        raise Conflict.of("identity_taken", "id_number") from error


def _require_picture(relative_id: str, key: str) -> None:
    if not key.startswith(photo_prefix(relative_id)) or ".." in key:
        raise BadInput.of("photo_missing", "id_photo_key")
    try:
        data = storage.read(key, limit=MAX_PHOTO_BYTES)
    except storage.ObjectMissing as error:
        raise BadInput.of("photo_missing", "id_photo_key") from error
    except storage.ObjectTooLarge as error:
        raise BadInput.of("photo_too_large", "id_photo_key") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    # The first bytes tell a picture from anything else; verify_face decodes it and looks for the face.
    if not data.startswith(PICTURE_STARTS):
        raise BadInput.of("photo_unreadable", "id_photo_key")


@in_transaction
def _store(
    session: Session, *, actor: Actor, name: str, id_number: str, id_photo_key: str
) -> dict[str, Any]:
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    require_consents(session, actor.id, ConsentPurpose.IDENTITY, ConsentPurpose.FACE)
    if _proven(relative) and not _only_the_photo(relative, name, id_number):
        raise Refused.of("identity_proven")
    if relative.id_number is not None and (relative.name, relative.id_number) != (name, id_number):
        _require_unasked(session, actor.id)
    _require_unique(session, actor.id, id_number)
    relative.name, relative.id_number, relative.id_photo_key = name, id_number, id_photo_key
    face_checks.supersede(session, actor.id, reason="identity_changed")
    audit.record(session, actor, "identity.given", "relative", actor.id)
    session.flush()
    return registration(session, relative)


def _proven(relative: Relative) -> bool:
    return relative.phone_checked_at is not None or relative.face_checked_at is not None


def _only_the_photo(relative: Relative, name: str, id_number: str) -> bool:
    """It was erased (consent withdrawn, purpose over) and is given again by the same person."""
    same = (relative.name, relative.id_number) == (name, id_number)
    return relative.id_photo_key is None and same


def _require_unasked(session: Session, relative_id: str) -> None:
    """Officers decide about the person they see: nobody else steps into what was asked, or approved, for that one."""
    open_check = select(ManualCheck.id).where(
        ManualCheck.relative_id == relative_id, ManualCheck.status == ManualCheckStatus.PENDING
    )
    asked = list_asked(session, relative_id)
    tied = any(one.status is not RelationshipStatus.REJECTED for one in asked)
    if tied or session.scalar(open_check.limit(1)) is not None:
        raise Refused.of("identity_asked_with")


def _require_unique(session: Session, relative_id: str, id_number: str) -> None:
    index = blind_index(id_number, context="id_number")
    taken = select(Relative.id).where(Relative.id_number_index == index, Relative.id != relative_id)
    if session.scalar(taken) is not None:
        raise Conflict.of("identity_taken", "id_number")


def photo_prefix(relative_id: str) -> str:
    return f"id-photos/{relative_id}/"
