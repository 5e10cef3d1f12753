"""Many visits at once: their callbacks and frames shuffled, each sent 1 to 10 times, some lost, and the workers killed
meanwhile.

Callbacks go through the whole handler in processes of their own. What a frame shows is written in it instead of
painted (see worker.py): reading it, storing it, judging it, raising, counting and telling are the product's.
"""

import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.booking.show_room import show_room
from functions.monitor_hook.handler import main as monitor_hook
from local.sample_people import OFFICERS
from shared import room_commands
from shared.clock import now
from shared.database import engine
from shared.ids import new_id
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import Relative, Resident
from shared.models.places import Site, Ward
from shared.models.plumbing import Outbox, OutboxState
from shared.models.rooms import Recording, RecordingStatus, RoomEvent
from shared.models.tickets import Ticket
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.room_passes import FAMILY, RESIDENT, room_pass
from shared.settings import settings
from tests.integration.emulator import Delivery, Emulator
from tests.storm import hurried_clock

SPOOL = "STORM_SPOOL"
ROOT = Path(__file__).parent.parent.parent
ROOM_KINDS = (
    room_commands.START_RECORDING,
    room_commands.START_SLICING,
    room_commands.CLOSE_ROOM,
    room_commands.VERIFY_RECORDING,
    room_commands.FIND_RECORDINGS,
)


@dataclass
class Plan:
    """`minutes`: how long a visit lasts, by the hurried clock."""

    visits: int
    kills: int
    minutes: float
    speed: float
    workers: int = 3
    frame_workers: int = 2
    lost: float = 0.05
    copies: int = 10
    senders: int = 2
    # Every so many visits one is looked into; of those every third has nobody who should not be there.
    looked_into: int = 4
    group: int = 16
    rounds: int = 4
    seed: int = 1
    patience_s: float = 120.0


@dataclass
class Report:
    events: int = 0
    lost: int = 0
    sent: int = 0
    kills: int = 0
    frames: int = 0
    frames_sent: int = 0
    seconds: float = 0.0
    answers_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.answers_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Storm:
    def __init__(self, plan: Plan, emulator: Emulator) -> None:
        self.plan, self.emulator = plan, emulator
        self.report = Report()
        self.visits: list[Visit] = []
        self.with_strangers: set[str] = set()
        self._spool = Path(os.environ[SPOOL])
        self._random = random.Random(plan.seed)
        self._workers: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._waiting: list[Delivery] = []

    def run(self) -> Report:
        began = time.monotonic()
        self.visits = make_visits(self.plan)
        try:
            self._start_workers()
            with ProcessPoolExecutor(
                self.plan.senders, get_context("spawn"), hurried_clock.use
            ) as self._senders:
                self._live_through()
                self._show_frames()
                self._until_settled(time.monotonic() + self.plan.patience_s)
        finally:
            for _, one in self._workers:
                one.kill()
                one.wait()
        self.report.seconds = time.monotonic() - began
        return self.report

    def _live_through(self) -> None:
        """Everybody comes; some fall out and come back; the workers die and are started again."""
        comings = [(visit, user) for visit in self.visits for user in users_of(visit)]
        self._random.shuffle(comings)
        step = max(1, len(comings) // (self.plan.kills + 1))
        for number, (visit, user) in enumerate(comings, 1):
            self._enter(visit, user)
            if self._random.random() < 0.2:
                self.emulator.cloud.rooms.leave(visit.room_id, user, 2)
                self._enter(visit, user)
            if number % step == 0:
                self._kill_one()
                self._deliver()
        self._deliver()

    def _enter(self, visit: Visit, user: str) -> None:
        """Whoever is in sends picture and sound; the family's page then asks for the room's state."""
        given = room_pass(visit, user_id=user)
        self.emulator.cloud.rooms.enter(
            visit.room_id, user, given["user_sig"], given["private_map_key"]
        )
        for kind in (201, 203):
            self.emulator.cloud.callbacks.send(2, kind, {"RoomId": visit.room_id, "UserId": user})
        if user.startswith(FAMILY):
            relative_id = user.removeprefix(FAMILY)
            show_room(relative_id=relative_id, visit_id=visit.id, in_room=True)

    def _until_settled(self, latest: float) -> None:
        while not settled():
            if time.monotonic() > latest:
                raise TimeoutError(f"{unsettled()} {told_by_tickets()}")
            self._deliver()
            if self.report.kills < self.plan.kills:
                self._kill_one()
            time.sleep(0.2)

    # The vendor's side

    def _deliver(self) -> None:
        """What there is to deliver, without order; a part of it is held back to come after what is newer."""
        taken = self.emulator.take("trtc")
        self.report.events += len(taken)
        for one in taken:
            if self._random.random() < self.plan.lost:
                self.report.lost += 1
                continue
            self._waiting += [one] * self._random.randint(1, self.plan.copies)
        self._random.shuffle(self._waiting)
        later = len(self._waiting) // 10
        now_sent, self._waiting = self._waiting[later:], self._waiting[:later]
        if not taken:
            now_sent, self._waiting = [*now_sent, *self._waiting], []
        self.report.answers_ms += self._senders.map(_post, now_sent, chunksize=25)
        self.report.sent += len(now_sent)

    def _show_frames(self) -> None:
        """Of some visits, group by group: a frame of each, all its events, then the next of each."""
        for visit in self.visits:
            while not _is_running(visit.id):
                self._deliver()
                time.sleep(0.05)
        chosen = self.visits[:: self.plan.looked_into]
        self.with_strangers = {one.id for place, one in enumerate(chosen) if place % 3}
        for start in range(0, len(chosen), self.plan.group):
            for _ in range(self.plan.rounds):
                for visit in chosen[start : start + self.plan.group]:
                    self._show(visit)
                self._until_looked_at()
            if self.report.kills < self.plan.kills:
                self._kill_one()
            self._deliver()

    def _show(self, visit: Visit) -> None:
        """COS calls with a frame until somebody has worked through the call: here a file that is then gone."""
        planned = len(visit.participants)
        stranger = visit.id in self.with_strangers
        shown = ["approved"] * planned + ["unknown"] * stranger
        user, stamp = users_of(visit)[0], f"{now():%Y%m%d%H%M%S}"
        name = f"{settings().trtc_sdk_app_id}_{visit.room_id}_{user}_{stamp}.jpg"
        key = f"frames/{visit.id}/storm/{user}/images/{name}"
        if self.emulator.cloud.cos.has(key):
            return
        self.emulator.cloud.cos.put(key, json.dumps(shown).encode(), "image/jpeg")
        self.report.frames += 1
        if self._random.random() < self.plan.lost:
            return
        for _ in range(self._random.randint(1, self.plan.copies)):
            self.report.frames_sent += 1
            (self._spool / f"{self.report.frames_sent}.new").write_text(key)
            (self._spool / f"{self.report.frames_sent}.new").rename(
                self._spool / f"{self.report.frames_sent}.key"
            )

    def _until_looked_at(self) -> None:
        latest = time.monotonic() + self.plan.patience_s
        while any(self._spool.iterdir()):
            if time.monotonic() > latest:
                raise TimeoutError("frames")
            time.sleep(0.02)

    # Ours

    def _start_workers(self) -> None:
        jobs = ["timers"] * self.plan.workers + ["frames"] * self.plan.frame_workers
        self._workers = [(job, _worker(job)) for job in jobs]

    def _kill_one(self) -> None:
        place = self._random.randrange(len(self._workers))
        job, process = self._workers[place]
        process.kill()
        process.wait()
        self._workers[place] = job, _worker(job)
        self.report.kills += 1


def _worker(job: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.storm.worker", job]
    return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))


def _post(one: Delivery) -> float:
    """Through the whole handler, as SCF calls it; gives the time of the answer in ms."""
    headers = {name.lower(): value for name, value in one.headers.items()}
    event = {
        "httpMethod": "POST",
        "path": "/monitor/v1/trtc",
        "headers": headers,
        "body": one.body.decode(),
    }
    began = time.perf_counter()
    answer = monitor_hook(event, {})
    assert answer["statusCode"] == 200, answer
    return (time.perf_counter() - began) * 1000


def make_visits(plan: Plan) -> list[Visit]:
    """Approved, all at the same time, each with a place, a resident and one or two relatives of its own."""
    starts_at = now() - timedelta(minutes=1)
    ends_at = now() + timedelta(minutes=plan.minutes)
    site = Site(id=new_id(), name="示例所", rules={"recording_late_minutes": 1})
    ward = Ward(id=new_id(), site_id=site.id, name="一大队")
    officer = Officer(
        id=new_id(), site_id=site.id, name="值守民警", wecom_user_id=OFFICERS[0].wecom_user_id
    )
    slot = Slot(
        id=new_id(), site_id=site.id, starts_at=starts_at, ends_at=ends_at,
        capacity=plan.visits, taken=plan.visits,
    )  # fmt: skip
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        for row in (site, ward, officer, slot):
            session.add(row)
            session.flush()
        session.add(OfficerRole(officer_id=officer.id, role=Role.VISIT_OFFICER))
        made = [_visit(session, site, ward, slot, place) for place in range(1, plan.visits + 1)]
        session.flush()
    return made


def _visit(session: Session, site: Site, ward: Ward, slot: Slot, place: int) -> Visit:
    resident = Resident(
        id=new_id(), site_id=site.id, ward_id=ward.id, number=new_id(), name="示例人员"
    )
    family = [Relative(id=new_id(), openid=new_id(), name="示例亲属") for _ in range(1 + place % 2)]
    session.add_all([resident, *family])
    session.flush()
    visit = Visit(
        id=new_id(), site_id=site.id, slot_id=slot.id, resident_id=resident.id,
        status=VisitStatus.APPROVED, place=place, starts_at=slot.starts_at, ends_at=slot.ends_at,
        requested_by=family[0].id,
        participants=[
            VisitParticipant(
                relative_id=one.id, kinship="母亲", lead=one is family[0], pass_given_at=now()
            )
            for one in family
        ],
    )  # fmt: skip
    session.add(visit)
    return visit


def users_of(visit: Visit) -> list[str]:
    family = [f"{FAMILY}{one.relative_id}" for one in visit.participants]
    return [*family, f"{RESIDENT}{visit.resident_id}"]


def _is_running(visit_id: str) -> bool:
    with Session(engine()) as session, session.begin():
        status = session.scalar(select(Visit.status).where(Visit.id == visit_id))
    return status is VisitStatus.IN_PROGRESS


def told_by_tickets() -> list[str]:
    with Session(engine()) as session, session.begin():
        return list(session.scalars(select(Ticket.text).limit(5)))


def settled() -> bool:
    return not any(unsettled().values())


def unsettled() -> dict[str, Any]:
    """What is not yet over, by name."""
    open_visits = select(func.count()).where(
        Visit.status.in_((VisitStatus.APPROVED, VisitStatus.IN_PROGRESS))
    )
    events = select(func.count()).where(RoomEvent.worked_at.is_(None))
    commands = select(func.count()).where(
        Outbox.kind.in_(ROOM_KINDS),
        Outbox.state == OutboxState.WAITING,
        Outbox.due_at < now() + timedelta(hours=1),  # the last look for films is a day later
    )
    recordings = select(func.count()).where(Recording.status != RecordingStatus.PLAYABLE)
    with Session(engine()) as session, session.begin():
        return {
            "visits": session.scalar(open_visits),
            "events": session.scalar(events),
            "commands": session.scalar(commands),
            "recordings": session.scalar(recordings),
        }
