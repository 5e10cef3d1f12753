"""What the monitoring system reads, and that it reads what happened."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from shared.clock import now
from shared.http import counts
from shared.ids import new_id
from shared.models.plumbing import Outbox, OutboxState, RequestCount
from shared.settings import settings
from tests.integration.world import World

NOBODYS = new_id()
LINE = re.compile(r'^(\w+)\{((?:\w+="[^"]*",?)*)\} (\S+)$')


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    """Each request's count is written at once."""
    counts._requests.clear()
    counts._ms.clear()
    every, counts.EVERY_S = counts.EVERY_S, 0.0
    yield
    counts.EVERY_S = every


def metrics(world: World) -> dict[str, float]:
    answer = world.get("/ops/v1/metrics", token=settings().metrics_key)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            match = LINE.match(line)
            assert match, line
            found[f"{match[1]}{{{match[2]}}}"] = float(match[3])
    return found


def test_answers_are_counted_by_route_and_never_by_address(world: World) -> None:
    token = world.officer("li")
    for path in ("/ops/v1/tickets", "/ops/v1/tickets", f"/ops/v1/tickets/{NOBODYS}"):
        world.get(path, token=token)
    world.call("BREW", "/ops/v1/no-such-place")
    found = metrics(world)
    counted = "visits_request_seconds_count"
    assert found[f'{counted}{{route="/ops/v1/tickets",method="GET",status="200"}}'] == 2
    unknown = 'route="/ops/v1/tickets/<ticket_id>",method="GET",status="404"'
    assert found[f"{counted}{{{unknown}}}"] == 1
    assert found[f'{counted}{{route="",method="",status="404"}}'] == 1
    assert not [one for one in found if NOBODYS in one or "BREW" in one]


def test_what_many_instances_count_adds_up(world: World) -> None:
    def instance() -> None:
        for _ in range(25):
            counts._write(taken=[(("/a", "GET", 200), 1, 2), (("/b", "GET", 200), 1, 3)])

    threads = [threading.Thread(target=instance) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    rows = {one.route: (one.requests, one.ms) for one in world.rows(RequestCount)}
    assert (rows["/a"], rows["/b"]) == ((100, 200), (100, 300))


def test_a_database_that_does_not_answer_spoils_no_answer_and_loses_no_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**given: object) -> None:
        raise OperationalError("UPDATE", None, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(counts, "_write", fails)
        assert world.get("/ops/v1/health").status == 200
        assert world.get("/ops/v1/health").status == 200
    world.get("/ops/v1/health")
    (row,) = world.rows(RequestCount, route="/ops/v1/health")
    assert row.requests == 3


def test_queues_clocks_and_silent_jobs_show(world: World) -> None:
    calm = metrics(world)
    assert calm['visits_queue_depth{queue="room_events"}'] == 0
    assert calm["visits_outbox_dead{}"] == 0
    world.add(
        Outbox(kind="sms", body="{}", due_at=now() - timedelta(minutes=2)),
        Outbox(kind="sms", body="{}", due_at=now() + timedelta(hours=1)),
        Outbox(kind="sms", body="{}", due_at=now(), state=OutboxState.DEAD),
    )
    incident = {
        "kind": "incident", "severity": "I", "title": "画面中断", "text": "会见室没有画面",
    }  # fmt: skip
    opened = world.post("/ops/v1/tickets", incident, token=world.officer("qian"))
    assert opened.status == 201, opened.text
    world.timer("ops_ticket", "check-calendar")
    world.clock.forward(minutes=45)
    found = metrics(world)
    assert found['visits_queue_depth{queue="outbox"}'] >= 1
    assert found['visits_queue_oldest_seconds{queue="outbox"}'] >= 47 * 60
    assert found["visits_outbox_dead{}"] == 1
    assert found['visits_tickets_open{kind="incident",severity="I"}'] == 1
    assert found['visits_sla_overdue{clock="response"}'] == 2  # and the missing calendar's
    assert found['visits_job_silent{job="deliver-outbox"}'] == 1
