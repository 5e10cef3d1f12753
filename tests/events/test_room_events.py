"""The recorded TRTC callbacks through the real handler, with the real signature check."""

from typing import Any

import pytest

from functions.monitor_hook.handler import main
from shared import clock
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.rooms import Recording, RoomEvent
from shared.models.visits import Visit, VisitStatus
from tests.events import RECORDED_AT, RELATIVE, VISIT, load, names
from tests.rows import add_visit, all_of

CALLBACKS = names("trtc_")


@pytest.fixture
def visit(database: str) -> str:
    clock.use(lambda: RECORDED_AT)
    return add_visit(starts_at=RECORDED_AT, visit_id=VISIT, relative_id=RELATIVE)


def deliver(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = main(load(name), {})
    main({"Type": "Timer", "TriggerName": "work-events"}, {})
    return answer


def commands() -> list[str]:
    return sorted(row.kind for row in all_of(Outbox))


@pytest.mark.parametrize("name", CALLBACKS)
def test_each_is_taken_and_recorded_as_it_came(name: str, visit: str) -> None:
    answer = deliver(name)
    assert (answer["statusCode"], answer["body"].strip()) == (200, '{"code":0}')
    assert len(str(answer["headers"]) + answer["body"]) < 2000  # cloud-facts 1.1
    (event,) = all_of(RoomEvent)
    assert event.visit_id == (visit if "12345" not in event.room_id else None)
    assert event.event_type == int(name.split("_")[1])
    assert event.happened_ms > 1_796_000_000_000
    assert event.info["RoomId"] in (12345, "12345", f"visit-{visit}")


OPENING = ["trtc_101_room_created", "trtc_103_entered_string_room", "trtc_104_left"]


@pytest.mark.parametrize("name", OPENING)
def test_the_first_sign_of_life_starts_the_visit(name: str, visit: str) -> None:
    """Also a leaving: the entering may be lost, and whoever left was there."""
    deliver(name)
    (row,) = all_of(Visit)
    assert row.status is VisitStatus.IN_PROGRESS
    assert row.participants[0].joined_at is not None
    assert commands() == ["start_recording", "start_slicing"]
    assert len(all_of(Recording)) == 1


@pytest.mark.parametrize("name", [one for one in CALLBACKS if one not in OPENING])
def test_no_other_event_starts_a_visit(name: str, visit: str) -> None:
    """1001 is 101 in another group; 103 of another room is none of ours."""
    deliver(name)
    assert all_of(Visit)[0].status is VisitStatus.APPROVED
    assert all_of(Recording) == []


def test_all_of_them_twice_in_either_order_have_one_effect(visit: str) -> None:
    for name in [*CALLBACKS, *reversed(CALLBACKS)]:
        deliver(name)
    assert len(all_of(RoomEvent)) == len(CALLBACKS)
    assert commands() == ["start_recording", "start_slicing", "verify_recording"]
    assert len(all_of(Recording)) == 1
    assert [row.action for row in all_of(AuditEvent)] == ["visit.started"]


@pytest.mark.parametrize("change", ["body", "sign"])
def test_a_changed_recording_is_refused(change: str, visit: str) -> None:
    event = load("trtc_101_room_created")
    if change == "body":
        event["body"] = event["body"].replace("\t", " ")  # the same JSON, other bytes
    else:
        event["headers"]["sign"] = event["headers"]["sign"].swapcase()
    assert main(event, {})["statusCode"] == 401
    assert all_of(RoomEvent) == []
