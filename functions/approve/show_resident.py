"""One resident as officers keep the record: the families tied to them, how often they may still meet, what was adjusted."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.platform import people
from functions.approve.queue.card import shown_quota, shown_resident
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.models.officers import Officer
from shared.models.people import Relationship, Relative
from shared.models.quota import QuotaEntry, QuotaEntryKind

ADJUSTMENTS = 20


@in_transaction
def show_resident(session: Session, *, actor: Actor, resident_id: str) -> dict[str, Any]:
    """Raises NotFound outside of the officer's scope."""
    resident = people.resident(session, actor, resident_id)
    audit.record(session, actor, "resident.read", "resident", resident.id)
    return {
        "resident": shown_resident(session, resident),
        "relationships": _relationships(session, resident.id),
        "quota": shown_quota(session, resident, now()),
        "adjustments": _adjustments(session, resident.id),
    }


def _relationships(session: Session, resident_id: str) -> list[dict[str, Any]]:
    query = (
        select(Relationship, Relative.name)
        .join(Relative, Relative.id == Relationship.relative_id)
        .where(Relationship.resident_id == resident_id)
        .order_by(Relationship.asked_at)
    )
    names = ("id", "kinship", "status", "reason", "asked_at", "suspended_until", "expires_at")
    return [
        {"relative_name": name or "", **{field: getattr(tie, field) for field in names}}
        for tie, name in session.execute(query)
    ]


def _adjustments(session: Session, resident_id: str) -> list[dict[str, Any]]:
    """The newest first."""
    query = (
        select(QuotaEntry, Officer.name)
        .outerjoin(Officer, Officer.id == QuotaEntry.made_by)
        .where(QuotaEntry.resident_id == resident_id)
        .where(QuotaEntry.kind == QuotaEntryKind.ADJUSTMENT)
        .order_by(QuotaEntry.made_at.desc())
        .limit(ADJUSTMENTS)
    )
    return [
        {
            "channel": line.channel,
            "at": line.at,
            "more": -line.amount,
            "reason": line.reason,
            "made_at": line.made_at,
            "made_by": name or "",
        }
        for line, name in session.execute(query)
    ]
