"""Timer: a family that is not in the room some minutes after the start did not come.

Who had a pass did come: if the room never opened, the line failed, and the visit counts for nothing. The same when
something on the centre's side was still undecided.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.booking_facts import no_shows_in, visits_of
from shared import audit, messages, room_commands, visits
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import chinese, in_shanghai, now
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.officers import Role
from shared.models.people import ManualCheck, ManualCheckStatus
from shared.models.visits import Visit, VisitStatus
from shared.rules.booking_rules import suspended_until
from shared.rules.site_rules import SiteRules
from shared.site_rules import rules_of, rules_of_visit
from shared.visit_flags import open_flags

BATCH = 200
NOT_HERE = "会见开始 {minutes} 分钟内没有进入会见室"
NOT_OURS = "本次会见因安排有变未能进行，不计入次数，也不算未到，请重新预约"
NOT_CHECKED = "人工核验未能及时完成，本次会见不计入次数，也不算未到，请重新预约"
NOT_CONNECTED = "会见室未能连通，本次会见不计入次数，也不算未到，请重新预约"


def mark_no_shows() -> int:
    """How many visits that never began were ended."""
    return each(_late(), _end)


@in_transaction
def _late(session: Session) -> list[str]:
    query = select(Visit).where(
        visits.at_any_site(), Visit.status == VisitStatus.APPROVED, Visit.starts_at <= now()
    )
    # No limit before: the oldest may be those whose family came, and they wait until the end.
    begun = session.scalars(query.order_by(Visit.starts_at)).all()
    return [visit.id for visit in begun if now() >= _ends_waiting(session, visit)][:BATCH]


def _ends_waiting(session: Session, visit: Visit) -> datetime:
    if _came(visit):
        return visit.ends_at
    minutes = rules_of_visit(session, visit).no_show_minutes_after
    return visit.starts_at + timedelta(minutes=minutes)


def _came(visit: Visit) -> bool:
    return any(one.pass_given_at or one.joined_at for one in visit.participants)


@in_transaction
def _end(session: Session, visit_id: str) -> None:
    # Locked first: whoever is given a pass at this moment locks it too.
    visit = session.get_one(Visit, visit_id, with_for_update=True)
    if now() < _ends_waiting(session, visit):
        raise Conflict.of("changed_meanwhile")
    if _came(visit):
        _call_off(session, visit, NOT_CONNECTED)
    elif open_flags(session, visit.id):
        _call_off(session, visit, NOT_OURS)
    elif _check_waits(session, visit.id):
        _call_off(session, visit, NOT_CHECKED)
    else:
        _no_show(session, visit)


def _check_waits(session: Session, visit_id: str) -> bool:
    pending = ManualCheck.status == ManualCheckStatus.PENDING
    waiting = select(ManualCheck.id).where(ManualCheck.visit_id == visit_id, pending)
    return session.scalar(waiting.limit(1)) is not None


def _call_off(session: Session, visit: Visit, reason: str) -> None:
    visits.move(
        session, SYSTEM, visit, only_from={VisitStatus.APPROVED}, to=VisitStatus.EXPIRED,
        reason=reason, ended_at=now(),
    )  # fmt: skip
    room_commands.close_if_opened(session, visit)
    audit.record(
        session, SYSTEM, "visit.called_off", "visit", visit.id, site_id=visit.site_id, reason=reason
    )
    for one in visit.participants:
        _tell(session, visit, one.relative_id, "未能进行", "不计入次数，请重新预约")
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER],
        text=f"【会见未能进行】{chinese(visit.starts_at)}，{visit.place} 号会见位的会见没有开始，已退还名额。请核查原因。",
        dedupe_key=f"visit:{visit.id}:called_off",
    )


def _no_show(session: Session, visit: Visit) -> None:
    minutes = rules_of_visit(session, visit).no_show_minutes_after
    visits.move(
        session, SYSTEM, visit, only_from={VisitStatus.APPROVED}, to=VisitStatus.NO_SHOW,
        reason=NOT_HERE.format(minutes=minutes), ended_at=now(),
    )  # fmt: skip
    room_commands.close_if_opened(session, visit)
    audit.record(session, SYSTEM, "visit.no_show", "visit", visit.id, site_id=visit.site_id)
    rules = rules_of(session, visit.site_id)
    for one in visit.participants:
        _tell(
            session, visit, one.relative_id, "会见未到", _follows(session, one.relative_id, rules)
        )


def _follows(session: Session, relative_id: str, rules: SiteRules) -> str:
    """What it means for this person, in the 20 characters that WeChat shows."""
    until = suspended_until(no_shows_in(visits_of(session, relative_id)), rules)
    if until is None or until <= now():
        return "多次未到会暂停预约，请点击查看"
    local = in_shanghai(until)
    return f"预约已暂停至{local.month}月{local.day}日"


def _tell(session: Session, visit: Visit, relative_id: str, phrase: str, thing: str) -> None:
    messages.tell_family(
        session,
        [relative_id],
        phrase,
        thing,
        at=visit.starts_at,
        page=messages.visit_page(visit.id),
        dedupe_key=f"visit:{visit.id}:not_held",
    )
