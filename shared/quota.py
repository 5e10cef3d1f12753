"""Lines of the quota ledger, written in the transaction of what they count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.database import core
from shared.ids import new_id
from shared.models.quota import QuotaEntry, QuotaEntryKind
from shared.rules.quota import WINDOW, Channel, Entry

_RECENT = select(QuotaEntry.channel, QuotaEntry.at, QuotaEntry.amount).where(
    QuotaEntry.resident_id == bindparam("resident_id"),
    QuotaEntry.at.between(bindparam("since"), bindparam("until")),
)
_ADD = insert(QuotaEntry)


@dataclass(frozen=True)
class Contact:
    """What is counted: whose, over which channel, when, and the record it stands for."""

    site_id: str
    resident_id: str
    channel: Channel
    at: datetime
    source_id: str


def use(session: Session, actor: Actor, contact: Contact) -> None:
    """IntegrityError when the contact's source is counted already."""
    _add(session, actor, contact, QuotaEntryKind.USE, 1)


def refund(session: Session, actor: Actor, contact: Contact) -> None:
    """IntegrityError when the contact's source was given back already."""
    _add(session, actor, contact, QuotaEntryKind.REFUND, -1)


def use_each(session: Session, actor: Actor, contacts: Sequence[Contact]) -> None:
    """`use` for many contacts at once."""
    rows = [_row(actor, one, QuotaEntryKind.USE, 1) for one in contacts]
    if rows:
        core(session).execute(_ADD, rows)


def adjust(session: Session, actor: Actor, contact: Contact, *, amount: int, reason: str) -> None:
    """An officer's own line: -1 allows one more in the period of the contact's time, 1 takes one away."""
    _add(session, actor, contact, QuotaEntryKind.ADJUSTMENT, amount, reason)


def counted(session: Session, source_id: str) -> Contact:
    """The contact that `source_id`'s use stands for."""
    line = session.scalars(
        select(QuotaEntry).where(
            QuotaEntry.source_id == source_id, QuotaEntry.kind == QuotaEntryKind.USE
        )
    ).one()
    return Contact(line.site_id, line.resident_id, line.channel, line.at, source_id)


def recent(session: Session, resident_id: str) -> Sequence[Entry]:
    """Everything that can matter for a slot that is bookable now."""
    span = {"since": now() - WINDOW, "until": now() + WINDOW}
    lines = core(session).execute(_RECENT, {"resident_id": resident_id, **span})
    return [Entry(channel, at, amount) for channel, at, amount in lines]


def _add(
    session: Session,
    actor: Actor,
    contact: Contact,
    kind: QuotaEntryKind,
    amount: int,
    reason: str | None = None,
) -> None:
    core(session).execute(_ADD, _row(actor, contact, kind, amount, reason))


def _row(
    actor: Actor, contact: Contact, kind: QuotaEntryKind, amount: int, reason: str | None = None
) -> dict[str, Any]:
    row = {"id": new_id(), "kind": kind, "amount": amount, "reason": reason}
    return {**vars(contact), **row, "made_by": actor.id, "made_at": now()}
