"""A person's data are erased: rows in one transaction, objects in COS by the outbox, tried until they are gone.

What must be kept stays with a pseudonym (`inventory.KEPT`); nothing leads back from it to the person.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from functions.booking import asked_lately
from functions.booking.ask_relationship import list_asked, proof_prefix
from functions.booking.leave_visit import leave, lock_residents
from functions.booking.privacy.inventory import KEPT
from functions.booking.privacy.kept_pictures import erase_pictures
from functions.booking.privacy.phone_numbers import erase_phone_numbers
from functions.booking.prove_identity import UPLOAD_SECONDS, photo_prefix
from functions.booking.waiting.serve_list import end_entry
from shared import audit, erasure
from shared.actors import Actor
from shared.cancellations import OPEN, cancel_ahead
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, NotFound, Refused
from shared.ids import new_id
from shared.models.faces import FaceCheck
from shared.models.flags import FlagKind
from shared.models.people import (
    CompanionCode,
    Consent,
    ManualCheck,
    ManualCheckStatus,
    Relationship,
    RelationshipStatus,
    Relative,
    UnmatchedRequest,
)
from shared.models.plumbing import IdempotencyRecord, Outbox
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.models.waiting import WaitingEntry, WaitingStatus

GONE = "本人已注销登记"
WAITS = (WaitingStatus.WAITING, WaitingStatus.OFFERED)
# Whoever has an address for an upload may still use it that long.
UPLOADS_END = timedelta(seconds=UPLOAD_SECONDS + 60)


@in_transaction
def erase_data(
    session: Session, *, actor: Actor, relative_id: str, reason: str | None, confirmed: bool
) -> dict[str, Any]:
    """When, and what stays and why. Raises Refused with what follows until it is confirmed, NotFound, Conflict
    while a visit is going on."""
    lock_residents(session, relative_id)
    relative = session.get(Relative, relative_id, with_for_update=True)
    if relative is None or relative.erased_at is not None:
        raise NotFound.of("not_found")
    _require_no_running_visit(session, relative_id)
    if not confirmed:
        raise Refused.of("erasure_effects")
    asked = [one.asked_at for one in list_asked(session, relative_id)]
    asked_lately.keep(session, relative, asked)
    _leave_visits(session, actor, relative_id)
    _leave_waiting_lists(session, relative_id)
    _end_ties(session, relative_id)
    _erase_face_data(session, relative)
    erase_phone_numbers(session, relative)
    erase_pictures(session, relative_id)
    _delete_rows(session, relative_id)
    _delete_uploads(session, relative_id)
    _make_pseudonym(relative)
    erasure.note_person_later(session, relative_id)
    audit.record(session, actor, "relative.erased", "relative", relative.id, reason=reason)
    kept = [{"what": one.what, "why": one.why} for one in KEPT.values()]
    return {"erased_at": relative.erased_at, "kept": kept}


def _require_no_running_visit(session: Session, relative_id: str) -> None:
    running = select(Visit.id).join(VisitParticipant)
    running = running.where(
        VisitParticipant.relative_id == relative_id, Visit.status == VisitStatus.IN_PROGRESS
    )
    if session.scalar(running.limit(1)) is not None:
        raise Conflict.of("erasure_during_visit")


def _leave_visits(session: Session, actor: Actor, relative_id: str) -> None:
    mine = VisitParticipant.relative_id == relative_id
    led = and_(mine, Visit.requested_by == relative_id)
    cancel_ahead(session, actor, led, reason=GONE)
    others = select(Visit).join(VisitParticipant).where(mine, Visit.status.in_(OPEN))
    for visit in session.scalars(others.order_by(Visit.id)):
        leave(session, actor, visit, relative_id=relative_id, kind=FlagKind.CONSENT_WITHDRAWN)
    session.execute(update(VisitParticipant).where(mine).values(device_test=None))


def _leave_waiting_lists(session: Session, relative_id: str) -> None:
    mine = WaitingEntry.relative_id == relative_id
    slots = select(WaitingEntry.slot_id).where(mine, WaitingEntry.status.in_(WAITS))
    for slot_id in sorted(set(session.scalars(slots))):
        slot = session.get_one(Slot, slot_id, with_for_update=True, populate_existing=True)
        here = select(WaitingEntry).where(
            mine, WaitingEntry.slot_id == slot_id, WaitingEntry.status.in_(WAITS)
        )
        for entry in session.scalars(here.with_for_update()):
            end_entry(slot, entry, WaitingStatus.LEFT)
    session.flush()
    session.execute(delete(WaitingEntry).where(mine))


def _end_ties(session: Session, relative_id: str) -> None:
    session.execute(
        update(Consent)
        .where(Consent.relative_id == relative_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )
    session.execute(
        update(Relationship)
        .where(Relationship.relative_id == relative_id)
        .values(
            status=RelationshipStatus.REJECTED,
            reason=GONE,
            proof_keys=[],
            onsite_visitor_id=None,
            suspended_until=None,
            expires_at=None,
        )
    )
    session.execute(
        update(ManualCheck)
        .where(
            ManualCheck.relative_id == relative_id, ManualCheck.status == ManualCheckStatus.PENDING
        )
        .values(status=ManualCheckStatus.REJECTED, reason=GONE, decided_at=now())
    )


def _erase_face_data(session: Session, relative: Relative) -> None:
    erasure.erase_face_data(session, relative)
    session.execute(
        update(FaceCheck)
        .where(or_(FaceCheck.relative_id == relative.id, FaceCheck.subject_id == relative.id))
        .values(evidence={}, eid_token=None, clip_sha256=None)
    )


def _delete_rows(session: Session, relative_id: str) -> None:
    session.execute(delete(CompanionCode).where(CompanionCode.relative_id == relative_id))
    session.execute(delete(UnmatchedRequest).where(UnmatchedRequest.relative_id == relative_id))
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.owner_id == relative_id))
    # Looked up first: a DELETE that scans would lock what other transactions are adding.
    messages = session.scalars(
        select(Outbox.id).where(Outbox.dedupe_key.like(f"%:{relative_id}"))
    ).all()
    session.execute(delete(Outbox).where(Outbox.id.in_(messages)))


def _delete_uploads(session: Session, relative_id: str) -> None:
    for prefix in (photo_prefix(relative_id), proof_prefix(relative_id), f"clips/{relative_id}/"):
        erasure.delete_prefix_later(session, prefix)
        erasure.delete_prefix_later(session, prefix, after=UPLOADS_END)


def _make_pseudonym(relative: Relative) -> None:
    relative.openid = f"erased:{new_id()}"
    relative.name = relative.id_number = relative.phone = None
    relative.phone_checked_at = relative.face_checked_at = relative.onsite_checked_at = None
    relative.session_generation += 1
    relative.erased_at = now()
