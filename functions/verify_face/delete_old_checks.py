"""Timer: face checks whose time is over are deleted with their templates, clips and pictures."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared import audit, erasure
from shared.actors import SYSTEM
from shared.batches import each, in_time
from shared.clock import now
from shared.database import in_transaction
from shared.models.faces import FaceCheck, FaceTemplate
from shared.settings import settings

BATCH, SECONDS = (
    5_000,
    40.0,
)  # a run: of a province's 20,000 checks a day, in each ten minutes of the function's minute


def delete_old_checks() -> int:
    """How many were deleted; the rest of a large pile is next run's."""
    return each(in_time(_old(), seconds=SECONDS), _delete)


@in_transaction
def _old(session: Session) -> list[str]:
    kept_from = now() - timedelta(days=settings().face_retention_days)
    old = select(FaceCheck.id).where(FaceCheck.created_at < kept_from)
    return list(session.scalars(old.order_by(FaceCheck.created_at).limit(BATCH)))


@in_transaction
def _delete(session: Session, check_id: str) -> None:
    """The objects go by the outbox: their keys follow from the check's id, so nothing is lost with the row."""
    check = session.get(FaceCheck, check_id, with_for_update=True)
    if check is None:
        return  # the other instance was faster
    erasure.erase_check_media(session, check)
    session.execute(delete(FaceTemplate).where(FaceTemplate.face_check_id == check_id))
    session.delete(check)
    audit.record(session, SYSTEM, "face_check.deleted", "face_check", check_id)
