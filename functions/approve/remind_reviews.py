"""Timer: officers hear of reviews whose time is nearly over, and supervisors of those that are late.

The request itself is over at its own time stamp (booking's expire-requests); nobody has to be reminded for that.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.queue.kinds import MODULES
from shared import messages
from shared.actors import Actor
from shared.batches import each
from shared.clock import chinese, in_shanghai, now
from shared.database import in_transaction
from shared.models.officers import Role
from shared.models.places import Site
from shared.rules.review import Urgency

# What is nearly due is worth a message an hour, what is late one a day.
SOON_KEY, LATE_KEY = "%Y%m%d%H", "%Y%m%d"


def remind_reviews() -> int:
    """How many sites were looked at."""
    return each(_sites(), _remind)


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id)))


@in_transaction
def _remind(session: Session, site_id: str) -> None:
    """Of all wards together: ids and names stay out of the message."""
    everything = Actor("system", "system", site_id)
    items = [item for kind in MODULES for item in kind.waiting(session, everything)]
    waiting = Counter(item["urgency"] for item in items)
    first = min((item["due_at"] for item in items if item["urgency"] is Urgency.SOON), default=None)
    if first is not None:
        _tell_soon(session, site_id, waiting[Urgency.SOON], first)
    if waiting[Urgency.OVERDUE]:
        _tell_late(session, site_id, waiting[Urgency.OVERDUE])


def _tell_soon(session: Session, site_id: str, count: int, first: datetime) -> None:
    messages.tell_staff(
        session,
        site_id=site_id,
        roles=[Role.WARD_OFFICER, Role.VISIT_OFFICER],
        text=f"【审核提醒】有 {count} 项即将到期，最早 {chinese(first)}。请打开审核页处理。",
        dedupe_key=f"reviews:{site_id}:soon:{in_shanghai(now()):{SOON_KEY}}",
    )


def _tell_late(session: Session, site_id: str, count: int) -> None:
    messages.tell_staff(
        session,
        site_id=site_id,
        roles=[Role.SUPERVISOR],
        text=f"【审核超时】有 {count} 项已超过审核时限，请督促处理。",
        dedupe_key=f"reviews:{site_id}:late:{in_shanghai(now()):{LATE_KEY}}",
    )
