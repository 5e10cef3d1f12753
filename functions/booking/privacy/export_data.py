"""Everything stored of one relative, in one document: the right to a copy."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.booking.ask_relationship import list_asked, proof_prefix
from functions.booking.list_visits import participant
from functions.booking.privacy.inventory import KEPT
from functions.booking.show_visit import history
from shared import audit, face_checks
from shared.actors import Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.database import in_transaction
from shared.errors import NotFound, Unavailable
from shared.models.every import Base
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import Consent, ManualCheck, Relative
from shared.models.phones import FamilyPhone, PhoneCheck
from shared.models.visits import Visit, VisitParticipant
from shared.models.waiting import WaitingEntry

Row = TypeVar("Row", bound=Base)

PICTURE_SECONDS = 600
MOST_PICTURES_A_CHECK = 20
# All that were uploaded: those of a request that fits nobody are in no row.
MOST_PROOFS = 200
# Kept of the person too, but not the person's alone.
NOT_INCLUDED = ("recording", "alert", "phone_call", "onsite_visitor", "onsite_visit")


def export_data(*, actor: Actor, relative_id: str, reason: str | None) -> dict[str, Any]:
    """As schemas.Export has it. Raises NotFound, Unavailable."""
    found, keys, checks = _collect(actor=actor, relative_id=relative_id, reason=reason)
    try:
        keys += [
            ("关系证明", one.key) for one in storage.keys(proof_prefix(relative_id), MOST_PROOFS)
        ]
        keys += [
            ("人脸核验影像", one.key)
            for check_id in checks
            for one in storage.keys(face_checks.evidence_prefix(check_id), MOST_PICTURES_A_CHECK)
        ]
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    pictures = [
        {
            "what": what,
            "url": storage.presigned_get(key, seconds=PICTURE_SECONDS),
            "expires_in": PICTURE_SECONDS,
        }
        for what, key in keys
    ]
    return {**found, "pictures": pictures}


@in_transaction
def _collect(
    session: Session, *, actor: Actor, relative_id: str, reason: str | None
) -> tuple[dict[str, Any], list[tuple[str, str]], list[str]]:
    """The document without pictures, the keys of pictures, the face checks that have some."""
    relative = session.get(Relative, relative_id)
    if relative is None or relative.erased_at is not None:
        raise NotFound.of("not_found")
    audit.record(session, actor, "relative.exported", "relative", relative_id, reason=reason)
    checks = _rows(session, FaceCheck, FaceCheck.created_at, relative_id)
    templates = select(func.count()).select_from(FaceTemplate)
    found = {
        "exported_at": now(),
        "profile": relative,
        "consents": _rows(session, Consent, Consent.given_at, relative_id),
        "relationships": list_asked(session, relative_id),
        "visits": [_visit(session, one, relative_id) for one in _visits(session, relative_id)],
        "face_checks": checks,
        "face_templates": session.scalar(templates.where(FaceTemplate.relative_id == relative_id)),
        "phone_checks": _rows(session, PhoneCheck, PhoneCheck.checked_at, relative_id),
        "family_phones": _rows(session, FamilyPhone, FamilyPhone.created_at, relative_id),
        "manual_checks": _rows(session, ManualCheck, ManualCheck.asked_at, relative_id),
        "waiting_list": _rows(session, WaitingEntry, WaitingEntry.joined_at, relative_id),
        "not_included": [KEPT[name] for name in NOT_INCLUDED],
    }
    with_media = [check.id for check in checks if check.media_erased_at is None]
    return found, list(_keys(session, relative)), with_media


def _rows(session: Session, table: type[Row], order: Any, relative_id: str) -> list[Row]:
    mine: Any = table
    return list(
        session.scalars(select(table).where(mine.relative_id == relative_id).order_by(order))
    )


def _visits(session: Session, relative_id: str) -> Iterable[Visit]:
    mine = select(Visit).join(VisitParticipant).where(VisitParticipant.relative_id == relative_id)
    return session.scalars(mine.order_by(Visit.starts_at))


def _visit(session: Session, visit: Visit, relative_id: str) -> dict[str, Any]:
    mine = participant(visit, relative_id)
    names = ("id", "status", "starts_at", "ends_at", "reason")
    return {
        **{name: getattr(visit, name) for name in names},
        "kinship": mine.kinship,
        "booked_by_you": mine.lead,
        "joined_at": mine.joined_at,
        "history": history(session, visit, relative_id),
    }


def _keys(session: Session, relative: Relative) -> Iterable[tuple[str, str]]:
    if relative.id_photo_key is not None:
        yield "证件照片", relative.id_photo_key
