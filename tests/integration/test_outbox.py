"""What must go out goes out: through dead processes, refusals and several deliverers at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import outbox
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import engine, in_transaction
from shared.models.plumbing import Outbox, OutboxState
from shared.sealing import seal
from tests.integration.steps import approved
from tests.integration.world import World


def put(*numbers: int, dedupe_key: str | None = None) -> None:
    with Session(engine()) as session, session.begin():
        for number in numbers:
            outbox.put(session, kind="test", body={"number": number}, dedupe_key=dedupe_key)


def deliver(handler: Callable[[dict[str, Any]], Any]) -> int:
    return outbox.deliver({"test": handler})


def die_after_the_claim() -> None:
    """A process that got as far as the claim, and no further."""
    outbox._claim(["test"], 50)


def test_what_is_sent_is_sent_once(world: World) -> None:
    put(1, 2)
    seen: list[int] = []
    assert deliver(lambda body: seen.append(body["number"])) == 2
    assert deliver(lambda body: seen.append(body["number"])) == 0
    assert sorted(seen) == [1, 2]
    assert {one.state for one in world.rows(Outbox)} == {OutboxState.SENT}


def test_a_second_row_of_the_same_key_is_left_out(world: World) -> None:
    put(1, dedupe_key="once")
    put(2, dedupe_key="once")
    assert len(world.rows(Outbox)) == 1


def test_other_kinds_are_left_alone(world: World) -> None:
    put(1)
    assert outbox.deliver({"other": lambda body: None}) == 0
    assert world.one(Outbox).tries == 0


def test_what_a_dead_process_held_goes_out_after_its_lease(world: World) -> None:
    put(1)
    die_after_the_claim()
    seen: list[int] = []
    world.clock.forward(seconds=outbox.LEASE.total_seconds() - 2)
    assert deliver(lambda body: seen.append(body["number"])) == 0
    world.clock.forward(seconds=3)
    assert deliver(lambda body: seen.append(body["number"])) == 1
    assert seen == [1]


def test_a_process_that_wakes_late_does_not_undo_the_other_s_work(world: World) -> None:
    put(1)
    (late,) = outbox._claim(["test"], 50)
    assert outbox._begin(late) is not None
    world.clock.forward(seconds=61)
    assert deliver(lambda body: None) == 1
    outbox._try_again(late, "Timeout")
    assert world.one(Outbox).state is OutboxState.SENT


def test_a_claim_that_grew_old_in_the_line_is_left_to_others(world: World) -> None:
    """A slow provider holds up a batch; what stands behind it is another's by then."""
    put(1, 2, 3)
    seen: list[int] = []

    def slow(body: dict[str, Any]) -> None:
        seen.append(body["number"])
        world.clock.forward(seconds=45)

    assert deliver(slow) == 1
    assert deliver(lambda body: seen.append(body["number"])) == 2
    assert sorted(seen) == [1, 2, 3]


def test_who_wakes_late_sends_nothing_that_another_has_begun(world: World) -> None:
    put(1)
    (late,) = outbox._claim(["test"], 50)
    world.clock.forward(seconds=61)
    assert deliver(lambda body: None) == 1
    assert outbox._begin(late) is None


def test_only_what_was_begun_counts_as_a_try(world: World) -> None:
    """A provider that hangs for hours: those behind it were claimed again and again, and never tried."""
    put(*range(20))
    tried: dict[int, int] = {}

    def hang(body: dict[str, Any]) -> None:
        tried[body["number"]] = tried.get(body["number"], 0) + 1
        world.clock.forward(seconds=45)
        raise ProviderUnavailable("wecom", "timeout")

    for _ in range(6 * 3600 // 45):
        deliver(hang)
        world.clock.forward(seconds=15)
    assert {one.state for one in world.rows(Outbox)} == {OutboxState.WAITING}
    assert sum(tried.values()) == sum(one.tries for one in world.rows(Outbox))
    world.clock.forward(hours=1)
    assert deliver(lambda body: None) == 20


def test_what_kills_each_of_its_deliverers_dies_in_the_end(world: World) -> None:
    put(1)
    for _ in range(outbox.MAX_TRIES):
        (claim,) = outbox._claim(["test"], 50)
        assert outbox._begin(claim) is not None
        world.clock.forward(seconds=61)
    assert deliver(lambda body: None) == 0
    assert world.one(Outbox).state is OutboxState.DEAD


@pytest.mark.parametrize("body", [b"\x02k1 was never sealed", b"", b"no JSON"])
def test_what_cannot_be_read_dies_and_stops_no_other(world: World, body: bytes) -> None:
    put(1, 2)
    first = world.rows(Outbox)[0]
    raw = seal(body, context="outbox.body") if body == b"no JSON" else body
    spoil = text("UPDATE outbox SET body = :raw, dedupe_key = 'spoilt' WHERE id = :id")
    with engine().begin() as connection:
        connection.execute(spoil, {"raw": raw, "id": first.id})
    assert deliver(lambda body: None) == 1
    with engine().connect() as connection:
        asked = text("SELECT state, last_error FROM outbox WHERE dedupe_key = 'spoilt'")
        assert tuple(connection.execute(asked).one()) == ("dead", "unreadable")


def test_what_became_unreadable_after_its_death_stops_no_revival(world: World) -> None:
    put(1, 2)
    for row in world.rows(Outbox):
        row.state, row.last_error = OutboxState.DEAD, "http_503"
        world.add(row)
    spoil = text("UPDATE outbox SET body = :raw WHERE id = :id")
    with engine().begin() as connection:
        connection.execute(spoil, {"raw": b"\x02k1 was never sealed", "id": row.id})
    with Session(engine()) as session, session.begin():
        assert len(outbox.revive(session, "test", most=10)) == 2
    world.clock.forward(seconds=6)
    assert deliver(lambda body: None) == 1


def test_a_provider_that_gives_no_answer_is_asked_once_a_call(world: World) -> None:
    """A function has five calls at once: 40 s of time limits every 5 s would leave none to the deadlines' timer."""
    put(1, 2, 3)
    asked: list[int] = []

    def away(body: dict[str, Any]) -> None:
        asked.append(body["number"])
        raise ProviderUnavailable("wecom", "timeout")

    outbox.deliver({"test": away}, one_provider_a_kind=True)
    assert len(asked) == 1
    outbox.deliver({"test": away}, one_provider_a_kind=True)
    assert len(set(asked)) == 2, "the others wait for nothing"
    world.clock.forward(seconds=11)
    assert deliver(lambda body: None) == 3


def test_a_refusal_is_final(world: World) -> None:
    put(1)

    def refuse(_body: dict[str, Any]) -> None:
        raise ProviderRefused("wechat", "43101")

    assert deliver(refuse) == 0
    row = world.one(Outbox)
    assert (row.state, row.last_error) == (OutboxState.DEAD, "43101")
    world.clock.forward(days=1)
    assert deliver(lambda body: None) == 0
    assert world.get("/ops/v1/health").json["dead_letters"] == 1


def test_a_failure_is_tried_again_later_and_later_and_in_the_end_no_more(world: World) -> None:
    put(1)
    tries = 0

    def fail(_body: dict[str, Any]) -> None:
        nonlocal tries
        tries += 1
        raise ProviderUnavailable("wechat", "timeout")

    for number in range(1, outbox.MAX_TRIES + 1):
        deliver(fail)
        assert tries == number
        wait = outbox.BACKOFF_S[min(number, len(outbox.BACKOFF_S)) - 1]
        world.clock.forward(seconds=wait - 2)
        deliver(fail)
        assert tries == number, "tried again too early"
        world.clock.forward(seconds=3)
    deliver(fail)
    row = world.one(Outbox)
    assert (tries, row.state) == (outbox.MAX_TRIES, OutboxState.DEAD)
    assert row.last_error == "ProviderUnavailable"


def test_one_failure_holds_up_no_other(world: World) -> None:
    put(1, 2, 3)
    seen: list[int] = []

    def fail_the_second(body: dict[str, Any]) -> None:
        if body["number"] == 2:
            raise KeyError("a defect of ours")
        seen.append(body["number"])

    assert deliver(fail_the_second) == 2
    assert sorted(seen) == [1, 3]


def test_what_a_handler_gives_back_is_written_with_sent_or_not_at_all(world: World) -> None:
    """It fails as a send does: no other waits for it, and it is no way to send the same one for ever."""
    put(1, 2)

    def finish(_session: Session) -> None:
        raise RuntimeError("a defect of ours")

    assert deliver(lambda body: finish if body["number"] == 1 else None) == 1
    (failed,) = world.rows(Outbox, state=OutboxState.WAITING)
    assert (failed.tries, failed.last_error) == (1, "RuntimeError")
    world.clock.forward(seconds=6)
    assert deliver(lambda _body: None) == 1


def test_deliverers_at_once_send_each_row_once(world: World) -> None:
    put(*range(60))
    seen: list[int] = []
    turn = threading.Lock()

    def send(body: dict[str, Any]) -> None:
        time.sleep(0.002)
        with turn:
            seen.append(body["number"])

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: outbox.deliver({"test": send}, limit=20), range(8)))
    assert sorted(seen) == list(range(60))
    assert sum(counts) == 60


def test_a_message_of_a_change_that_was_rolled_back_is_none(world: World) -> None:
    @in_transaction
    def change(session: Session) -> None:
        outbox.put(session, kind="test", body={})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert world.rows(Outbox) == []


@pytest.mark.parametrize("kind", ["http500", "timeout", "drop_answer"])
def test_wechat_s_bad_minute_loses_no_message(world: World, kind: str) -> None:
    visit_id = approved(world)
    world.emulator.fail("wechat.message", kind, seconds=0.1)
    world.deliver_messages()
    world.clock.forward(seconds=10)
    world.deliver_messages()
    told = [one for one in world.emulator.sent("wechat") if visit_id in str(one["body"])]
    # WeChat has no duplicate check: an answer lost on the way may make two of it, never none.
    assert len(told) == (2 if kind == "drop_answer" else 1)


def test_wecom_drops_the_second_of_a_lost_answer(world: World) -> None:
    approved(world)
    world.emulator.fail("wecom.message", "drop_answer")
    world.deliver_messages()
    world.clock.forward(seconds=10)
    world.deliver_messages()
    assert {one.state for one in world.rows(Outbox, kind="wecom")} == {OutboxState.SENT}
    assert len(world.emulator.sent("wecom", "wang.visit")) == 1
