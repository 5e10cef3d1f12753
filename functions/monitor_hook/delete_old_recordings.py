"""Timer: recordings whose time is over are deleted, and that they are gone is proven.

First the row says so, under the rule that no legal hold stands; then COS deletes; then COS is asked and must not know
the object any more. A process that dies in between leaves the row without `deleted_at`, and the next run goes on.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import SYSTEM
from shared.clients import storage
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.models.places import Site
from shared.models.rooms import Recording, RecordingStatus
from shared.site_rules import rules_of

BATCH = 100


@dataclass(frozen=True)
class Doomed:
    id: str
    key: str | None


def delete_old_recordings() -> int:
    """How many were proven gone."""
    for site_id in _sites():
        _condemn(site_id=site_id)
    return sum(_delete(one) for one in _condemned())


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id).order_by(Site.id)))


@in_transaction
def _condemn(session: Session, *, site_id: str) -> None:
    oldest = now() - timedelta(days=rules_of(session, site_id).recording_days)
    # Only what has ended: a recording without an end is not judged by its age.
    old = select(Recording.id).where(
        Recording.site_id == site_id,
        Recording.status == RecordingStatus.PLAYABLE,
        Recording.legal_hold.is_(False),
        Recording.ends_at < oldest,
    )
    for recording_id in session.scalars(old.order_by(Recording.ends_at).limit(BATCH)).all():
        still = update(Recording).where(
            Recording.id == recording_id,
            Recording.status == RecordingStatus.PLAYABLE,
            Recording.legal_hold.is_(False),  # set at this very moment: it stays
        )
        if compare_and_set(session, still.values(status=RecordingStatus.DELETED)):
            audit.record(
                session, SYSTEM, "recording.expired", "recording", recording_id, site_id=site_id
            )


@in_transaction
def _condemned(session: Session) -> list[Doomed]:
    query = select(Recording.id, Recording.cos_key).where(
        Recording.status == RecordingStatus.DELETED, Recording.deleted_at.is_(None)
    )
    return [Doomed(*row) for row in session.execute(query.order_by(Recording.id).limit(BATCH))]


def _delete(doomed: Doomed) -> bool:
    if doomed.key is not None:
        storage.delete(doomed.key)
        if storage.head(doomed.key) is not None:
            return False  # still there: the next run asks again
    return _prove(doomed=doomed)


@in_transaction
def _prove(session: Session, *, doomed: Doomed) -> bool:
    recording = session.get_one(Recording, doomed.id, with_for_update=True)
    if recording.deleted_at is not None:
        return False
    recording.deleted_at = now()
    audit.record(
        session,
        SYSTEM,
        "recording.deleted",
        "recording",
        recording.id,
        site_id=recording.site_id,
        sha256=recording.sha256,
        bytes=recording.bytes,
    )
    return True
