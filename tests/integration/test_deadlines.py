"""The clocks of a ticket: each step once, the highest one after an outage, none after an answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from functions.ops_ticket import fire_deadlines as fire_deadlines_module
from functions.ops_ticket.fire_deadlines import fire_deadlines
from shared import tickets
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.tickets import Severity, Ticket, TicketEvent, Timer, TimerState
from tests.integration.problems import assert_problem
from tests.integration.world import World

WARNING, BREACH, AGAIN = "时限提醒", "已超时·升级", "仍未处理"


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


def steps(world: World, clock: str = "response") -> list[tuple[int, TimerState]]:
    """What became of the clock's steps, stale ones left out."""
    rows = world.rows(Timer, kind=clock)
    return sorted((one.step, one.state) for one in rows if one.state is not TimerState.STALE)


def act(world: World, ticket_id: str, action: str, who: str = "qian", **fields: str) -> object:
    return world.post(f"/ops/v1/tickets/{ticket_id}/{action}", fields, token=world.officer(who))


def test_an_alarm_opens_one_ticket_however_often_it_rings(world: World) -> None:
    assert _open() is not None
    assert _open() is None
    assert len(world.rows(Ticket)) == 1


@pytest.mark.parametrize("batch", [fire_deadlines_module.BATCH, 1])
def test_a_clock_that_cannot_be_reckoned_keeps_no_other_silent(
    world: World, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Its timer comes first, and stays due; the auditor tells of it."""
    monkeypatch.setattr(fire_deadlines_module, "BATCH", batch)
    broken = open_ticket()
    world.clock.forward(seconds=30)
    other = _open(source_key="other")
    timer = min(world.rows(Timer, subject=broken), key=lambda one: one.due_at)
    timer.kind = "nonsense"
    world.add(timer)
    world.deliver_messages()
    world.clock.forward(minutes=16)
    with pytest.raises(ValueError, match="nonsense"):
        fire(world)
    world.deliver_messages()
    spoke = [one.subject for one in world.rows(Timer, state=TimerState.FIRED)]
    assert other in spoke
    world.timer("ops_ticket", "audit-deadlines")
    assert [one for one in world.rows(Ticket) if (one.source_key or "").startswith("audit:")]


def test_it_warns_twice_climbs_three_times_and_then_repeats_quietly(world: World) -> None:
    ticket_id = open_ticket()
    fire(world)
    assert said(world, "qian.ops", "新工单") == said(world, "sun.lead", "故障告知") == 1
    seen = []
    for minutes in (14, 1, 9, 1, 5, 2, 13, 15, 60):
        world.clock.forward(minutes=minutes)
        fire(world)
        fire(world)
        seen.append(
            (
                said(world, "qian.ops", "“响应”时限"),
                said(world, "he.ops", "“响应”时限") + said(world, "he.ops", "“响应”已超时"),
                said(world, "li.ops", "“响应”已超时"),
                said(world, "sun.lead", "“响应”已超时"),
            )
        )
    assert seen == [
        (0, 0, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 2, 0, 0), (1, 2, 0, 0),
        (1, 2, 1, 0), (1, 2, 1, 1), (1, 2, 1, 2),
    ]  # fmt: skip
    assert said(world, "sun.lead", AGAIN) == 1
    assert steps(world)[:6] == [(step, TimerState.FIRED) for step in range(6)]
    shown = world.get(f"/ops/v1/tickets/{ticket_id}", token=world.officer("li")).json
    kinds = [one["kind"] for one in shown["events"] if one["value"] == "response"]
    assert kinds == ["warning", "warning", "breach", "breach", "breach", "reminder"]
    assert len(world.rows(AuditEvent, action="ticket.breach")) >= 3


def test_several_timers_at_once_fire_each_step_once(world: World) -> None:
    for number in range(5):
        _open(source_key=f"test-{number}")
    for minutes, step in ((15, 0), (10, 1), (5, 2), (15, 3)):
        world.clock.forward(minutes=minutes, seconds=1)
        with ThreadPoolExecutor(4) as pool:
            fired = list(pool.map(lambda _: fire_deadlines(), range(4)))
        assert sum(fired) == 5
        at_step = world.rows(Timer, step=step, kind="response")
        assert [one.state for one in at_step] == [TimerState.FIRED] * 5
    assert len(world.rows(TicketEvent, kind="breach")) == 10
    world.deliver_messages()
    assert said(world, "li.ops", BREACH) == 5


def test_after_an_outage_only_the_highest_step_speaks(world: World) -> None:
    open_ticket()
    world.deliver_messages()
    world.clock.forward(hours=1, minutes=10)
    for _ in range(3):
        fire(world)
    assert said(world, "sun.lead", BREACH) == 1
    assert said(world, "qian.ops", WARNING) == said(world, "li.ops", BREACH) == 0
    skipped = [(step, TimerState.SUPERSEDED) for step in range(4)]
    assert steps(world) == [*skipped, (4, TimerState.FIRED), (5, TimerState.WAITING)]


def test_after_an_outage_a_crowd_of_steps_becomes_one_digest(world: World) -> None:
    for number in range(25):
        _open(source_key=f"test-{number}")
    world.deliver_messages()
    world.clock.forward(minutes=31)
    fire(world)
    assert said(world, "he.ops", BREACH) == 0
    assert said(world, "he.ops", "有 25 个工单") == 1


def test_acknowledging_stops_the_response_clock_and_the_others_go_on(world: World) -> None:
    ticket_id = open_ticket()
    world.clock.forward(minutes=16)
    fire(world)
    answer = act(world, ticket_id, "acknowledge")
    assert (answer.status, answer.json["status"]) == (200, "acknowledged")
    assert_problem(act(world, ticket_id, "acknowledge", "li"), 409, "ticket_action_impossible")
    world.clock.forward(hours=1, minutes=45)
    fire(world)
    fire(world)
    assert steps(world) == [(0, TimerState.FIRED)]
    assert said(world, "li.ops", "“响应”已超时") == said(world, "sun.lead", BREACH) == 0
    assert said(world, "he.ops", "“提交处理方案”已超时") == 1


def test_acknowledging_and_firing_at_once(world: World) -> None:
    """Either order is right; a step that fires after the answer is not."""
    for number in range(6):
        ticket_id = _open(source_key=f"test-{number}")
        world.clock.forward(minutes=30)
        with ThreadPoolExecutor(2) as pool:
            answer = pool.submit(act, world, ticket_id, "acknowledge")
            pool.submit(fire_deadlines).result()
        assert answer.result().status == 200
        world.clock.forward(minutes=30)
        fire_deadlines()
        rows = world.rows(Timer, subject=ticket_id, kind="response", state=TimerState.FIRED)
        assert [one.step for one in rows] in ([], [2])


def test_a_pause_needs_the_customers_word_and_holds_the_deadline(world: World) -> None:
    ticket_id = open_ticket()
    act(world, ticket_id, "acknowledge")
    act(world, ticket_id, "plan", "li", text="更换端口")
    assert_problem(act(world, ticket_id, "pause", text="等待甲方提供机房钥匙"), 403, "not_allowed")
    assert_problem(act(world, ticket_id, "pause", "li", text="等钥匙"), 422, "ticket_own_work")
    paused = act(world, ticket_id, "pause", "sun", text="机房明早才能进入")
    assert paused.json["paused"] is True
    due = {one["name"]: one["due_at"] for one in paused.json["clocks"]}
    assert due["resolution"] is None
    world.clock.forward(hours=20)
    fire(world)
    assert said(world, "he.ops", BREACH) == 0
    act(world, ticket_id, "resume")
    world.clock.forward(hours=6)
    fire(world)
    assert said(world, "sun.lead", "“解决故障”已超时") == 0
    assert said(world, "he.ops", "“解决故障”已超时") == 1


def test_another_severity_speaks_at_once_when_its_deadline_has_passed(world: World) -> None:
    ticket_id = open_ticket()
    act(world, ticket_id, "acknowledge")
    act(world, ticket_id, "plan", text="更换录制任务")
    world.clock.forward(hours=5)
    fire(world)
    act(world, ticket_id, "set_severity", severity="I", text="业务已停止")
    fire(world)
    assert said(world, "sun.lead", "“解决故障”已超时") == 1
    assert said(world, "li.ops", BREACH) == 0


def test_no_message_without_its_step_and_no_step_without_its_message(world: World) -> None:
    """The two stand in one transaction."""
    open_ticket()
    opened = len(world.rows(Outbox, kind="wecom"))
    world.clock.forward(minutes=15)
    fire_deadlines()
    assert len(world.rows(Outbox, kind="wecom")) == opened + 1
    assert len(world.rows(Timer, state=TimerState.FIRED)) == 1
