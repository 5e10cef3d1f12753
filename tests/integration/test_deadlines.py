"""The response clock of a ticket: each step once, the highest one after an outage, none after an answer."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from functions.ops_ticket.fire_deadlines import fire_deadlines
from shared import tickets
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.tickets import Severity, Ticket, TicketEvent, Timer, TimerState
from tests.integration.problems import assert_problem
from tests.integration.world import World

WARNING, BREACH = "响应提醒", "响应超时"


@in_transaction
def _open(session: object, *, source_key: str = "test") -> str | None:
    site_id = session.scalar(select(Site.id))  # type: ignore[attr-defined]
    opened = tickets.open_incident(
        session,  # type: ignore[arg-type]
        site_id=site_id,
        severity=Severity.II,
        source_key=source_key,
        title="会见录像未按时生成",
        text="请核对录制任务。",
    )
    return opened.id if opened else None


def open_ticket() -> str:
    ticket_id = _open()
    assert ticket_id is not None
    return ticket_id


def fire(world: World) -> None:
    world.timer("ops_ticket", "fire-deadlines")
    world.deliver_messages()


def said(world: World, to: str, words: str) -> int:
    return sum(words in str(one["body"]) for one in world.emulator.sent("wecom", to))


def steps(world: World) -> list[tuple[int, TimerState]]:
    return sorted((one.step, one.state) for one in world.rows(Timer))


def test_an_alarm_opens_one_ticket_however_often_it_rings(world: World) -> None:
    assert _open() is not None
    assert _open() is None
    assert len(world.rows(Ticket)) == 1


def test_it_warns_twice_and_climbs_twice(world: World) -> None:
    ticket_id = open_ticket()
    fire(world)
    assert said(world, "qian.ops", "新故障") == 1
    seen = []
    for minutes in (14, 2, 8, 2, 3, 2, 28, 2, 60):
        world.clock.forward(minutes=minutes)
        fire(world)
        fire(world)
        warned, lead = said(world, "qian.ops", WARNING), said(world, "li.ops", BREACH)
        seen.append((warned, lead, said(world, "sun.lead", BREACH)))
    assert seen == [
        (0, 0, 0), (1, 0, 0), (1, 0, 0), (2, 0, 0), (2, 0, 0), (2, 1, 0), (2, 1, 0), (2, 1, 1),
        (2, 1, 1),
    ]  # fmt: skip
    assert steps(world) == [(step, TimerState.FIRED) for step in range(4)]
    shown = world.get(f"/ops/v1/tickets/{ticket_id}", token=world.officer("li")).json
    kinds = [one["kind"] for one in shown["events"]]
    assert kinds == ["opened", "warning", "warning", "breach", "breach"]
    assert len(world.rows(AuditEvent, action="ticket.response_breach")) == 2


def test_several_timers_at_once_fire_each_step_once(world: World) -> None:
    for number in range(5):
        _open(source_key=f"test-{number}")
    for minutes, step in ((15, 0), (10, 1), (5, 2), (30, 3)):
        world.clock.forward(minutes=minutes, seconds=1)
        with ThreadPoolExecutor(4) as pool:
            fired = list(pool.map(lambda _: fire_deadlines(), range(4)))
        assert sum(fired) == 5
        at_step = world.rows(Timer, step=step)
        assert [one.state for one in at_step] == [TimerState.FIRED] * 5
    assert len(world.rows(TicketEvent, kind="breach")) == 10
    world.deliver_messages()
    assert said(world, "li.ops", BREACH) == 5


def test_after_an_outage_only_the_highest_step_speaks(world: World) -> None:
    open_ticket()
    world.deliver_messages()
    world.clock.forward(hours=6)
    for _ in range(3):
        fire(world)
    assert said(world, "sun.lead", BREACH) == 1
    assert said(world, "qian.ops", WARNING) == said(world, "li.ops", BREACH) == 0
    skipped = [(step, TimerState.SUPERSEDED) for step in range(3)]
    assert steps(world) == [*skipped, (3, TimerState.FIRED)]
    assert len(world.rows(TicketEvent)) == 2


def test_after_a_short_outage_it_goes_on_from_the_step_that_spoke(world: World) -> None:
    open_ticket()
    world.clock.forward(minutes=31)
    fire(world)
    assert (said(world, "qian.ops", WARNING), said(world, "li.ops", BREACH)) == (0, 1)
    world.clock.forward(minutes=30)
    fire(world)
    assert said(world, "sun.lead", BREACH) == 1


def test_acknowledging_stops_it(world: World) -> None:
    ticket_id = open_ticket()
    world.clock.forward(minutes=16)
    fire(world)
    path = f"/ops/v1/tickets/{ticket_id}/acknowledge"
    answer = world.post(path, token=world.officer("qian"))
    assert (answer.status, answer.json["status"]) == (200, "acknowledged")
    assert_problem(world.post(path, token=world.officer("li")), 409, "changed_meanwhile")
    world.clock.forward(hours=6)
    fire(world)
    fire(world)
    assert said(world, "qian.ops", WARNING) == 1
    assert said(world, "li.ops", BREACH) == said(world, "sun.lead", BREACH) == 0
    assert steps(world) == [(0, TimerState.FIRED), (1, TimerState.STALE)]


def test_acknowledging_and_firing_at_once(world: World) -> None:
    """Either order is right; a step that fires after the answer is not."""
    for number in range(6):
        ticket_id = _open(source_key=f"test-{number}")
        world.clock.forward(minutes=30)
        path, token = f"/ops/v1/tickets/{ticket_id}/acknowledge", world.officer("qian")
        with ThreadPoolExecutor(2) as pool:
            answer = pool.submit(world.post, path, token=token)
            pool.submit(fire_deadlines).result()
        assert answer.result().status == 200
        waiting = [one for one in world.rows(Timer, subject=ticket_id) if one.step > 2]
        fire_deadlines()
        world.clock.forward(hours=2)
        assert fire_deadlines() == 0
        fired = [one.step for one in world.rows(Timer, subject=ticket_id, state=TimerState.FIRED)]
        assert fired in ([], [2])
        assert len(waiting) <= 1


def test_no_message_without_its_step_and_no_step_without_its_message(world: World) -> None:
    """The two stand in one transaction."""
    open_ticket()
    world.clock.forward(minutes=15)
    fire_deadlines()
    assert len(world.rows(Outbox, kind="wecom")) == 2
    assert len(world.rows(Timer, state=TimerState.FIRED)) == 1
