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


called: list[str] = []
TAKE = f"{__name__}:take"


@pytest.fixture(autouse=True)
def forget() -> None:
    called.clear()


def run() -> None:
    called.append("run")


def fail() -> None:
    raise ZeroDivisionError


def take(key: str) -> None:
    called.append(key)


def test_a_timer_runs_the_job_of_its_name(database: str) -> None:
    handler = scf.timer({"expire-requests": f"{__name__}:run", "other": f"{__name__}:fail"})
    assert handler(load("timer"), {}) == "ok"
    assert called == ["run"]
    assert beats() == [("expire-requests", None)]


def test_a_timer_nobody_knows_is_an_error_that_the_platform_shows() -> None:
    with pytest.raises(KeyError):
        scf.timer({})(load("timer"), {})


def test_a_job_that_fails_fails_the_call(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        scf.timer({"expire-requests": f"{__name__}:fail"})(load("timer"), {})
    assert beats() == [("expire-requests", "ZeroDivisionError")]


@pytest.mark.parametrize("name", ["cos_created", "cos_created_encoded_key"])
def test_the_key_is_the_object_s_own(name: str) -> None:
    assert scf.cos(TAKE)(load(name), {}) == "ok"
    assert called == [FRAME]


def test_only_created_objects_count() -> None:
    assert scf.cos(TAKE)(load("cos_removed"), {}) == "ok"
    assert called == []


def test_every_record_of_an_event_counts() -> None:
    event = load("cos_created")
    event["Records"] *= 3
    scf.cos(TAKE)(event, {})
    assert called == [FRAME] * 3


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


def test_a_trigger_may_have_several_jobs_and_one_that_fails_stops_no_other(database: str) -> None:
    handle = scf.timer({"first": f"{__name__}:fail", "second": f"{__name__}:run"})
    with pytest.raises(ZeroDivisionError):
        handle({"Type": "Timer", "TriggerName": "hourly", "Message": "first second"}, None)
    assert called == ["run"]
    assert {job for job, _ in beats()} == {"first", "second"}
