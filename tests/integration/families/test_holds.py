"""A request holds its place until its time stamp says otherwise, whether or not the timer has been by."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from local.sample_people import GUO, SON
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.quota import QuotaEntry
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, book, booked, open_slots
from tests.integration.world import World

STRANGER = "openid-stranger"


@pytest.fixture
def slots(world: World) -> list[Slot]:
    """Bookable to the last hour, so that an undecided request can be in somebody's way."""
    set_rules(world.one(Site).id, book_days_ahead_min=0)
    add_checked_relative(world, STRANGER, "陈静", SON.number)
    return open_slots(world)


@in_transaction
def set_rules(session: Session, site_id: str, **rules: object) -> None:
    session.get_one(Site, site_id).rules = rules


def test_an_expired_hold_is_free_for_others_before_the_timer_tidies(
    world: World, slots: list[Slot]
) -> None:
    first = book(world, slots[0]).json["id"]
    hold_ends = slots[0].starts_at - timedelta(hours=2)
    assert world.one(Visit, id=first).held_until == hold_ends
    world.clock.move_to(hold_ends - timedelta(seconds=2))
    assert_problem(book(world, slots[0], openid=STRANGER), 422, "slot_full")
    world.clock.move_to(hold_ends)
    assert book(world, slots[0], openid=STRANGER).status == 201
    assert world.one(Visit, id=first).status is VisitStatus.EXPIRED
    assert world.one(Slot, id=slots[0].id).taken == 1
    world.timer("booking", "expire-requests")
    assert world.one(Slot, id=slots[0].id).taken == 1
    assert sum(one.amount for one in world.rows(QuotaEntry)) == 1


def test_ones_own_expired_request_is_in_nobodys_way(world: World, slots: list[Slot]) -> None:
    assert book(world, slots[0]).status == 201
    world.clock.move_to(slots[0].starts_at - timedelta(hours=2))
    assert book(world, slots[1]).status == 201, "the week is not used up by it"


def test_what_is_over_by_its_time_stamp_is_not_approved(world: World, slots: list[Slot]) -> None:
    visit_id = book(world, slots[0]).json["id"]
    world.clock.move_to(slots[0].starts_at - timedelta(hours=2))
    late = world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    assert_problem(late, 409, "changed_meanwhile")
    assert world.one(Visit).status is VisitStatus.REQUESTED


def test_a_late_booking_holds_until_the_visit_begins(world: World, slots: list[Slot]) -> None:
    world.clock.move_to(slots[0].starts_at - timedelta(minutes=40))
    assert book(world, slots[0]).status == 201
    assert world.one(Visit).held_until == slots[0].starts_at


def test_refusals_say_when_again(world: World) -> None:
    booked(world)
    slots = sorted(world.rows(Slot), key=lambda slot: slot.starts_at)
    refused = book(world, slots[1])
    assert_problem(refused, 422, "week_used_up")
    assert refused.json["book_again_at"] == "2026-12-07T00:00:00+08:00"
    tie = world.get("/booking/v1/relationships", token=world.relative(GUO.openid)).json
    path = f"/booking/v1/quota?relationship_id={tie['relationships'][0]['id']}"
    quota = world.get(path, token=world.relative(GUO.openid)).json
    assert quota["book_again_at"] == "2026-12-07T00:00:00+08:00"
