"""Reminders a day and an hour before: once each, by SMS where WeChat will not, and never for what is off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from functions.booking.remind_visits import remind_visits
from local.sample_people import GUO
from shared.models.plumbing import Outbox
from shared.models.timetable import Slot
from shared.models.visits import Visit
from tests.integration.steps import approved, booked
from tests.integration.world import World

DAY, HOUR = "还有一天", "即将开始"


def reminders(world: World) -> list[str]:
    """Those that WeChat showed, in order."""
    sent = [one["body"]["data"]["phrase1"]["value"] for one in world.emulator.sent("wechat")]
    return [one for one in sent if one in (DAY, HOUR)]


def sms(world: World) -> list[Any]:
    return [one["body"]["TemplateParamSet"] for one in world.emulator.sent("sms")]


def to(world: World, **before: float) -> None:
    world.clock.move_to(world.one(Visit).starts_at - timedelta(**before))


def remind(world: World) -> None:
    world.timer("booking", "remind-visits")
    world.deliver_messages()


def test_a_day_and_an_hour_before_once_each(world: World) -> None:
    world.sign_in(GUO.openid)
    approved(world)
    seen = []
    for before in ({"hours": 25}, {"hours": 24}, {"hours": 23}, {"minutes": 60}, {"minutes": 1}):
        to(world, **before)
        remind(world)
        seen.append(len(reminders(world)))
    assert seen == [0, 1, 1, 2, 2]
    assert reminders(world) == [DAY, HOUR]


def test_two_timers_at_once_remind_once(world: World) -> None:
    approved(world)
    for before in ({"hours": 24}, {"hours": 1}):
        to(world, **before)
        with ThreadPoolExecutor(4) as pool:
            reminded = sum(pool.map(lambda _: remind_visits(), range(4)))
        assert reminded == 1
    wanted = [one for one in world.rows(Outbox, kind="wechat") if "reminder" in str(one.dedupe_key)]
    assert len(wanted) == 2


def test_after_an_outage_only_the_last_reminder_speaks(world: World) -> None:
    world.sign_in(GUO.openid)
    approved(world)
    to(world, minutes=50)
    remind(world)
    remind(world)
    assert reminders(world) == [HOUR]


def test_what_is_not_approved_or_approved_late_or_off_is_not_reminded(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = booked(world)
    to(world, hours=24)
    remind(world)
    to(world, hours=20)
    world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    remind(world)
    assert reminders(world) == [], "the approval itself came after that moment"
    to(world, minutes=59)
    world.timer("booking", "remind-visits")
    path = f"/approve/v1/residents/{world.one(Visit).resident_id}/status"
    world.post(path, {"status": "restricted", "reason": "单独管理"}, token=world.officer("sun"))
    world.deliver_messages()
    assert reminders(world) == [], "cancelled between the timer and the delivery"


def test_sms_where_wechat_says_no(world: World) -> None:
    world.sign_in(GUO.openid)
    approved(world)
    world.deliver_messages()
    to(world, hours=24)
    world.emulator.fail("wechat.message", "error", code="43101")
    remind(world)
    remind(world)
    assert (reminders(world), sms(world)) == ([], [["12月4日14:00", DAY]])
    assert not world.rows(Outbox, state="dead")


def test_sms_where_wechat_stays_silent(world: World) -> None:
    world.sign_in(GUO.openid)
    approved(world)
    world.deliver_messages()
    to(world, hours=1)
    world.emulator.fail("wechat.message", "http500", times=20)
    world.timer("booking", "remind-visits")
    for _ in range(8):
        world.deliver_messages()
        world.clock.forward(minutes=1)
    assert (reminders(world), sms(world)) == ([], [["12月4日14:00", HOUR]])


def test_a_visit_that_was_moved_is_reminded_of_anew(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = approved(world)
    to(world, hours=24)
    remind(world)
    target = sorted(world.rows(Slot), key=lambda one: one.starts_at)[2]
    body = {"slot_id": target.id, "reason": "终端故障，家属同意", "agreed": True}
    moved = world.post(f"/approve/v1/visits/{visit_id}/move", body, token=world.officer("wang"))
    assert moved.status == 200, moved.text
    to(world, hours=24)
    remind(world)
    assert reminders(world) == [DAY, DAY]
