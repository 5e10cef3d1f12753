"""An officer gives a resident one more contact in a period, or takes one away, with a reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, quota, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotFound
from shared.idempotency import once
from shared.ids import new_id
from shared.models.people import Resident
from shared.rules.quota import Channel


@in_transaction
def adjust_quota(
    session: Session,
    *,
    actor: Actor,
    resident_id: str,
    channel: Channel,
    at: datetime,
    more: int,
    reason: str,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Gives the line's id. `more`: how many contacts more (or fewer, if negative) around `at`."""
    return once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"quota": resident_id, "channel": channel, "at": at.isoformat(), "more": more},
        effect=lambda: _adjust(session, actor, resident_id, channel, at, more, reason),
    )


def _adjust(
    session: Session,
    actor: Actor,
    resident_id: str,
    channel: Channel,
    at: datetime,
    more: int,
    reason: str,
) -> dict[str, Any]:
    query = scope.of_residents(actor, select(Resident)).where(Resident.id == resident_id)
    resident = session.scalar(query.with_for_update())
    if resident is None:
        raise NotFound.of("not_found")
    line = quota.Contact(resident.site_id, resident.id, channel, at, source_id=new_id())
    quota.adjust(session, actor, line, amount=-more, reason=reason)
    audit.record(
        session, actor, "quota.adjusted", "resident", resident.id, reason=reason, more=more,
        channel=channel.value,
    )  # fmt: skip
    return {"id": line.source_id}
