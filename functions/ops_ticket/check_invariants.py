"""Timer, every night: what must be true of the data, and an incident for what is not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import invariants, tickets
from shared.batches import each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.invariants import Found
from shared.models.tickets import Severity, Ticket

SHOWN = 20


def check_invariants() -> int:
    """How many incidents were opened."""
    return each(invariants.find_broken(), lambda one: _open(found=one))


@in_transaction
def _open(session: Session, *, found: Found) -> bool:
    key = f"invariant:{found.invariant.name}:{found.site_id}"
    mine = Ticket.source_key.startswith(f"{key}:", autoescape=True)
    if session.scalar(select(Ticket.id).where(mine, Ticket.closed_at.is_(None)).limit(1)):
        return False  # somebody is at it
    shown = "\n".join(found.ids[:SHOWN])
    opened = tickets.open_incident(
        session,
        site_id=found.site_id,
        severity=Severity.II,
        source_key=f"{key}:{in_shanghai(now()):%Y%m%d}",
        title=f"数据自检：{found.invariant.text}",
        text=f"规则 {found.invariant.name}，共 {len(found.ids)} 条，编号：\n{shown}",
    )
    return opened is not None
