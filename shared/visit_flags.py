"""Something changed after visits were booked: officers are to decide, and families hear what happens next.

Whoever causes it holds the lock that bookings take (the resident's or the slot's row) before calling `raise_flags`:
a booking that is not committed yet would be missed otherwise. Whoever takes the cause back calls `lift_flags`.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import compare_and_set
from shared.errors import Conflict
from shared.models.flags import FlagKind, VisitFlag
from shared.models.officers import Role
from shared.models.visits import Visit, VisitParticipant, VisitStatus

# A flag can be decided while its visit is one of these.
AHEAD = (VisitStatus.REQUESTED, VisitStatus.APPROVED)
# Open flags, for queries that join Visit.
OPEN = and_(VisitFlag.lifted_at.is_(None), VisitFlag.settled_at.is_(None), Visit.status.in_(AHEAD))

STAFF_TEXTS = {
    FlagKind.RESIDENT_RELEASED: "会见对象已离所",
    FlagKind.RESIDENT_TRANSFERRED: "会见对象已转所",
    FlagKind.TERMINAL_BROKEN: "会见终端故障",
    FlagKind.SLOT_BLOCKED: "时段已暂停",
    FlagKind.DATE_BLOCKED: "当日已停止会见",
    FlagKind.RELATIONSHIP_ENDED: "亲属关系已失效",
    FlagKind.CONSENT_WITHDRAWN: "同行亲属撤回同意",
    FlagKind.COMPANION_LEFT: "同行亲属退出",
}


def raise_flags(
    session: Session, actor: Actor, which: ColumnElement[bool], *, kind: FlagKind, source_id: str
) -> int:
    """How many visits ahead (Visit, may also name VisitParticipant) were flagged; those flagged already are not."""
    query = select(Visit).join(VisitParticipant).where(which, Visit.status.in_(AHEAD)).distinct()
    hit = [
        visit
        for visit in sorted(session.scalars(query), key=lambda visit: visit.id)
        if _raise(session, actor, visit, kind, source_id)
    ]
    for site_id in {visit.site_id for visit in hit}:
        messages.tell_staff(
            session,
            site_id=site_id,
            roles=[Role.VISIT_OFFICER],
            text=f"【需处理】{STAFF_TEXTS[kind]}，{sum(one.site_id == site_id for one in hit)} 次"
            f"已预约的会见受影响，最早 {chinese(min(one.starts_at for one in hit))}。请在审核页处理。",
            dedupe_key=f"flags:{kind.value}:{source_id}:{now():%Y%m%d%H%M%S%f}",
        )
    return len(hit)


def lift_flags(session: Session, actor: Actor, *, kind: FlagKind, source_id: str) -> int:
    """The cause is gone: how many flags were lifted. Families whose visit has no other are told that it stands."""
    return _lift(session, actor, VisitFlag.source_id == source_id, kind)


def lift_flags_of(
    session: Session, actor: Actor, visit_ids: Collection[str], *, kind: FlagKind
) -> int:
    """As lift_flags, for these visits and whatever caused it."""
    return _lift(session, actor, VisitFlag.visit_id.in_(visit_ids), kind)


def _lift(session: Session, actor: Actor, which: ColumnElement[bool], kind: FlagKind) -> int:
    query = (
        select(VisitFlag)
        .where(which, VisitFlag.kind == kind)
        .where(VisitFlag.lifted_at.is_(None))
        .order_by(VisitFlag.visit_id)
        .with_for_update()
    )
    found = session.scalars(query).all()
    for flag in found:
        flag.lifted_at = now()
        visit = session.get_one(Visit, flag.visit_id)
        audit.record(
            session, actor, "visit.flag_lifted", "visit", visit.id, site_id=visit.site_id,
            flag=kind.value, source=flag.source_id,
        )  # fmt: skip
        session.flush()
        _tell_if_clear(session, flag, visit)
    return len(found)


def settle_flag(session: Session, actor: Actor, flag: VisitFlag, *, reason: str) -> None:
    """An officer lets the visit go ahead in spite of it. Raises Conflict when somebody was first, or it was lifted."""
    settled = (
        update(VisitFlag)
        .where(VisitFlag.id == flag.id, VisitFlag.settled_at.is_(None))
        .where(VisitFlag.lifted_at.is_(None))
        .values(settled_at=now(), settled_by=actor.id, reason=reason)
    )
    if not compare_and_set(session, settled):
        raise Conflict.of("changed_meanwhile")
    session.refresh(flag)
    visit = session.get_one(Visit, flag.visit_id)
    audit.record(
        session, actor, "visit.flag_settled", "visit", visit.id, site_id=visit.site_id,
        reason=reason, flag=flag.kind.value, source=flag.source_id,
    )  # fmt: skip
    _tell_if_clear(session, flag, visit)


def open_flags(session: Session, visit_id: str) -> list[VisitFlag]:
    """In the order of raising."""
    query = select(VisitFlag).join(Visit).where(VisitFlag.visit_id == visit_id, OPEN)
    return list(session.scalars(query.order_by(VisitFlag.raised_at)))


def _raise(session: Session, actor: Actor, visit: Visit, kind: FlagKind, source_id: str) -> bool:
    same = (
        VisitFlag.visit_id == visit.id,
        VisitFlag.kind == kind,
        VisitFlag.source_id == source_id,
    )
    flag = session.scalar(select(VisitFlag).where(*same).with_for_update())
    if flag is None:
        flag = VisitFlag(
            site_id=visit.site_id,
            visit_id=visit.id,
            resident_id=visit.resident_id,
            kind=kind,
            source_id=source_id,
        )
        session.add(flag)
    elif flag.lifted_at is None:
        return False
    flag.raised_at, flag.lifted_at, flag.settled_at = now(), None, None
    session.flush()
    audit.record(
        session, actor, "visit.flagged", "visit", visit.id, site_id=visit.site_id,
        flag=kind.value, source=source_id,
    )  # fmt: skip
    _tell(session, flag, visit, phrase="安排有变", thing="民警正在处理，请点击查看详情")
    return True


def _tell_if_clear(session: Session, flag: VisitFlag, visit: Visit) -> None:
    if visit.status in AHEAD and not open_flags(session, visit.id):
        _tell(session, flag, visit, phrase="照常进行", thing="您的会见照常进行，请按时参加")


def _tell(session: Session, flag: VisitFlag, visit: Visit, *, phrase: str, thing: str) -> None:
    messages.tell_visitors(
        session, visit, phrase, thing, dedupe_key=f"flag:{flag.id}:{now():%Y%m%d%H%M%S%f}"
    )
