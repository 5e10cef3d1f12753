"""A test for each bug in the histories of comparable systems (design/peers.md, "Features worth having", at its end)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from local.sample_people import BROTHER, GUO, SON
from shared.database import in_transaction
from shared.models.people import Relative
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox, OutboxState
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import (
    add_checked_relative,
    approved,
    book,
    open_slots,
    tie_of,
)
from tests.integration.world import Answer, World

SISTER, AUNT = "openid-sister", "openid-aunt"
OFTEN = {"quota": [{"channels": ["remote"], "per": "week", "count": 20}]}


@in_transaction
def set_rules(session: Session, site_id: str, **rules: object) -> None:
    session.get_one(Site, site_id).rules = rules


@pytest.fixture
def often(world: World) -> None:
    """Quota is in nobody's way."""
    set_rules(world.one(Site).id, **OFTEN)


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    answers: list[Answer] = []
    start = threading.Barrier(len(acts))

    def work(act: Callable[[], Answer]) -> None:
        start.wait()
        answers.append(act())

    workers = [threading.Thread(target=work, args=(act,)) for act in acts]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return answers


# Flags not lifted when the block is lifted


def test_a_flag_goes_with_its_cause(world: World) -> None:
    visit_id = approved(world)
    token = world.relative(GUO.openid)
    path = f"/approve/v1/residents/{world.one(Visit, id=visit_id).resident_id}/status"

    def change(status: str) -> list[str]:
        body = {"status": status, "reason": "核对后更正"}
        assert world.post(path, body, token=world.officer("sun")).status == 200
        seen = world.get(f"/booking/v1/visits/{visit_id}", token=token).json
        assert seen["status"] == "approved"
        changes: list[str] = seen["changes"]
        return changes

    assert len(change("released")) == 1
    assert change("active") == []
    assert len(change("transferred")) == 1
    assert change("active") == []


# A relative's cancel logged as staff


def test_who_cancelled_is_who_was_signed_in(world: World) -> None:
    visit_id = approved(world)
    token = world.relative(GUO.openid)
    path = f"/booking/v1/visits/{visit_id}/cancel"
    body = {"actor_kind": "officer", "ended_by": "somebody"}  # whatever the request may say
    assert world.post(path, body, token=token).status == 200
    event = world.one(AuditEvent, action="visit.cancelled")
    guo = world.one(Relative)
    assert (event.actor_kind, event.actor_id) == ("relative", guo.id)
    assert world.one(Visit, id=visit_id).ended_by == guo.id
    history = world.get(f"/booking/v1/visits/{visit_id}", token=token).json["history"]
    assert [one["by"] for one in history] == ["您", "民警", "您"]


# Boundaries that touch counted as a clash


@pytest.mark.usefixtures("often")
def test_visits_that_touch_are_no_clash(world: World) -> None:
    first, second, third, _ = open_slots(world)
    assert book(world, second).status == 201
    assert (first.ends_at, third.starts_at) == (second.starts_at, second.ends_at)
    assert [book(world, slot).status for slot in (first, third)] == [201, 201]


@pytest.mark.usefixtures("often")
def test_visits_that_overlap_are_a_clash_whatever_their_grid(world: World) -> None:
    slots = open_slots(world)
    assert book(world, slots[1]).status == 201  # 14:30 to 15:00
    found = slots[0]

    def book_at(minutes: float, length: float) -> list[str]:
        start = slots[1].starts_at + timedelta(minutes=minutes)
        odd = Slot(
            site_id=found.site_id,
            starts_at=start,
            ends_at=start + timedelta(minutes=length),
            capacity=1,
        )
        world.add(odd)
        answer = book(world, odd)
        return [] if answer.status == 201 else answer.codes

    busy = ["resident_busy", "relative_busy"]
    assert [book_at(-10, 20), book_at(10, 10), book_at(20, 20), book_at(-5, 45)] == [busy] * 4
    assert [book_at(-20, 20), book_at(30.5, 20)] == [[], []]


# A cancelled booking that still blocks its room


@pytest.mark.usefixtures("often")
def test_a_cancelled_visit_blocks_neither_place_nor_person(world: World) -> None:
    slot = open_slots(world)[0]  # of one place
    for _ in range(3):
        visit_id = book(world, slot).json["id"]
        path = f"/booking/v1/visits/{visit_id}/cancel"
        assert world.post(path, token=world.relative(GUO.openid)).status == 200
    add_checked_relative(world, AUNT, "陈静", SON.number)
    assert book(world, slot, openid=AUNT).status == 201
    assert_problem(book(world, slot), 422, "slot_full")
    assert world.one(Slot, id=slot.id).taken == 1


# Availability and booking computing capacity in two ways


@pytest.mark.usefixtures("often")
def test_what_the_list_offers_can_be_booked_and_nothing_else(world: World) -> None:
    slots = open_slots(world, opens="09:00", closes="12:00")
    add_checked_relative(world, AUNT, "陈静", SON.number)
    assert book(world, slots[0], openid=AUNT).status == 201
    _change(slots[1].id, blocked=True)
    _change(slots[2].id, capacity=0)
    _change(slots[3].id, capacity=2)
    assert book(world, slots[3], openid=AUNT).status == 201
    path = f"/booking/v1/slots?relationship_id={tie_of(world)}"
    listed = world.get(path, token=world.relative(GUO.openid)).json["slots"]
    assert [one["bookable"] for one in listed] == [False, False, False, True, True, True]
    assert [one["places_left"] for one in listed] == [0, 0, 0, 1, 1, 1]
    for one, slot in zip(listed, slots, strict=True):
        answer = book(world, slot)
        assert (answer.status == 201) is one["bookable"], answer.text
        if answer.status != 201:
            assert [each["text"] for each in answer.json["errors"]] == one["reasons"]


@in_transaction
def _change(session: Session, slot_id: str, **values: Any) -> None:
    slot = session.get_one(Slot, slot_id)
    for name, value in values.items():
        setattr(slot, name, value)


# Duplicate participant ids


def test_nobody_takes_part_twice(world: World) -> None:
    add_checked_relative(world, SISTER, "郭志云", BROTHER.number)
    slot = open_slots(world)[0]

    def code_of(openid: str) -> str:
        made = world.post("/booking/v1/companion-code", token=world.relative(openid))
        return str(made.json["code"])

    def ask(*codes: str) -> Answer:
        body = {"relationship_id": tie_of(world), "slot_id": slot.id, "companion_codes": codes}
        return world.post("/booking/v1/visits", body, token=world.relative(GUO.openid))

    sister = code_of(SISTER)
    for codes in ([sister, sister], [sister, sister.lower()], [code_of(GUO.openid)]):
        assert_problem(ask(*codes), 422, "companion_unknown")
    old, new = sister, code_of(SISTER)
    assert_problem(ask(old, new), 422, "companion_unknown")
    assert world.rows(Visit) == []
    assert ask(new).status == 201
    assert len({one.relative_id for one in world.rows(VisitParticipant)}) == 2


# A failed message that fails the booking


def test_a_booking_stands_whether_or_not_a_message_can_go_out(world: World) -> None:
    world.sign_in(GUO.openid)
    slot = open_slots(world)[0]
    for call in ("wechat.*", "wecom.*"):
        world.emulator.fail(call, times=20)
    visit_id = book(world, slot).json["id"]
    assert (
        world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang")).status
        == 200
    )
    world.deliver_messages()
    assert world.one(Visit, id=visit_id).status is VisitStatus.APPROVED
    assert {one.state for one in world.rows(Outbox)} == {OutboxState.WAITING}
    world.emulator.cloud.faults.clear()
    world.clock.forward(minutes=10)
    world.deliver_messages()
    assert {one.state for one in world.rows(Outbox)} == {OutboxState.SENT}


# Two officers approving the same request


@pytest.mark.usefixtures("often")
def test_of_two_officers_at_once_one_decides(world: World) -> None:
    wang, zhao = world.officer("wang"), world.officer("zhao")
    for slot in open_slots(world):
        visit_id = book(world, slot).json["id"]
        path = f"/approve/v1/visits/{visit_id}"
        answers = at_once(
            partial(world.post, f"{path}/approve", token=wang),
            partial(world.post, f"{path}/approve", token=zhao),
            partial(world.post, f"{path}/reject", {"reason": "资料不全"}, token=zhao),
        )
        assert sorted(one.status for one in answers) == [200, 409, 409]
        decided = [
            one.action
            for one in world.rows(AuditEvent, subject_id=visit_id)
            if one.action in ("visit.approved", "visit.rejected")
        ]
        assert decided == [f"visit.{world.one(Visit, id=visit_id).status.value}"]
