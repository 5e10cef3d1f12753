"""Timer: messages and deletions that the outbox gave up become an incident, one a kind and day."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import tickets
from shared.batches import each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.erasure import DELETIONS
from shared.models.base import UtcDateTime
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Severity
from shared.sites import first_site

LOOK_BACK = timedelta(hours=2)  # since the last try; a tick that was missed is made good
SHOWN = 20


def report_dead_letters() -> int:
    """How many incidents were opened."""
    return each(_kinds(), lambda row: _open(kind=row[0], count=row[1], died_at=row[2]))


@in_transaction
def _kinds(session: Session) -> list[tuple[str, int, datetime]]:
    dead = (Outbox.state == OutboxState.DEAD, Outbox.due_at > now() - LOOK_BACK)
    newest = func.max(Outbox.due_at, type_=UtcDateTime)
    counted = select(Outbox.kind, func.count(), newest).where(*dead).group_by(Outbox.kind)
    return [(kind, count, died_at) for kind, count, died_at in session.execute(counted)]


@in_transaction
def _open(session: Session, *, kind: str, count: int, died_at: datetime) -> bool:
    """The bodies may name people: only ids and the last error are told."""
    site_id = first_site(session)
    if site_id is None:
        return False
    rows = session.execute(
        select(Outbox.id, Outbox.last_error)
        .where(Outbox.state == OutboxState.DEAD, Outbox.kind == kind)
        .where(Outbox.due_at > now() - LOOK_BACK)
        .order_by(Outbox.due_at.desc())
        .limit(SHOWN)
    )
    shown = "\n".join(f"{row_id} {error or ''}" for row_id, error in rows)
    opened = tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.II,
        source_key=f"dead_letters:{kind}:{in_shanghai(died_at):%Y%m%d}",
        title="有消息或外部操作多次失败，已停止重试",
        text=f"类别 {kind}，共 {count} 条。编号和最后的错误：\n{shown}\n{_what_then(kind)}",
    )
    return opened is not None


def _what_then(kind: str) -> str:
    if kind in DELETIONS:
        return "这些文件还在存储中。请排除原因，系统每夜再试，直到删净。"
    return "请排除原因后人工补办。"
