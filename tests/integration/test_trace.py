"""One request id from the call that began something to whoever finishes it, minutes later and in another function."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.sample_people import LIN, SON
from shared import logs, outbox
from shared.clients.errors import ProviderRefused
from shared.logs import JsonLines
from shared.models.phones import PhoneCheckJob
from shared.models.plumbing import Outbox
from shared.models.rooms import RoomEvent
from tests.integration.registration import register
from tests.integration.steps import booked, running
from tests.integration.world import World

Lines = list[dict[str, Any]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """As they are printed."""
    logs.install()
    printed: Lines = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            printed.append(json.loads(self.format(record)))

    handler = Keep()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("visits")
    logger.addHandler(handler)
    yield printed
    logger.removeHandler(handler)


def refuse(body: dict[str, Any]) -> None:
    raise ProviderRefused("test", "43101")


def drain(handler: Callable[[dict[str, Any]], None], world: World) -> None:
    outbox.deliver({one.kind: handler for one in world.rows(Outbox)})


def ids(lines: Lines, event: str) -> set[str]:
    return {one["request_id"] for one in lines if one["event"] == event}


def test_a_message_that_fails_is_logged_under_the_request_that_wanted_it(
    world: World, lines: Lines
) -> None:
    booked(world)
    wanted = ids(lines, "request")
    drain(refuse, world)
    dead = ids(lines, "outbox_dead")
    assert dead
    assert dead <= wanted


def test_the_answer_names_the_id_that_its_rows_carry(world: World, lines: Lines) -> None:
    answer = world.post("/booking/v1/session", {"code": "nobody's"})
    given = answer.headers["X-Request-Id"]
    assert answer.json["request_id"] == given
    assert [one["request_id"] for one in lines if one["event"] == "request"] == [given]


def test_what_a_callback_begins_goes_on_under_its_id(world: World, lines: Lines) -> None:
    running(world)
    received = ids(lines, "room_event")
    assert {one.request_id for one in world.rows(RoomEvent)} >= received
    robots = world.rows(Outbox, kind="start_recording")
    assert robots
    assert all(one.request_id in received for one in robots)


def test_a_timer_s_run_has_an_id_of_its_own(world: World, lines: Lines) -> None:
    booked(world)
    world.timer("ops_ticket", "check-calendar")
    world.timer("ops_ticket", "check-calendar")
    runs = ids(lines, "job")
    assert runs
    assert not runs & ids(lines, "request")
    assert runs & {
        one.request_id for one in world.rows(Outbox)
    }  # an incident, and who is told of it


def test_a_phone_check_that_waits_keeps_its_request(world: World, lines: Lines) -> None:
    register(world, LIN, SON)
    assert {one.request_id for one in world.rows(PhoneCheckJob)} <= ids(lines, "request")
