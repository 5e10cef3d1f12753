"""The waiting list of a full slot: in order, each for a time, booked in one transaction, closed to those who push in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from functions.booking.waiting import serve_list
from functions.booking.waiting.serve_list import serve_lists
from local.sample_people import GUO, SON
from shared.database import in_transaction
from shared.ids import new_id
from shared.invariants import find_broken
from shared.models.people import Resident, ResidentStatus
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.models.waiting import WaitingEntry, WaitingStatus
from shared.rules.site_rules import SiteRules
from shared.rules.waiting import bookable_until
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, book, open_slots, tie_of
from tests.integration.world import Answer, World

PATH = "/booking/v1/waiting-list"
FIRST, SECOND, THIRD = "openid-first", "openid-second", "openid-third"


@pytest.fixture
def full(world: World) -> Slot:
    """A slot with one place, which GUO has; three others wait to wait, each with a resident of their own."""
    like = next(one for one in world.rows(Resident) if one.number == SON.number)
    for number, openid in enumerate((FIRST, SECOND, THIRD)):
        resident = Resident(
            id=new_id(),
            site_id=like.site_id,
            ward_id=like.ward_id,
            number=f"2026900{number}",
            name="某某",
        )
        world.add(resident)
        add_checked_relative(world, openid, "家属", resident.number)
    slot = open_slots(world)[0]
    assert book(world, slot).status == 201
    return slot


def join(world: World, slot: Slot, openid: str) -> Answer:
    body = {"relationship_id": tie_of(world, openid), "slot_id": slot.id}
    return world.post(PATH, body, token=world.relative(openid))


def joined(world: World, slot: Slot, *openids: str) -> list[str]:
    answers = [join(world, slot, openid) for openid in openids]
    assert [one.status for one in answers] == [201] * len(openids), answers[-1].text
    return [one.json["id"] for one in answers]


def accept(world: World, entry_id: str, openid: str, *codes: str) -> Answer:
    body = {"companion_codes": list(codes)}
    return world.post(f"{PATH}/{entry_id}/accept", body, token=world.relative(openid))


def leave(world: World, entry_id: str, openid: str) -> Answer:
    return world.post(f"{PATH}/{entry_id}/leave", token=world.relative(openid))


def cancel(world: World) -> None:
    visit = world.one(Visit, status=VisitStatus.REQUESTED)
    path = f"/booking/v1/visits/{visit.id}/cancel"
    assert world.post(path, token=world.relative(GUO.openid)).status == 200


def serve(world: World) -> None:
    world.timer("booking", "serve-waiting-lists")


def states(world: World) -> list[str]:
    entries = sorted(world.rows(WaitingEntry), key=lambda one: one.joined_at)
    return [one.status.value for one in entries]


def counts(world: World, slot: Slot) -> tuple[int, int]:
    found = world.one(Slot, id=slot.id)
    return found.taken, found.waiting


def mine(world: World, openid: str) -> Any:
    return world.get(PATH, token=world.relative(openid)).json["entries"][0]


def test_a_freed_place_goes_to_the_first_and_to_nobody_else(world: World, full: Slot) -> None:
    world.sign_in(FIRST)
    first, second = joined(world, full, FIRST, SECOND)
    assert mine(world, SECOND)["before_you"] == 1
    cancel(world)
    assert_problem(book(world, full, openid=THIRD), 422, "slot_full")
    serve(world)
    serve(world)
    assert (states(world), counts(world, full)) == (["offered", "waiting"], (1, 1))
    assert_problem(book(world, full, openid=THIRD), 422, "slot_full")
    assert_problem(accept(world, second, SECOND), 409, "waiting_offer_over")
    assert_problem(accept(world, first, SECOND), 404, "not_found")
    assert "前确认" in mine(world, FIRST)["text"]
    booked = accept(world, first, FIRST)
    assert booked.status == 201, booked.text
    assert accept(world, first, FIRST).json == booked.json, "asked twice, booked once"
    assert (states(world), counts(world, full)) == (["accepted", "waiting"], (1, 1))
    assert len(world.rows(Visit, status=VisitStatus.REQUESTED)) == 1
    world.deliver_messages()
    assert str(world.emulator.sent("wechat", FIRST)).count("候补有名额") == 1


def test_full_slots_keep_no_free_one_from_being_served(
    world: World, full: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sooner slot that is full, with somebody waiting, comes first by time."""
    monkeypatch.setattr(serve_list, "BATCH", 1)
    joined(world, full, FIRST)
    sooner = world.one(Slot, id=full.id).starts_at - timedelta(hours=3)
    world.add(
        Slot(
            site_id=full.site_id, starts_at=sooner, ends_at=sooner + timedelta(minutes=30),
            capacity=1, taken=1, waiting=1,
        )
    )  # fmt: skip
    cancel(world)
    serve(world)
    assert states(world) == ["offered"]


def test_an_offer_not_taken_goes_to_the_next(world: World, full: Slot) -> None:
    first, second = joined(world, full, FIRST, SECOND)
    cancel(world)
    serve(world)
    world.clock.forward(hours=2)
    assert_problem(accept(world, first, FIRST), 409, "waiting_offer_over")
    serve(world)
    assert (states(world), counts(world, full)) == (["missed", "offered"], (1, 0))
    assert accept(world, second, SECOND).status == 201
    assert join(world, full, FIRST).status == 201, "one may wait again"


def test_an_expired_offer_is_free_before_the_timer_tidies(world: World, full: Slot) -> None:
    joined(world, full, FIRST)
    cancel(world)
    serve(world)
    assert_problem(book(world, full, openid=THIRD), 422, "slot_full")
    world.clock.forward(hours=2)
    assert book(world, full, openid=THIRD).status == 201
    assert (states(world), counts(world, full)) == (["missed"], (1, 0))


def test_leaving_frees_the_line_and_the_place(world: World, full: Slot) -> None:
    first, second = joined(world, full, FIRST, SECOND)
    assert leave(world, second, SECOND).json["status"] == "left"
    assert_problem(leave(world, second, SECOND), 409, "waiting_over")
    assert_problem(leave(world, first, SECOND), 404, "not_found")
    cancel(world)
    serve(world)
    assert leave(world, first, FIRST).status == 200
    assert counts(world, full) == (0, 0)
    assert book(world, full, openid=THIRD).status == 201


def test_who_may_wait(world: World, full: Slot) -> None:
    others = sorted(world.rows(Slot), key=lambda slot: slot.starts_at)[1:]
    assert_problem(join(world, others[0], FIRST), 422, "waiting_not_needed")
    joined(world, full, FIRST)
    assert_problem(join(world, full, FIRST), 409, "waiting_already")
    assert "resident_busy" in join(world, full, GUO.openid).codes
    path = f"/booking/v1/slots?relationship_id={tie_of(world, SECOND)}"
    slots = world.get(path, token=world.relative(SECOND)).json["slots"]
    assert [one["can_wait"] for one in slots] == [True, False, False, False]
    assert [one["places_left"] for one in slots] == [0, 1, 1, 1]


def test_whose_circumstances_changed_keeps_nobody_waiting(world: World, full: Slot) -> None:
    joined(world, full, FIRST, SECOND)
    restrict(SON.number, "20269000")
    cancel(world)
    serve(world)
    assert (states(world), counts(world, full)) == (["closed", "offered"], (1, 0))
    assert "不能预约" in mine(world, FIRST)["text"]


@in_transaction
def restrict(session: Session, *numbers: str) -> None:
    for resident in session.query(Resident):
        if resident.number in numbers:
            resident.status = ResidentStatus.RESTRICTED


def test_the_list_closes_with_the_time_for_booking(world: World, full: Slot) -> None:
    joined(world, full, FIRST)
    world.clock.move_to(bookable_until(full.starts_at, SiteRules()))
    serve(world)
    assert (states(world), counts(world, full)) == (["closed"], (1, 0))
    assert "截止预约" in mine(world, FIRST)["text"]


def test_a_blocked_slot_offers_nothing_until_it_opens(world: World, full: Slot) -> None:
    joined(world, full, FIRST)
    cancel(world)
    block(full.id, True)
    serve(world)
    assert states(world) == ["waiting"]
    block(full.id, False)
    serve(world)
    assert states(world) == ["offered"]


@in_transaction
def block(session: Session, slot_id: str, blocked: bool) -> None:
    session.execute(update(Slot).where(Slot.id == slot_id).values(blocked=blocked))


def test_timers_acceptances_and_bookings_at_once_never_oversell(world: World, full: Slot) -> None:
    entries = joined(world, full, FIRST, SECOND)
    cancel(world)
    for _ in range(3):
        with ThreadPoolExecutor(6) as pool:
            jobs = [
                *(pool.submit(serve_lists) for _ in range(3)),
                *(
                    pool.submit(accept, world, entry, openid)
                    for entry, openid in zip(entries, (FIRST, SECOND), strict=True)
                ),
                pool.submit(book, world, full, openid=THIRD),
            ]
            for job in jobs:
                job.result()
        taken, waiting = counts(world, full)
        holding = len(world.rows(Visit, status=VisitStatus.REQUESTED))
        offered = len(world.rows(WaitingEntry, status=WaitingStatus.OFFERED))
        assert (taken, waiting) == (1, 1)
        assert holding + offered == 1
        assert find_broken() == []
