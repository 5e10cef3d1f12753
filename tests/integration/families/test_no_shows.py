"""Who does not come in time is a no-show; whom the line or the centre kept away is not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from functions.booking import mark_no_shows as mark_no_shows_module
from functions.booking.mark_no_shows import mark_no_shows
from local.sample_people import GUO, LIN, SON
from shared.ids import new_id
from shared.models.quota import QuotaEntry
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import (
    add_checked_relative,
    approved,
    book,
    enter_room,
    open_slots,
    running,
)
from tests.integration.world import World


def late(world: World, minutes: float) -> None:
    world.clock.move_to(world.one(Visit).starts_at + timedelta(minutes=minutes))
    world.timer("booking", "mark-no-shows")


def test_ten_minutes_after_the_start(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = approved(world)
    late(world, 9.9)
    assert world.one(Visit).status is VisitStatus.APPROVED
    late(world, 10)
    visit = world.one(Visit)
    assert visit.status is VisitStatus.NO_SHOW
    assert "10 分钟" in (visit.reason or "")
    assert sum(one.amount for one in world.rows(QuotaEntry)) == 1, "it counts"
    joined = world.post(f"/booking/v1/visits/{visit_id}/join", token=world.relative(GUO.openid))
    assert_problem(joined, 409, "visit_missed")
    world.deliver_messages()
    assert "会见未到" in str(world.emulator.sent("wechat", GUO.openid)[-1])


def test_a_running_visit_is_never_a_no_show(world: World) -> None:
    running(world)
    late(world, 15)
    assert world.one(Visit).status is VisitStatus.IN_PROGRESS


def test_who_had_a_pass_came_and_a_dead_line_counts_for_nothing(world: World) -> None:
    visit_id = approved(world)
    world.clock.move_to(world.one(Visit).starts_at)
    enter_room(world, visit_id)  # and TRTC's callback never comes
    late(world, 15)
    assert world.one(Visit).status is VisitStatus.APPROVED
    late(world, 30)
    assert world.one(Visit).status is VisitStatus.EXPIRED
    assert sum(one.amount for one in world.rows(QuotaEntry)) == 0
    assert world.one(Slot, id=world.one(Visit).slot_id).taken == 0


def test_those_who_came_and_wait_keep_no_other_from_being_marked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mark_no_shows_module, "BATCH", 1)
    waiting = approved(world)
    add_checked_relative(world, LIN.openid, LIN.name, SON.number)
    first, second = sorted(world.rows(Slot), key=lambda slot: slot.starts_at)[:2]
    assert world.one(Visit, id=waiting).slot_id == first.id
    absent = book(world, second, openid=LIN.openid).json["id"]
    world.post(f"/approve/v1/visits/{absent}/approve", token=world.officer("wang"))
    world.clock.move_to(first.starts_at)
    enter_room(world, waiting)
    long = world.one(Visit, id=waiting)
    long.ends_at += timedelta(hours=1)
    world.add(long)
    world.clock.move_to(second.starts_at + timedelta(minutes=10))
    world.timer("booking", "mark-no-shows")
    assert world.one(Visit, id=absent).status is VisitStatus.NO_SHOW


def test_what_the_centre_left_open_is_no_fault_of_the_family(world: World) -> None:
    approved(world)
    path = f"/approve/v1/residents/{world.one(Visit).resident_id}/status"
    world.post(path, {"status": "released", "reason": "期满"}, token=world.officer("sun"))
    late(world, 10)
    assert world.one(Visit).status is VisitStatus.EXPIRED
    assert sum(one.amount for one in world.rows(QuotaEntry)) == 0


def test_several_timers_mark_it_once(world: World) -> None:
    approved(world)
    world.clock.move_to(world.one(Visit).starts_at + timedelta(minutes=10))
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: mark_no_shows(), range(4))) == 1


def missed(world: World, *days_ago: float) -> None:
    """No-shows of GUO's."""
    slot = world.rows(Slot)[0]
    tie = world.get("/booking/v1/relationships", token=world.relative(GUO.openid)).json
    assert tie["relationships"]
    part = world.rows(VisitParticipant)[0]
    resident_id = world.rows(Visit)[0].resident_id
    for days in days_ago:
        at = world.clock.now() - timedelta(days=days)
        world.add(
            Visit(
                id=new_id(),
                site_id=slot.site_id,
                slot_id=slot.id,
                resident_id=resident_id,
                status=VisitStatus.NO_SHOW,
                place=1,
                starts_at=at,
                ends_at=at + timedelta(minutes=30),
                requested_by=part.relative_id,
                participants=[
                    VisitParticipant(relative_id=part.relative_id, kinship="兄弟", lead=True)
                ],
            )
        )


def test_the_third_suspends_and_an_excuse_lifts_it(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = approved(world)
    missed(world, 20, 40)
    world.clock.move_to(world.one(Visit, id=visit_id).starts_at + timedelta(minutes=10))
    world.timer("booking", "mark-no-shows")
    world.deliver_messages()
    assert "预约已暂停至1月3日" in str(world.emulator.sent("wechat", GUO.openid)[-1])
    slots = open_slots(world, opens="16:00", closes="17:00")
    refused = book(world, slots[-1])
    assert "suspended" in refused.codes
    assert refused.json["book_again_at"].startswith("2027-01-03")
    path = f"/approve/v1/visits/{visit_id}/excuse"
    because = {"reason": "家属当天住院，已核实"}
    assert world.post(path, because, token=world.officer("wang")).status == 200
    assert_problem(world.post(path, because, token=world.officer("zhao")), 409, "visit_not_missed")
    assert book(world, slots[-1]).status == 201
