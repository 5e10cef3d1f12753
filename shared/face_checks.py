"""What a face check leads to, whoever decided it: an engine (`verify_face`) or an officer (`approve`)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, or_, update
from sqlalchemy.orm import Session

from shared.clock import now
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus, FaceTemplate
from shared.models.people import Relative
from shared.models.visits import VisitParticipant

VECTOR_BYTES = 512  # one packed template
FEWEST_TEMPLATES = 3
UNDECIDED = (FaceCheckStatus.CHALLENGED, FaceCheckStatus.CHECKING, FaceCheckStatus.REVIEW)


def take_effect(session: Session, check: FaceCheck, vectors: Sequence[bytes]) -> None:
    """A passed check counts for what it was asked for. The relative's row is locked before the check's."""
    if check.purpose is FaceCheckPurpose.RECOVERY:
        return  # proves that this is the person of the old registration; booking moves the account
    relative = session.get_one(Relative, check.relative_id, with_for_update=True)
    relative.face_checked_at = now()
    _enrol(session, check, vectors)
    if check.visit_id is not None:
        mine = session.get(VisitParticipant, (check.visit_id, relative.id))
        if mine is not None:  # taken out of the visit meanwhile
            mine.face_checked_at = now()
    _end_older_reviews(session, check)


def _enrol(session: Session, check: FaceCheck, vectors: Sequence[bytes]) -> None:
    """The newest clip replaces what stood: one set of templates a person, never an ever larger pile."""
    if len(vectors) < FEWEST_TEMPLATES:
        return
    session.execute(delete(FaceTemplate).where(FaceTemplate.relative_id == check.relative_id))
    session.add_all(
        FaceTemplate(relative_id=check.relative_id, face_check_id=check.id, vector=one)
        for one in vectors
    )


def _end_older_reviews(session: Session, check: FaceCheck) -> None:
    """Whoever passes at a second try needs no officer for the first any more."""
    session.execute(
        update(FaceCheck)
        .where(
            FaceCheck.relative_id == check.relative_id,
            FaceCheck.purpose == check.purpose,
            FaceCheck.visit_id.is_(None)
            if check.visit_id is None
            else FaceCheck.visit_id == check.visit_id,
            FaceCheck.status == FaceCheckStatus.REVIEW,
            FaceCheck.id != check.id,
        )
        .values(status=FaceCheckStatus.SUPERSEDED, decided_at=now())
        .execution_options(synchronize_session=False)
    )


def supersede(session: Session, relative_id: str, *, reason: str) -> None:
    """End what is undecided: begun with a name, number, photo or consent that no longer stands, it must not
    count. The relative's row is locked."""
    session.execute(
        update(FaceCheck)
        .where(of_person(relative_id), FaceCheck.status.in_(UNDECIDED))
        .values(status=FaceCheckStatus.SUPERSEDED, reasons=[reason], decided_at=now())
        .execution_options(synchronize_session=False)
    )


def of_person(relative_id: str) -> ColumnElement[bool]:
    """One's own checks, and those of others who claim to be this person (recovery)."""
    return or_(FaceCheck.relative_id == relative_id, FaceCheck.subject_id == relative_id)


def evidence_prefix(check_id: str) -> str:
    """Where the clip, photo and frames of one check lie; nobody outside is ever given a URL to write there."""
    return f"face-checks/{check_id}/"


def packed(vectors: Sequence[bytes]) -> bytes | None:
    """For FaceCheck.enrolment, until an officer has decided."""
    return b"".join(vectors) or None


def unpacked(enrolment: bytes | None) -> list[bytes]:
    whole = enrolment or b""
    return [whole[at : at + VECTOR_BYTES] for at in range(0, len(whole), VECTOR_BYTES)]
