"""Closures and broken terminals: shown before, flagged after, lifted again; and one answer on how many places there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.sample_people import GUO
from shared.clock import SHANGHAI, in_shanghai
from shared.models.flags import VisitFlag
from shared.models.places import Site, Terminal, TerminalStatus
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.rules.capacity import Closure, is_blocked, places
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, book, booked, open_slots
from tests.integration.world import Answer, World

BLOCKS = "/approve/v1/timetable/blocks"


def block(world: World, starts_at: datetime, ends_at: datetime, **more: Any) -> Answer:
    body = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), **more}
    path = BLOCKS if "reason" in more else f"{BLOCKS}/preview"
    return world.post(path, body, token=world.officer("wang"))


def lift(world: World, block_id: str) -> Answer:
    path = f"{BLOCKS}/{block_id}/lift"
    return world.post(path, {"reason": "恢复会见"}, token=world.officer("sun"))


def day_of(slot: Slot) -> tuple[datetime, datetime]:
    midnight = in_shanghai(slot.starts_at).replace(hour=0, minute=0)
    return midnight, midnight + timedelta(days=1)


def open_flags(world: World) -> list[tuple[str, str]]:
    return [(one.visit_id, one.kind.value) for one in world.rows(VisitFlag) if not one.lifted_at]


def second_terminal(world: World) -> Terminal:
    """Working from now on, for slots made after this."""
    broken = world.one(Terminal, status=TerminalStatus.BROKEN)
    broken.status = TerminalStatus.WORKING
    world.add(broken)
    return broken


def two_booked(world: World) -> tuple[str, str]:
    """Two visits in one slot of two places, in the order of asking."""
    second_terminal(world)
    slot = open_slots(world)[0]
    assert slot.capacity == 2
    first = book(world, slot).json["id"]
    add_checked_relative(world, "openid-second", "示例亲属", "20260117")
    world.sign_in("openid-second")
    second = book(world, slot, openid="openid-second")
    assert second.status == 201, second.text
    return first, second.json["id"]


def test_a_closed_day_is_shown_first_flagged_after_and_opened_again(world: World) -> None:
    visit_id = booked(world)
    slot = world.one(Slot, id=world.one(Visit).slot_id)
    seen = block(world, *day_of(slot)).json
    assert (seen["slots"], seen["visits_hit"]) == (4, 1)
    assert seen["visits"][0]["people"][0]["name"] == GUO.name
    assert not any(one.blocked for one in world.rows(Slot)), "a preview changes nothing"
    made = block(world, *day_of(slot), reason="全所检修", seen=[visit_id])
    assert made.status == 201, made.text
    assert open_flags(world) == [(visit_id, "date_blocked")]
    assert all(one.blocked for one in world.rows(Slot))
    day = in_shanghai(slot.starts_at).date()
    month = f"/approve/v1/timetable/days?first={day}&last={day}"
    shown = world.get(month, token=world.officer("sun")).json["blocks"]
    assert [one["id"] for one in shown] == [made.json["id"]], "the month can open it again"
    assert world.one(Visit).status is VisitStatus.REQUESTED, "an officer decides what follows"
    assert lift(world, made.json["id"]).status == 200
    assert open_flags(world) == []
    assert not any(one.blocked for one in world.rows(Slot))
    assert_problem(lift(world, made.json["id"]), 409, "changed_meanwhile")


def test_a_part_of_a_day_and_boundaries_that_touch(world: World) -> None:
    slots = open_slots(world)
    made = block(world, slots[1].starts_at, slots[1].ends_at, reason="临时会议")
    assert made.json["visits_hit"] == 0
    now_blocked = [one.blocked for one in sorted(world.rows(Slot), key=lambda s: s.starts_at)]
    assert now_blocked == [False, True, False, False]
    assert_problem(book(world, slots[1]), 422, "slot_blocked")
    assert book(world, slots[0]).status == 201


def test_two_closures_of_one_day_are_lifted_one_by_one(world: World) -> None:
    visit_id = booked(world)
    slot = world.one(Slot, id=world.one(Visit).slot_id)
    day = block(world, *day_of(slot), reason="全所检修").json["id"]
    session = block(world, slot.starts_at, slot.ends_at, reason="临时会议").json["id"]
    assert sorted(kind for _, kind in open_flags(world)) == ["date_blocked", "slot_blocked"]
    lift(world, day)
    assert open_flags(world) == [(visit_id, "slot_blocked")]
    assert world.one(Slot, id=slot.id).blocked
    lift(world, session)
    assert open_flags(world) == []


def test_a_closed_terminal_leaves_the_last_who_asked_without_a_place(world: World) -> None:
    first, second = two_booked(world)
    slot = world.one(Slot, id=world.one(Visit, id=first).slot_id)
    terminal = world.rows(Terminal)[0]
    seen = block(world, *day_of(slot), terminal_id=terminal.id).json
    assert [one["id"] for one in seen["visits"]] == [second]
    made = block(world, *day_of(slot), terminal_id=terminal.id, reason="更换摄像头")
    assert open_flags(world) == [(second, "terminal_broken")]
    assert {one.capacity for one in world.rows(Slot)} == {1}
    cancel = f"/booking/v1/visits/{first}/cancel"
    assert world.post(cancel, token=world.relative(GUO.openid)).status == 200
    world.timer("approve", "seat-flagged")
    assert open_flags(world) == [], "with a place free, the other visit has one again"
    other = block(world, *day_of(slot), terminal_id=terminal.id, reason="再检查一次")
    lift(world, made.json["id"])
    assert {one.capacity for one in world.rows(Slot)} == {1}, "closed twice, still closed once"
    lift(world, other.json["id"])
    assert {one.capacity for one in world.rows(Slot)} == {2}


def test_more_visits_than_the_preview_showed_ask_for_another_look(world: World) -> None:
    slots = open_slots(world)
    block(world, *day_of(slots[0]))
    booked_now = book(world, slots[0]).json["id"]
    late = block(world, *day_of(slots[0]), reason="全所检修", seen=[])
    assert_problem(late, 409, "block_hits_more")
    assert open_flags(world) == []
    again = block(world, *day_of(slots[0]), reason="全所检修", seen=[booked_now])
    assert again.status == 201


def test_a_booking_and_a_closure_at_once_leave_no_unflagged_visit(world: World) -> None:
    slots = open_slots(world)

    def close() -> Answer:
        return block(world, *day_of(slots[0]), reason="全所检修")

    with ThreadPoolExecutor(2) as pool:
        closing, booking = pool.submit(close), pool.submit(book, world, slots[0])
        assert closing.result().status == 201
        visit = booking.result()
    if visit.status == 201:
        assert open_flags(world) == [(visit.json["id"], "date_blocked")]
    else:
        assert_problem(visit, 422, "slot_blocked")


def test_what_cannot_be_closed(world: World) -> None:
    now = world.clock.now()
    hour = timedelta(hours=1)
    assert_problem(block(world, now + hour, now, reason="检修"), 422, "block_times")
    assert_problem(block(world, now - 2 * hour, now - hour, reason="检修"), 422, "block_over")
    strange = block(world, now, now + hour, reason="检修", terminal_id="0" * 26)
    assert_problem(strange, 404, "not_found")


def test_an_ended_template_leaves_its_visits_flagged(world: World) -> None:
    visit_id = booked(world)
    templates = world.get("/approve/v1/session-templates", token=world.officer("sun")).json
    path = f"/approve/v1/session-templates/{templates['templates'][0]['id']}/end"
    day = in_shanghai(world.clock.now()).date().isoformat()
    body = {"last_day": day, "reason": "调整开放时间"}
    assert world.post(path, body, token=world.officer("sun")).status == 200
    assert open_flags(world) == [(visit_id, "terminal_broken")]
    assert {one.capacity for one in world.rows(Slot)} == {0}
    assert_problem(world.post(path, body, token=world.officer("sun")), 409, "template_ended")


def test_month_week_and_day(world: World) -> None:
    visit_id = booked(world)
    day = in_shanghai(world.one(Visit).starts_at).date()
    first, last = day.replace(day=1), day.replace(day=31)
    path = f"/approve/v1/timetable/days?first={first}&last={last}"
    days = world.get(path, token=world.officer("wang")).json["days"]
    assert len(days) == 31
    busy = [one for one in days if one["slots"]]
    assert [(one["date"], one["slots"], one["capacity"], one["taken"]) for one in busy] == [
        (day.isoformat(), 4, 4, 1)
    ]
    path = f"/approve/v1/timetable/slots?first={day}&last={day}"
    shown = world.get(path, token=world.officer("wang")).json
    assert [len(one["visits"]) for one in shown["slots"]] == [1, 0, 0, 0]
    assert shown["slots"][0]["visits"][0]["id"] == visit_id
    other_ward = world.get(path, token=world.officer("chen")).json
    assert [one["taken"] for one in other_ward["slots"]] == [1, 0, 0, 0]
    assert not any(one["visits"] for one in other_ward["slots"]), (
        "of another ward: only that it is taken"
    )
    too_long = f"/approve/v1/timetable/slots?first={first}&last={last}"
    assert_problem(world.get(too_long, token=world.officer("wang")), 422, "days_range")


def test_the_timer_makes_slots_also_where_no_terminal_works_yet(world: World) -> None:
    open_slots(world)
    other = Site(name="另一所", rules={})
    world.add(other)
    world.timer("approve", "make-slots")
    assert len(world.rows(Slot)) == 4


START = datetime(2026, 12, 1, 14, 0, tzinfo=SHANGHAI)
HALF = timedelta(minutes=30)
closures = st.lists(
    st.builds(
        lambda begin, length, terminal: Closure(
            START + begin * HALF / 2, START + (begin + length) * HALF / 2, terminal
        ),
        st.integers(-4, 4),
        st.integers(1, 6),
        st.sampled_from([None, "a", "b", "c", "elsewhere"]),
    ),
    max_size=6,
)


@given(closures, st.sets(st.sampled_from(["a", "b", "c"])))
def test_places_never_exceed_terminals_and_only_overlaps_count(
    found: list[Closure], terminals: set[str]
) -> None:
    """Looked at minute by minute, which is how a person would check it."""
    minutes = [START + timedelta(minutes=one) for one in range(30)]

    def closed(terminal: str | None) -> bool:
        return any(
            one.terminal_id == terminal and one.starts_at <= minute < one.ends_at
            for one in found
            for minute in minutes
        )

    assert places(START, START + HALF, terminals, found) == sum(
        not closed(one) for one in terminals
    )
    assert is_blocked(START, START + HALF, found) is closed(None)


@pytest.mark.parametrize("path", [BLOCKS, f"{BLOCKS}/preview"])
def test_who_sees_some_wards_only_closes_nothing_for_all(world: World, path: str) -> None:
    from shared.models.officers import OfficerRole, Role

    chen = world.get("/approve/v1/me", token=world.officer("chen")).json["id"]
    world.add(OfficerRole(officer_id=chen, role=Role.VISIT_OFFICER))
    now = world.clock.now()
    body = {"starts_at": now.isoformat(), "ends_at": (now + HALF).isoformat()}
    body |= {"reason": "检修"} if path == BLOCKS else {}
    assert_problem(world.post(path, body, token=world.officer("chen")), 403, "whole_site_only")
