"""Timer: families are reminded a day and an hour before, each once, and not of what is off."""

from datetime import timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from shared import audit, messages, visits
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.visits import Visit, VisitStatus

BATCH = 200
DAY, HOUR = 1, 2
BEFORE = {DAY: timedelta(days=1), HOUR: timedelta(hours=1)}
TEXTS = {
    DAY: ("还有一天", "请提前做好设备检测，并预留会见时间"),
    HOUR: ("即将开始", "请提前15分钟进入，完成人脸核验"),
}


def remind_visits() -> int:
    """How many reminders are on their way. Any number of these may run at once."""
    return each(_due(), _remind)


@in_transaction
def _due(session: Session) -> list[str]:
    steps = (
        and_(Visit.reminded < step, Visit.starts_at <= now() + BEFORE[step]) for step in BEFORE
    )
    query = select(Visit.id).where(
        visits.at_any_site(),
        Visit.status == VisitStatus.APPROVED,
        Visit.starts_at > now(),
        or_(*steps),
    )
    return list(session.scalars(query.order_by(Visit.starts_at).limit(BATCH)))


@in_transaction
def _remind(session: Session, visit_id: str) -> None:
    visit = session.get_one(Visit, visit_id)
    # After an outage only the latest of the two speaks.
    step = HOUR if visit.starts_at <= now() + BEFORE[HOUR] else DAY
    mine = update(Visit).where(
        Visit.id == visit_id, Visit.status == VisitStatus.APPROVED, Visit.reminded < step
    )
    if not compare_and_set(session, mine.values(reminded=step)):
        raise Conflict.of("changed_meanwhile")
    if visit.decided_at is not None and visit.decided_at > visit.starts_at - BEFORE[step]:
        return  # the approval itself came later than this reminder would have
    audit.record(
        session, SYSTEM, "visit.reminded", "visit", visit.id, site_id=visit.site_id, step=step
    )
    phrase, thing = TEXTS[step]
    messages.tell_visitors(
        session,
        visit,
        phrase,
        thing,
        # With its time: a visit that was moved is reminded of anew.
        dedupe_key=f"visit:{visit.id}:reminder:{step}:{visit.starts_at:%Y%m%d%H%M}",
        or_sms=True,
        only_while_on=visit.id,
    )
