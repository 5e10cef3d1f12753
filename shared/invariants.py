"""What must be true of the data at any moment, asked of the data itself. A row that is found is a fault of ours.

    python -m shared.invariants [--days 60]     (exit status 1 when something is broken)

Each query gives the site and the id of what breaks the rule. `since` bounds how far back it looks.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.command_line import run
from shared.database import in_transaction
from shared.models.calls import CallResult, PhoneCall
from shared.models.flags import FlagKind, VisitFlag
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.onsite import OnsiteVisit, OnsiteVisitStatus
from shared.models.people import Relationship, Resident, ResidentStatus
from shared.models.person_days import PersonDayEntry, PersonDayYear
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.quota import QuotaEntry, QuotaEntryKind
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.models.tickets import Ticket, TicketEvent
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.models.waiting import WaitingEntry, WaitingStatus
from shared.rules.quota import Channel
from shared.visits import HOLDING, RELEASING

Query = Callable[[datetime], Select[Any]]

LOOK_BACK = timedelta(days=60)
# How long a timer may be late before what it has not done counts as broken.
GRACE = timedelta(hours=6)
# Messages that went out are deleted after some days.
MESSAGES_KEPT = timedelta(days=2)
MOST = 1000

log = logging.getLogger("visits.invariants")


@dataclass(frozen=True)
class Invariant:
    """`text`: what is wrong, for the ticket."""

    name: str
    text: str
    broken: Query


@dataclass(frozen=True)
class Found:
    """`error`: why it could not be asked; then nobody knows of which site."""

    invariant: Invariant
    site_id: str | None
    ids: Sequence[str] = ()
    error: str = ""


def find_broken(*, look_back: timedelta = LOOK_BACK) -> list[Found]:
    """Every broken invariant of every site, with the first MOST ids, and those that could not be asked."""
    return [found for one in INVARIANTS for found in _asked(one, now() - look_back)]


def _asked(one: Invariant, since: datetime) -> list[Found]:
    """In a transaction of its own, and past any error, a query that is too slow included: the others still tell."""
    try:
        return _broken(one, since)
    except Exception as error:  # noqa: BLE001 - whatever it is, it would silence all the others
        name = type(error).__name__
        log.error("invariant_failed", extra={"kind": one.name, "error": name})
        return [Found(one, None, error=name)]


@in_transaction
def _broken(session: Session, one: Invariant, since: datetime) -> list[Found]:
    rows = session.execute(one.broken(since).limit(MOST)).all()
    by_site = {site_id: [row[1] for row in rows if row[0] == site_id] for site_id, _ in rows}
    return [Found(one, site_id, by_site[site_id]) for site_id in sorted(by_site)]


def _visits(since: datetime, *broken: ColumnElement[bool]) -> Select[Any]:
    return select(Visit.site_id, Visit.id).where(Visit.starts_at >= since, *broken)


def _held_in_slot(*more: ColumnElement[bool]) -> ColumnElement[int]:
    held = select(func.count(Visit.id)).where(Visit.held_slot_id == Slot.id, *more)
    return held.correlate(Slot).scalar_subquery()


def _entries(status: WaitingStatus) -> ColumnElement[int]:
    mine = WaitingEntry.slot_id == Slot.id, WaitingEntry.status == status
    return select(func.count(WaitingEntry.id)).where(*mine).correlate(Slot).scalar_subquery()


def overbooked(since: datetime) -> Select[Any]:
    """A visit that lost its place to a broken terminal is flagged, and an officer decides."""
    flagged = exists().where(
        VisitFlag.visit_id == Visit.id,
        VisitFlag.kind == FlagKind.TERMINAL_BROKEN,
        VisitFlag.lifted_at.is_(None),
    )
    held = _held_in_slot(~flagged) + _entries(WaitingStatus.OFFERED)
    return select(Slot.site_id, Slot.id).where(Slot.starts_at >= since, held > Slot.capacity)


def taken_wrong(since: datetime) -> Select[Any]:
    kept = (
        select(func.count(Visit.id))
        .where(Visit.slot_id == Slot.id, Visit.status.not_in(RELEASING))
        .correlate(Slot)
        .scalar_subquery()
    )
    taken = kept + _entries(WaitingStatus.OFFERED)
    return select(Slot.site_id, Slot.id).where(Slot.starts_at >= since, Slot.taken != taken)


def waiting_wrong(since: datetime) -> Select[Any]:
    waiting = _entries(WaitingStatus.WAITING)
    return select(Slot.site_id, Slot.id).where(Slot.starts_at >= since, Slot.waiting != waiting)


def approved_late(since: datetime) -> Select[Any]:
    approved = (
        VisitStatus.APPROVED,
        VisitStatus.IN_PROGRESS,
        VisitStatus.COMPLETED,
        VisitStatus.NO_SHOW,
    )
    return _visits(since, Visit.status.in_(approved), Visit.decided_at >= Visit.starts_at)


def left_behind(since: datetime) -> Select[Any]:
    begun = and_(
        Visit.status.in_((VisitStatus.REQUESTED, VisitStatus.APPROVED)),
        Visit.starts_at < now() - GRACE,
    )
    running = and_(Visit.status == VisitStatus.IN_PROGRESS, Visit.ends_at < now() - GRACE)
    return _visits(since, or_(begun, running))


def quota_wrong(since: datetime) -> Select[Any]:
    """One use a visit, one refund more once it is released."""
    balance = (
        select(func.coalesce(func.sum(QuotaEntry.amount), 0))
        .where(
            QuotaEntry.source_id == Visit.id,
            QuotaEntry.resident_id == Visit.resident_id,
            QuotaEntry.channel == Channel.REMOTE,
        )
        .correlate(Visit)
        .scalar_subquery()
    )
    used = exists().where(QuotaEntry.source_id == Visit.id, QuotaEntry.kind == QuotaEntryKind.USE)
    due = case((Visit.status.in_(RELEASING), 0), else_=1)
    return _visits(since, or_(balance != due, ~used))


def quota_without_visit(since: datetime) -> Select[Any]:
    return select(QuotaEntry.site_id, QuotaEntry.id).where(
        QuotaEntry.at >= since,
        QuotaEntry.channel == Channel.REMOTE,
        QuotaEntry.kind != QuotaEntryKind.ADJUSTMENT,
        ~exists().where(Visit.id == QuotaEntry.source_id),
    )


def calls_miscounted(since: datetime) -> Select[Any]:
    return _miscounted(PhoneCall, Channel.PHONE, PhoneCall.result == CallResult.ANSWERED, since)


def onsite_miscounted(since: datetime) -> Select[Any]:
    took_place = OnsiteVisit.status == OnsiteVisitStatus.COMPLETED
    return _miscounted(OnsiteVisit, Channel.ONSITE, took_place, since)


def _miscounted(
    table: type[PhoneCall] | type[OnsiteVisit],
    channel: Channel,
    happened: ColumnElement[bool],
    since: datetime,
) -> Select[Any]:
    """One use for each that happened, under the source it names; none for the others."""
    used = (
        select(func.coalesce(func.sum(QuotaEntry.amount), 0))
        .where(
            QuotaEntry.source_id == table.quota_source_id,
            QuotaEntry.resident_id == table.resident_id,
            QuotaEntry.channel == channel,
            QuotaEntry.at == table.started_at,
        )
        .correlate(table)
        .scalar_subquery()
    )
    due = case((and_(happened, table.resident_id.is_not(None)), 1), else_=0)
    return select(table.site_id, table.id).where(table.started_at >= since, used != due)


def no_relationship(since: datetime) -> Select[Any]:
    tie = exists().where(
        Relationship.relative_id == VisitParticipant.relative_id,
        Relationship.resident_id == Visit.resident_id,
    )
    query = select(Visit.site_id, Visit.id).join(
        VisitParticipant, VisitParticipant.visit_id == Visit.id
    )
    return query.where(Visit.starts_at >= since, Visit.status.in_(HOLDING), ~tie).distinct()


def no_lead(since: datetime) -> Select[Any]:
    leads = (
        select(func.count(VisitParticipant.relative_id))
        .where(VisitParticipant.visit_id == Visit.id, VisitParticipant.lead)
        .correlate(Visit)
        .scalar_subquery()
    )
    return _visits(since, Visit.status.in_(HOLDING), leads != 1)


def resident_away(since: datetime) -> Select[Any]:
    flagged = exists().where(VisitFlag.visit_id == Visit.id)
    away = exists().where(
        Resident.id == Visit.resident_id, Resident.status != ResidentStatus.ACTIVE
    )
    ahead = Visit.status.in_((VisitStatus.REQUESTED, VisitStatus.APPROVED))
    return _visits(since, ahead, Visit.starts_at > now(), away, ~flagged)


def not_audited(since: datetime) -> Select[Any]:
    audited = exists().where(
        AuditEvent.subject_id == Visit.id, AuditEvent.action == "visit.requested"
    )
    return _visits(since, ~audited)


def not_told(since: datetime) -> Select[Any]:
    """Of each new visit the officers on duty hear, if there are any."""
    told = exists().where(Outbox.dedupe_key == "visit:" + Visit.id + ":requested")
    on_duty = exists().where(
        Officer.site_id == Visit.site_id,
        Officer.active,
        Officer.wecom_user_id.is_not(None),
        OfficerRole.officer_id == Officer.id,
        OfficerRole.role == Role.VISIT_OFFICER,
    )
    return _visits(since, Visit.requested_at > now() - MESSAGES_KEPT, on_duty, ~told)


def no_recording(since: datetime) -> Select[Any]:
    recorded = exists().where(Recording.visit_id == Visit.id)
    return _visits(since, Visit.started_at.is_not(None), ~recorded)


def recording_orphaned(since: datetime) -> Select[Any]:
    without_visit = and_(Recording.kind == RecordingKind.VISIT, Recording.visit_id.is_(None))
    without_file = and_(
        Recording.status == RecordingStatus.PLAYABLE,
        or_(Recording.cos_key.is_(None), Recording.sha256.is_(None)),
    )
    forgotten = and_(Recording.status == RecordingStatus.EXPECTED, Recording.due_at < now() - GRACE)
    broken = or_(without_visit, without_file, forgotten)
    return select(Recording.site_id, Recording.id).where(Recording.starts_at >= since, broken)


def severity_unlogged(since: datetime) -> Select[Any]:
    """The severity that pages and reports tell is the one that the log, and so the clocks, know."""
    said = (
        select(TicketEvent.value)
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.kind.in_(("opened", "severity_set")))
        .order_by(TicketEvent.seq.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )
    changed = Ticket.changed_at >= since
    return select(Ticket.site_id, Ticket.id).where(changed, cast(Ticket.severity, String) != said)


def person_days_wrong(since: datetime) -> Select[Any]:
    """A year's sum is that of its lines, and no change gave a year back more than it had taken from it."""
    mine = (
        PersonDayEntry.site_id == PersonDayYear.site_id,
        PersonDayEntry.year == PersonDayYear.year,
    )
    total = func.coalesce(func.sum(PersonDayEntry.amount), 0)
    lines = select(total).where(*mine).correlate(PersonDayYear).scalar_subquery()
    below = (
        select(PersonDayEntry.ticket_id)
        .where(*mine)
        .group_by(PersonDayEntry.ticket_id)
        .having(func.sum(PersonDayEntry.amount) < 0)
        .correlate(PersonDayYear)
        .exists()
    )
    wrong = or_(PersonDayYear.used != lines, below)
    recent = PersonDayYear.year >= since.year
    return select(PersonDayYear.site_id, cast(PersonDayYear.year, String)).where(recent, wrong)


INVARIANTS = (
    Invariant("overbooked", "有会见时段的预约数超过了可用终端数", overbooked),
    Invariant("taken_wrong", "有会见时段的已占名额与实际会见数不一致", taken_wrong),
    Invariant("waiting_wrong", "有会见时段的候补人数与候补名单不一致", waiting_wrong),
    Invariant("approved_late", "有会见在开始之后才被批准", approved_late),
    Invariant("left_behind", "有会见早已过时，但没有被结束，定时任务可能没有运行", left_behind),
    Invariant("quota_wrong", "有会见的次数记录与会见状态不一致", quota_wrong),
    Invariant("quota_without_visit", "有会见次数记录找不到对应的会见", quota_without_visit),
    Invariant("calls_miscounted", "有亲情电话的次数记录与话单不一致", calls_miscounted),
    Invariant("onsite_miscounted", "有现场会见的次数记录与其状态不一致", onsite_miscounted),
    Invariant("no_relationship", "有会见的参加人与会见对象没有亲属关系记录", no_relationship),
    Invariant("no_lead", "有会见没有唯一的预约人", no_lead),
    Invariant("resident_away", "会见对象已不能会见，但有未取消也未提示的会见", resident_away),
    Invariant("not_audited", "有会见没有留下预约的审计记录", not_audited),
    Invariant("not_told", "有新的会见申请没有通知值班民警", not_told),
    Invariant("no_recording", "有已开始的会见没有录音录像记录", no_recording),
    Invariant("recording_orphaned", "有录音录像记录缺少会见、文件或逾期无人处理", recording_orphaned),
    Invariant("severity_unlogged", "有工单的级别与经过中记录的不一致", severity_unlogged),
    Invariant("person_days_wrong", "小改动工作量的年度合计与明细不一致（编号为年度）", person_days_wrong),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m shared.invariants",
        description="核对数据是否合乎规则，与夜间自检相同；只读不改。",
    )
    parser.add_argument(
        "--days", type=int, default=LOOK_BACK.days, metavar="天数", help="往回看多少天"
    )
    given = parser.parse_args(arguments)
    found = find_broken(look_back=timedelta(days=given.days))
    for one in found:
        told = f"{one.invariant.text}: {' '.join(one.ids)}" if one.site_id else one.error
        sys.stdout.write(f"{one.invariant.name} {one.site_id or '-'}: {told}\n")
    sys.stdout.write(f"核对 {len(INVARIANTS)} 条规则，不合的 {len(found)} 条。\n")
    return 1 if found else 0


if __name__ == "__main__":
    run(main)
