"""Timer: recordings whose time is over are deleted, and that they are gone is proven.

First the row says so, under the rule that no legal hold stands; then COS deletes; then COS is asked and must not know
the object any more. A process that dies in between leaves the row without `deleted_at`, and a later run goes on. One that
COS refuses to delete stops no other: an incident tells, and it comes again after those that were not tried yet.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit, due_recordings, tickets
from shared.actors import SYSTEM
from shared.batches import all_of, each, in_time
from shared.clients import storage
from shared.clients.errors import ProviderRefused
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.models.places import Site
from shared.models.rooms import Recording, RecordingStatus
from shared.models.tickets import Severity
from shared.site_rules import rules_of

CONDEMNED = 100  # of a site in one transaction
BUDGET_S = 40.0  # some 40 ms each
TRY_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Doomed:
    id: str
    site_id: str
    key: str | None


def delete_old_recordings() -> int:
    """How many were proven gone."""
    return all_of(
        lambda: each(_sites(), _condemn),
        lambda: each(in_time(iter(_take, None), seconds=BUDGET_S), _delete),
    )


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id).order_by(Site.id)))


@in_transaction
def _condemn(session: Session, site_id: str) -> int:
    oldest = now() - timedelta(days=rules_of(session, site_id).recording_days)
    # Only what has ended: a recording without an end is not judged by its age.
    old = select(Recording.id).where(
        Recording.site_id == site_id,
        Recording.status == RecordingStatus.PLAYABLE,
        Recording.legal_hold.is_(False),
        Recording.ends_at < oldest,
    )
    for recording_id in session.scalars(
        old.order_by(Recording.ends_at, Recording.id).limit(CONDEMNED)
    ).all():
        still = update(Recording).where(
            Recording.id == recording_id,
            Recording.status == RecordingStatus.PLAYABLE,
            Recording.legal_hold.is_(False),  # set at this very moment: it stays
        )
        if compare_and_set(session, still.values(status=RecordingStatus.DELETED, due_at=now())):
            audit.record(
                session, SYSTEM, "recording.expired", "recording", recording_id, site_id=site_id
            )
    return 0  # counted once they are gone


@in_transaction
def _take(session: Session) -> Doomed | None:
    condemned = Recording.status == RecordingStatus.DELETED
    found = due_recordings.take(session, condemned, again=TRY_AGAIN)
    return None if found is None else Doomed(found.id, found.site_id, found.cos_key)


def _delete(doomed: Doomed) -> bool:
    try:
        # Still there: the next run asks again.
        return _gone(doomed.key) and _prove(doomed=doomed)
    except ProviderRefused as error:
        _tell(doomed=doomed, code=error.code)
        return False


def _gone(key: str | None) -> bool:
    if key is None:
        return True
    storage.delete(key)
    return storage.head(key) is None


@in_transaction
def _prove(session: Session, *, doomed: Doomed) -> bool:
    recording = session.get_one(Recording, doomed.id, with_for_update=True)
    if recording.deleted_at is not None:
        return False
    recording.deleted_at, recording.due_at = now(), None
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


@in_transaction
def _tell(session: Session, *, doomed: Doomed, code: str) -> None:
    tickets.open_incident(
        session,
        site_id=doomed.site_id,
        severity=Severity.III,
        source_key=f"recording_not_deleted:{doomed.id}",
        title="到期录像无法删除",
        text=f"录像已过保存期限，存储桶拒绝删除（{code}），系统每 10 分钟再试一次。录像编号 {doomed.id}。\n"
        "请检查存储桶权限与对象锁定设置。",
    )
