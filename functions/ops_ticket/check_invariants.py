"""Timer, every night: what must be true of the data, and an incident for what is not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import invariants, tickets
from shared.batches import each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.invariants import Found
from shared.models.tickets import Severity, Ticket
from shared.sites import first_site

SHOWN = 20


def check_invariants() -> int:
    """How many incidents were opened."""
    return each(invariants.find_broken(), lambda one: _open(found=one))


@in_transaction
def _open(session: Session, *, found: Found) -> bool:
    site_id = found.site_id or first_site(session)
    key = f"invariant:{found.invariant.name}:{found.site_id or 'unasked'}"
    mine = Ticket.source_key.startswith(f"{key}:", autoescape=True)
    running = select(Ticket.id).where(mine, Ticket.closed_at.is_(None)).limit(1)
    if site_id is None or session.scalar(running):
        return False  # somebody is at it
    what, text = _told(found)
    opened = tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.II,
        source_key=f"{key}:{in_shanghai(now()):%Y%m%d}",
        title=f"数据自检：{what}",
        text=text,
    )
    return opened is not None


def _told(found: Found) -> tuple[str, str]:
    name = found.invariant.name
    if found.error:
        text = f"规则 {name} 的查询出错（{found.error}），这一项没有核对。其他各项照常核对。"
        return "有一项未能完成核对", text
    shown = "\n".join(found.ids[:SHOWN])
    text = f"规则 {name}，共 {len(found.ids)} 条，编号：\n{shown}"
    return found.invariant.text, text
