"""The auditor finds what was broken on purpose, within a minute, and cries about nothing else."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from functions.ops_ticket.audit_deadlines import TITLES, audit_deadlines
from functions.ops_ticket.fire_deadlines import fire_deadlines
from shared import duty, tickets
from shared.clock import now
from shared.database import in_transaction
from shared.models.officers import Officer
from shared.models.places import Site
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import (
    CalendarDay,
    DutyShift,
    Heartbeat,
    Severity,
    SlaPolicy,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketKind,
    TicketStatus,
    Timer,
    TimerState,
)
from shared.rules import ticket_flow
from shared.rules.job_periods import EVERY_S
from shared.rules.sla_policy import DEFAULT
from tests.integration.officers.test_administration import give
from tests.integration.test_tickets import walk
from tests.integration.world import World

MINUTE = {"minutes": 1}


@in_transaction
def change(session: Any, statement: Any) -> None:
    assert session.execute(statement).rowcount


@in_transaction
def open_one(session: Any, kind: TicketKind = TicketKind.INCIDENT, key: str = "") -> str:
    site_id = session.scalar(select(Site.id))
    report = tickets.Report(kind, Severity.II, "示例告警", "示例", source_key=key or None)
    return tickets.open_ticket(session, tickets.SYSTEM, site_id=site_id, report=report).id


@in_transaction
def beat(session: Any, *, but: str = "") -> None:
    """As if every timer, but one, had just come to its end."""
    session.execute(delete(Heartbeat).where(Heartbeat.job != but))
    session.add_all(Heartbeat(job=job, beat_at=now()) for job in set(EVERY_S) - {but})


def act(world: World, ticket_id: str, action: str, who: str = "qian", **fields: str) -> None:
    answer = world.post(f"/ops/v1/tickets/{ticket_id}/{action}", fields, token=world.officer(who))
    assert answer.status == 200, answer.text


def pass_time(world: World, minutes: float) -> None:
    """As the timers would: firing and auditing along the way."""
    for _ in range(int(minutes)):
        world.clock.forward(minutes=1)
        fire_deadlines()


def found(world: World) -> set[str]:
    """Kinds of findings, by their incidents."""
    names = {f"时限核对：{title}": kind for kind, title in TITLES.items()}
    return {names[row.title] for row in world.rows(Ticket) if row.title in names}


@pytest.fixture
def ticket_id(world: World) -> str:
    """Open for 26 minutes: its first two response warnings have been given."""
    beat()
    opened = open_one()
    pass_time(world, 26)
    beat()
    assert audit_deadlines() == 0
    return opened


def waiting(ticket_id: str, clock: str = "response") -> Any:
    return (
        (Timer.subject == ticket_id) & (Timer.kind == clock) & (Timer.state == TimerState.WAITING)
    )


def fired(ticket_id: str, step: int = 1) -> Any:
    return (Timer.subject == ticket_id) & (Timer.kind == "response") & (Timer.step == step)


def delete_timer(world: World, ticket_id: str) -> None:
    change(delete(Timer).where(waiting(ticket_id)))


def tell_somebody_else(world: World, ticket_id: str) -> None:
    other = world.one(Officer, username="wang").id
    timer = world.one(Timer, subject=ticket_id, kind="response", step=1)
    change(
        update(Timer).where(Timer.id == timer.id).values(told={**timer.told, "officers": [other]})
    )


def fire_late(world: World, ticket_id: str) -> None:
    world.clock.forward(minutes=8)
    fire_deadlines()


def fire_twice(world: World, ticket_id: str) -> None:
    timer = world.one(Timer, subject=ticket_id, kind="response", step=1)
    again = {c.key: getattr(timer, c.key) for c in Timer.__table__.columns}
    world.add(Timer(**{**again, "id": "doubled", "generation": 99}))


def fire_a_stale_generation(world: World, ticket_id: str) -> None:
    act(world, ticket_id, "acknowledge")
    stale = (Timer.subject == ticket_id) & (Timer.kind == "response") & (Timer.step == 2)
    change(update(Timer).where(stale).values(state=TimerState.FIRED, fired_at=now()))


def use_a_wrong_calendar(world: World, ticket_id: str) -> None:
    consult = open_one(TicketKind.CONSULT)
    change(update(CalendarDay).where(CalendarDay.day == now().date()).values(worked=False))
    assert consult


def forget_a_pause(world: World, ticket_id: str) -> None:
    act(world, ticket_id, "acknowledge")
    act(world, ticket_id, "pause", "sun", text="等待机房开门")
    pass_time(world, 5)
    act(world, ticket_id, "resume")
    clock = (TicketClock.ticket_id == ticket_id) & (TicketClock.name == "resolution")
    stored = world.one(TicketClock, ticket_id=ticket_id, name="resolution").due_at
    assert stored is not None
    change(update(TicketClock).where(clock).values(due_at=stored - timedelta(minutes=5)))


def set_the_clock_back(world: World, ticket_id: str) -> None:
    """A server that went ten minutes ahead fired too early; the right time is back."""
    early = world.one(Timer, subject=ticket_id, kind="response", step=1)
    change(
        update(Timer)
        .where(Timer.id == early.id)
        .values(fired_at=early.due_at - timedelta(minutes=10))
    )


def lose_a_message(world: World, ticket_id: str) -> None:
    timer = world.one(Timer, subject=ticket_id, kind="response", step=1)
    change(delete(Outbox).where(Outbox.dedupe_key == (timer.told or {})["message"]))


def alter_an_event(world: World, ticket_id: str) -> None:
    first = (TicketEvent.ticket_id == ticket_id) & (TicketEvent.seq == 1)
    earlier = world.one(TicketEvent, ticket_id=ticket_id, seq=1).happened_at - timedelta(hours=1)
    change(update(TicketEvent).where(first).values(happened_at=earlier))


def disable_a_job(world: World, ticket_id: str) -> None:
    for _ in range(5):
        pass_time(world, 1)
        beat(but="fire-deadlines")


def lose_a_heartbeat(world: World, ticket_id: str) -> None:
    change(delete(Heartbeat).where(Heartbeat.job == "deliver-outbox"))
    change(
        update(Heartbeat)
        .where(Heartbeat.job == "make-slots")
        .values(beat_at=now() - timedelta(hours=1))
    )


FAULTS: list[tuple[Callable[[World, str], None], str]] = [
    (delete_timer, "missing_timer"),
    (tell_somebody_else, "wrong_person"),
    (fire_late, "late_step"),
    (fire_twice, "extra_step"),
    (fire_a_stale_generation, "extra_step"),
    (use_a_wrong_calendar, "wrong_deadline"),
    (forget_a_pause, "wrong_deadline"),
    (set_the_clock_back, "early_step"),
    (lose_a_message, "lost_message"),
    (alter_an_event, "altered_event"),
    (disable_a_job, "silent_job"),
    (lose_a_heartbeat, "silent_job"),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS, ids=[one.__name__ for one, _ in FAULTS])
def test_each_fault_is_found_at_the_next_run(
    world: World, ticket_id: str, fault: Callable[[World, str], None], kind: str
) -> None:
    fault(world, ticket_id)
    assert audit_deadlines() > 0
    assert kind in found(world)
    assert audit_deadlines() == 0  # told once


def test_a_month_of_silence_is_one_incident_and_its_own_are_another(world: World) -> None:
    """Nothing fires: 2,164 steps are missing, and each incident about them would miss its own steps next."""
    beat()
    opened = open_one()
    world.clock.forward(days=30)
    began = time.perf_counter()
    for _ in range(24):
        beat()
        audit_deadlines()
        world.clock.forward(minutes=20)
    assert time.perf_counter() - began < 24  # a second a run; it took half a minute
    keys = [row.source_key or "" for row in world.rows(Ticket) if row.id != opened]
    site_id = world.one(Site).id
    assert sorted(key.rsplit(":", 1)[0] for key in keys) == [
        f"audit:missing_step:{opened}",
        f"audit:missing_step:own-{site_id}",
    ]
    told = world.emulator.sent("wecom", "li.ops")
    assert "等 2164 处" in str([one["body"] for one in told])


def test_what_comes_after_a_closed_finding_is_told_again(world: World, ticket_id: str) -> None:
    lose_a_message(world, ticket_id)
    assert audit_deadlines() == 1
    finding = next(one for one in world.rows(Ticket) if one.id != ticket_id)
    final = {"cause": "误删", "method": "补发", "prevention": "限制权限"}
    steps = (
        ("acknowledge", "qian", {}),
        ("resolve", "qian", {"method": "补发"}),
        ("confirm", "sun", {}),
    )
    told = "submit_report", "qian", {"cause": "误删", "method": "补发", "loss": "一条提醒迟到"}
    walk(world, finding.id, *steps, told, ("approve_report", "li", {}), ("close", "qian", final))
    assert audit_deadlines() == 0
    pass_time(world, 5)
    beat()
    timer = world.one(Timer, subject=ticket_id, kind="response", step=2)
    change(delete(Outbox).where(Outbox.dedupe_key == (timer.told or {})["message"]))
    assert audit_deadlines() == 1


def test_a_finding_is_told_without_the_outbox(world: World, ticket_id: str) -> None:
    delete_timer(world, ticket_id)
    audit_deadlines()
    told = [
        one for one in world.emulator.sent("wecom", "li.ops") if "时限核对异常" in str(one["body"])
    ]
    assert len(told) == 1


def test_a_dead_message_is_a_lost_one(world: World, ticket_id: str) -> None:
    timer = world.one(Timer, subject=ticket_id, kind="response", step=1)
    key = (timer.told or {})["message"]
    change(update(Outbox).where(Outbox.dedupe_key == key).values(state=OutboxState.DEAD))
    audit_deadlines()
    assert found(world) == {"lost_message"}


def test_rights_given_and_taken_since_are_reckoned_with(world: World, ticket_id: str) -> None:
    """A warning went to whoever could be called then; nobody told somebody wrong."""
    wang, qian = (world.one(Officer, username=name).id for name in ("wang", "qian"))
    give(world, wang, "visit_officer", "ops_engineer")
    world.clock.forward(minutes=2)
    closed = {"active": False, "reason": "调离"}
    answer = world.post(
        f"/approve/v1/officers/{qian}/active", closed, token=world.officer("xitong")
    )
    assert answer.status == 200, answer.text
    pass_time(world, 3)
    beat()
    assert audit_deadlines() == 0, found(world)
    give(world, wang, "visit_officer")
    world.clock.forward(seconds=31)
    beat()
    assert audit_deadlines() == 0, found(world)
    tell_somebody_else(world, ticket_id)
    assert audit_deadlines() == 1  # not blind


def test_who_lost_the_right_is_not_called_for_a_shift(world: World) -> None:
    he = world.one(Officer, username="he").id
    span = {"starts_at": now() - timedelta(hours=1), "ends_at": now() + timedelta(hours=9)}
    world.add(DutyShift(site_id=world.one(Site).id, level=1, officer_id=he, **span))
    called = in_transaction(
        lambda session: duty.users(session, site_id=world.one(Site).id, level=1)
    )
    assert called() == ["he.ops"]
    give(world, he, "visit_officer")
    assert called() == ["li.ops"]


def test_health_names_the_timers_that_are_silent(world: World) -> None:
    beat()
    assert world.get("/ops/v1/health").json["silent_jobs"] == []
    world.clock.forward(minutes=3)
    assert "fire-deadlines" in world.get("/ops/v1/health").json["silent_jobs"]


@pytest.mark.slow
@pytest.mark.parametrize("shelf", ["sqlite"], indirect=True)
def test_thirty_days_without_a_false_alarm(world: World) -> None:
    """Tickets live through random actions; the firing timer ticks when something is due, the auditor after it."""
    repeat_daily()
    rng = random.Random(30)
    ends_at = now() + timedelta(days=30)
    opened: list[str] = []
    while now() < ends_at:
        if len(opened) < 10 and rng.random() < 0.3:
            kind = rng.choice((TicketKind.INCIDENT, TicketKind.CONSULT, TicketKind.DEFECT))
            opened.append(open_one(kind))
        elif opened:
            _act_at_random(world, rng.choice(opened), rng)
        _go_to_the_next(world, rng)
        fire_deadlines()
        world.clock.forward(seconds=rng.uniform(0, 9))
        beat()
        assert audit_deadlines() == 0, found(world)
    assert len(world.rows(Timer, state=TimerState.FIRED)) > 100


@in_transaction
def repeat_daily(session: Any) -> None:
    """A policy of our own: hourly repetition would only make the test long."""
    clocks = {name: {**one, "repeat": 1440} for name, one in DEFAULT["clocks"].items()}
    policy = {**DEFAULT, "version": 2, "clocks": clocks}
    session.add(SlaPolicy(version=2, data=policy, made_by="test"))


def _act_at_random(world: World, ticket_id: str, rng: random.Random) -> None:
    who = rng.choice(("qian", "li", "sun"))
    shown = world.get(f"/ops/v1/tickets/{ticket_id}", token=world.officer(who)).json
    if not shown["actions"]:
        return
    action = rng.choice(shown["actions"])
    chosen = {
        "finding": rng.choice(("technical", "operation")),
        "clock": "resolution",
        "severity": rng.choice(("I", "II", "III", "IV")),
    }
    takes = ticket_flow.actions(TicketKind(shown["kind"]), TicketStatus(shown["status"]))[
        action
    ].takes
    fields = {name: chosen.get(name, "示例说明") for name in takes}
    world.post(f"/ops/v1/tickets/{ticket_id}/{action}", fields, token=world.officer(who))


@in_transaction
def _next_due(session: Any) -> Any:
    return session.scalar(select(func.min(Timer.due_at)).where(Timer.state == TimerState.WAITING))


def _go_to_the_next(world: World, rng: random.Random) -> None:
    """To the next tick after something comes due, or to the next thing that somebody does."""
    person = now() + timedelta(minutes=rng.expovariate(1 / 240) + 1)
    due_at = _next_due()
    tick = timedelta(seconds=rng.uniform(0, 10))
    wait = min(person, due_at + tick if due_at else person) - now()
    world.clock.forward(seconds=max(wait.total_seconds(), 0))
