"""A working day for `make run`: a full queue, two weeks of slots, a visit that runs, months of recordings.

The demonstration and the tests begin without it. Everybody is made up.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import cycle

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from local import functions, sample_clips, sample_contacts
from local.cloud.film import tiny_mp4
from local.sample_people import made_up_id_number
from shared import audit, messages, quota, visit_flags
from shared.actors import SYSTEM, Actor
from shared.clients import storage
from shared.clock import chinese, in_shanghai, now
from shared.database import in_transaction
from shared.ids import new_id
from shared.models.flags import FlagKind
from shared.models.officers import Officer, Role
from shared.models.people import (
    ManualCheck,
    ManualCheckPurpose,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.places import Site, Terminal, TerminalStatus, Ward
from shared.models.rooms import (
    Alert,
    AlertKind,
    Frame,
    Recording,
    RecordingKind,
    RecordingStatus,
    RoomEvent,
)
from shared.models.timetable import SessionTemplate, Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.room_passes import FAMILY, RESIDENT
from shared.visits import RELEASING, contact_of

FAMILIES = (
    ("陈桂兰", "母亲", "陈立新"), ("周建国", "父亲", "周海涛"), ("吴秀英", "配偶", "何俊杰"), ("郑文慧", "姐妹", "郑文斌"),
    ("冯志强", "兄弟", "冯志伟"), ("褚玉梅", "母亲", "卫国栋"), ("蒋明霞", "配偶", "沈大勇"), ("韩德海", "父亲", "韩小龙"),
    ("杨淑珍", "母亲", "朱永康"), ("秦丽华", "姐妹", "秦志明"), ("许光明", "父亲", "许子轩"), ("何春燕", "配偶", "吕鹏程"),
    ("施国庆", "兄弟", "施国平"), ("张美玲", "母亲", "孔令杰"), ("曹雪芳", "姐妹", "曹云飞"), ("严学军", "父亲", "严冬"),
    ("华秋菊", "母亲", "金成浩"), ("魏红梅", "配偶", "陶德胜"), ("姜宝山", "父亲", "姜文"), ("戚月娥", "母亲", "谢长青"),
    ("邹桂英", "母亲", "邹志刚"), ("窦金花", "配偶", "窦大伟"), ("云秀兰", "母亲", "云飞扬"), ("潘国栋", "父亲", "潘少华"),
)  # fmt: skip
LIVE = (
    ("顾小芳", "配偶", "顾家明"),
    ("孟庆云", "父亲", "孟凡"),
)  # the one meets now, the other next
OPENIDS = tuple(f"openid-life-{order}" for order in range(len(FAMILIES) + len(LIVE)))
REQUESTS, TIES, CHECKS = 12, 5, 3  # what waits in the queue, beside one flagged visit
HOURS = ((time(9), time(11, 30)), (time(14), time(17)))
PAST_WEEKS = 8
OUTCOMES = (
    VisitStatus.COMPLETED, VisitStatus.COMPLETED, VisitStatus.COMPLETED, VisitStatus.REJECTED,
    VisitStatus.COMPLETED, VisitStatus.NO_SHOW, VisitStatus.COMPLETED, VisitStatus.TERMINATED,
)  # fmt: skip
REASONS = {
    VisitStatus.REJECTED: "该人员这一时段另有安排，请改约其他时段。",
    VisitStatus.TERMINATED: "画面中出现未经审批的人员。",
}
LENGTH = timedelta(minutes=30)
Family = tuple[Relative, Resident, str]


def prepare() -> None:
    """Once; afterwards it is found again."""
    if not _begin():
        return
    functions.call_by_timer("approve", "make-slots")
    _live_today()
    films = _fill()
    film = tiny_mp4()
    for key in films:
        storage.write(key, film, "video/mp4")


@in_transaction
def _begin(session: Session) -> bool:
    if session.scalar(select(func.count()).select_from(SessionTemplate)):
        return False
    site = session.scalars(select(Site)).one()
    for number in range(3, 6):
        name = f"{number} 号会见位"
        session.add(Terminal(site_id=site.id, name=name, status=TerminalStatus.WORKING))
    today = in_shanghai(now()).date()
    session.add_all(
        SessionTemplate(
            site_id=site.id, weekday=weekday, opens_at=opens, closes_at=closes, valid_from=today
        )
        for weekday in range(7)
        for opens, closes in HOURS
    )
    return True


@in_transaction
def _fill(session: Session) -> list[str]:
    """The families, what they ask for, and what was. Gives the keys of recordings whose files are still to be written."""
    site = session.scalars(select(Site)).one()
    wards = cycle(session.scalars(select(Ward).order_by(Ward.name)).all())
    families = [_family(session, next(wards), n, named) for n, named in enumerate(FAMILIES)]
    query = select(Slot).where(Slot.site_id == site.id, Slot.starts_at > now() + timedelta(days=1))
    slots = iter(session.scalars(query.order_by(Slot.starts_at)).all()[::3])
    for order, family in enumerate(families):
        _ask(session, order, family, slots)
    known = [one for order, one in enumerate(families) if not _is_pending(order)]
    return [*_past(session, known), *sample_contacts.add(session, known)]


def _is_pending(order: int) -> bool:
    """Whether nobody has looked at the tie yet: such a family has had no contact so far."""
    return REQUESTS <= order < REQUESTS + TIES


def _family(session: Session, ward: Ward, order: int, named: tuple[str, str, str]) -> Family:
    name, kinship, resident_name = named
    resident = Resident(
        site_id=ward.site_id, ward_id=ward.id, number=f"2026{1001 + order * 7}", name=resident_name
    )
    relative = Relative(
        openid=OPENIDS[order],
        name=name,
        id_number=made_up_id_number("19700415", 300 + order),
        phone=f"139000001{order:02d}",
        id_photo_key="id-photos/sample/1.jpg",
        phone_checked_at=now(),
        face_checked_at=now(),
    )
    session.add_all([resident, relative])
    session.flush()
    return relative, resident, kinship


def _ask(session: Session, order: int, family: Family, slots: Iterator[Slot]) -> None:
    relative, resident, _ = family
    pending = _is_pending(order)
    if pending:
        _tie(session, family, RelationshipStatus.PENDING, hours=3 + 11 * (order - REQUESTS))
    else:
        _tie(session, family, RelationshipStatus.APPROVED, hours=90 * 24)
    if order < REQUESTS:
        _visit(session, family, next(slots), VisitStatus.REQUESTED)
    elif REQUESTS + TIES <= order < REQUESTS + TIES + CHECKS:
        check = ManualCheck(
            site_id=resident.site_id,
            resident_id=resident.id,
            relative_id=relative.id,
            purpose=ManualCheckPurpose.FACE,
            asked_at=now() - timedelta(hours=order - 12),
        )
        session.add(check)
    elif not pending:
        visit = _visit(session, family, next(slots), VisitStatus.APPROVED)
        if order == REQUESTS + TIES + CHECKS:
            visit_flags.raise_flags(
                session, SYSTEM, Visit.id == visit.id,
                kind=FlagKind.SLOT_BLOCKED, source_id=visit.slot_id,
            )  # fmt: skip


def _tie(session: Session, family: Family, status: RelationshipStatus, *, hours: int) -> None:
    """Asked so many hours ago."""
    relative, resident, kinship = family
    pending = status is RelationshipStatus.PENDING
    session.add(
        Relationship(
            site_id=resident.site_id,
            relative_id=relative.id,
            resident_id=resident.id,
            kinship=kinship,
            status=status,
            asked_at=now() - timedelta(hours=hours),
            decided_at=None if pending else now() - timedelta(hours=hours - 20),
            proof_keys=["id-photos/sample/1.jpg"] if pending else [],
        )
    )


def _visit(
    session: Session, family: Family, slot: Slot, status: VisitStatus, **more: object
) -> Visit:
    relative, resident, kinship = family
    slot.taken += 1
    visit = Visit(
        site_id=slot.site_id,
        slot_id=slot.id,
        resident_id=resident.id,
        status=status,
        place=slot.taken,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        requested_by=relative.id,
        requested_at=min(now(), slot.starts_at - timedelta(days=3)) - timedelta(hours=2),
        **more,
    )
    session.add(visit)
    session.flush()
    session.add(
        VisitParticipant(visit_id=visit.id, relative_id=relative.id, kinship=kinship, lead=True)
    )
    _count_and_tell(session, Actor("relative", relative.id), visit)
    slot.taken -= status in RELEASING
    session.flush()
    return visit


def _count_and_tell(session: Session, actor: Actor, visit: Visit) -> None:
    """As a request does, and a release after it: the nightly check finds nothing amiss in this data."""
    quota.use(session, actor, contact_of(visit))
    if visit.status in RELEASING:
        quota.refund(session, actor, contact_of(visit))
    audit.record(session, actor, "visit.requested", "visit", visit.id, site_id=visit.site_id)
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER],
        text=f"【待审核】新的会见申请，时间：{chinese(visit.starts_at)}。请在审核页处理。",
        dedupe_key=f"visit:{visit.id}:requested",
    )


def _past(session: Session, families: list[Family]) -> Iterator[str]:
    """One visit in three weeks and family, none in this week, most of them recorded."""
    officer = session.scalars(select(Officer).where(Officer.username == "wang")).one()
    outcomes = cycle(OUTCOMES)
    today = in_shanghai(now()).replace(hour=9, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    for week in range(1, PAST_WEEKS + 1):
        for order, family in enumerate(families[week % 3 :: 3]):
            start = monday - timedelta(weeks=week) + timedelta(days=order % 5, hours=order // 5)
            status = next(outcomes)
            slot = _slot(session, family[1].site_id, start + timedelta(minutes=30 * (order % 2)))
            visit = _visit(
                session, family, slot, status,
                reason=REASONS.get(status), decided_by=officer.id, decided_at=start - LENGTH,
            )  # fmt: skip
            if status in (VisitStatus.COMPLETED, VisitStatus.TERMINATED):
                visit.started_at, visit.ended_at = visit.starts_at, visit.ends_at
                yield _recorded(session, visit)


def _slot(session: Session, site_id: str, start: datetime) -> Slot:
    found = session.scalar(select(Slot).where(Slot.site_id == site_id, Slot.starts_at == start))
    if found is None:
        found = Slot(site_id=site_id, starts_at=start, ends_at=start + LENGTH, capacity=4, taken=0)
        session.add(found)
        session.flush()
    return found


def _recorded(session: Session, visit: Visit) -> str:
    key = f"recordings/{visit.id}/sample/{new_id()}.mp4"
    session.add(
        Recording(
            site_id=visit.site_id,
            kind=RecordingKind.VISIT,
            visit_id=visit.id,
            resident_id=visit.resident_id,
            status=RecordingStatus.PLAYABLE,
            cos_key=key,
            bytes=len(tiny_mp4()),
            sha256=hashlib.sha256(tiny_mp4()).hexdigest(),
            starts_at=visit.starts_at,
            ends_at=visit.ended_at,
        )
    )
    if visit.status is VisitStatus.TERMINATED:
        session.add(
            Alert(
                site_id=visit.site_id, visit_id=visit.id, kind=AlertKind.UNKNOWN_PERSON, count=2,
                frame_key=f"frames/{visit.id}/sample/{new_id()}.jpg",
                first_at=visit.starts_at + LENGTH / 2, last_at=visit.starts_at + LENGTH / 2,
            )
        )  # fmt: skip
    return key


def _live_today() -> None:
    """A visit that began some ten minutes ago with a stranger in the picture, and one that comes in twenty."""
    people = [sample_clips.grace_hopper(), sample_clips.astronaut()]
    key = _run_visit()
    storage.write(key, sample_clips.room_frame(people), "image/jpeg")


@in_transaction
def _run_visit(session: Session) -> str:
    site = session.scalars(select(Site)).one()
    ward = session.scalars(select(Ward).order_by(Ward.name)).first()
    assert ward is not None
    start = now().replace(second=0, microsecond=0) - timedelta(minutes=10 + now().minute % 5)
    family, later = (
        _family(session, ward, len(FAMILIES) + n, named) for n, named in enumerate(LIVE)
    )
    for one in (family, later):
        _tie(session, one, RelationshipStatus.APPROVED, hours=90 * 24)
    slot = _slot(session, site.id, start)
    visit = _visit(session, family, slot, VisitStatus.IN_PROGRESS, started_at=start)
    soon = _slot(session, site.id, start + timedelta(minutes=30))
    _visit(session, later, soon, VisitStatus.APPROVED)
    session.add(
        Recording(
            site_id=visit.site_id,
            kind=RecordingKind.VISIT,
            visit_id=visit.id,
            resident_id=visit.resident_id,
            starts_at=start,
            due_at=visit.closes_at + LENGTH,
        )
    )
    key = f"frames/{visit.id}/sample/user/images/sample_{now():%Y%m%d%H%M%S}.jpg"
    _seen(session, visit, key)
    for user_id in (f"{FAMILY}{family[0].id}", f"{RESIDENT}{family[1].id}"):
        session.add(_entered(visit, user_id))
    return key


def _seen(session: Session, visit: Visit, key: str) -> None:
    moment = now()
    session.add(Frame(visit_id=visit.id, cos_key=key, taken_at=moment, people=2, faces=[]))
    for kind in (AlertKind.EXTRA_PERSON, AlertKind.UNKNOWN_PERSON):
        session.add(
            Alert(
                site_id=visit.site_id, visit_id=visit.id, kind=kind, count=3, frame_key=key,
                first_at=moment - timedelta(seconds=15), last_at=moment,
            )
        )  # fmt: skip


def _entered(visit: Visit, user_id: str) -> RoomEvent:
    assert visit.started_at is not None
    return RoomEvent(
        visit_id=visit.id,
        fingerprint=new_id(),
        event_group=1,
        event_type=103,
        room_id=visit.room_id,
        happened_ms=int(visit.started_at.timestamp() * 1000),
        info={"UserId": user_id},
    )
