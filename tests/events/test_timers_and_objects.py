"""Timers and COS events, told apart by shape (cloud-facts 7.3)."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import scf
from shared.database import engine
from shared.models.tickets import Heartbeat
from tests.events import RELATIVE, TASK, VISIT, load

USER, ROOM = f"fam_{RELATIVE}", f"visit-{VISIT}"
FRAME = f"frames/{VISIT}/{TASK}/{USER}/images/1400000000_{ROOM}_{USER}_20261201060500.jpg"


def beats() -> list[tuple[str, str | None]]:
    with Session(engine()) as session:
        return [(one.job, one.error) for one in session.scalars(select(Heartbeat))]


def test_a_timer_runs_the_job_of_its_name(database: str) -> None:
    ran: list[str] = []
    handler = scf.timer({"expire-requests": lambda: ran.append("it"), "other": lambda: 1 / 0})
    assert handler(load("timer"), {}) == "ok"
    assert ran == ["it"]
    assert beats() == [("expire-requests", None)]


def test_a_timer_nobody_knows_is_an_error_that_the_platform_shows() -> None:
    with pytest.raises(KeyError):
        scf.timer({})(load("timer"), {})


def test_a_job_that_fails_fails_the_call(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        scf.timer({"expire-requests": lambda: 1 / 0})(load("timer"), {})
    assert beats() == [("expire-requests", "ZeroDivisionError")]


@pytest.mark.parametrize("name", ["cos_created", "cos_created_encoded_key"])
def test_the_key_is_the_object_s_own(name: str) -> None:
    keys: list[str] = []
    assert scf.cos(keys.append)(load(name), {}) == "ok"
    assert keys == [FRAME]


def test_only_created_objects_count() -> None:
    keys: list[str] = []
    assert scf.cos(keys.append)(load("cos_removed"), {}) == "ok"
    assert keys == []


def test_every_record_of_an_event_counts() -> None:
    event = load("cos_created")
    event["Records"] *= 3
    keys: list[str] = []
    scf.cos(keys.append)(event, {})
    assert keys == [FRAME] * 3


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("url_post", "http"),
        ("url_post_without_body", "http"),
        ("timer", "timer"),
        ("cos_created", "cos"),
        ("trtc_101_room_created", "http"),
    ],
)
def test_one_entry_point_tells_the_triggers_apart(name: str, way: str) -> None:
    def told(answer: str) -> scf.Handler:
        def handle(_event: dict[str, Any], _context: Any) -> str:
            return answer

        return handle

    main = scf.by_shape(http=told("http"), timer=told("timer"), cos=told("cos"))
    assert main(load(name), {}) == way
