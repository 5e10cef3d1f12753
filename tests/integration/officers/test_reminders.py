"""Officers are reminded before a review is late, supervisors after; not once a tick."""

from datetime import timedelta

from tests.integration.officers.test_queue import ask_relationships
from tests.integration.steps import booked
from tests.integration.world import World


def remind(world: World) -> None:
    world.timer("approve", "remind-reviews")
    world.deliver_messages()


def told(world: World, who: str) -> list[str]:
    said = [str(one["body"]) for one in world.emulator.sent("wecom", who)]
    return [word for one in said for word in ("审核提醒", "审核超时") if word in one]


def test_a_reminder_before_it_is_late_and_one_after(world: World) -> None:
    ask_relationships(world, 1)
    booked(world)
    remind(world)
    assert told(world, "wang.visit") == []
    world.clock.forward(hours=43)
    for _ in range(3):
        remind(world)
        world.clock.forward(minutes=5)
    assert told(world, "wang.visit") == ["审核提醒"]
    assert told(world, "chen.ward") == ["审核提醒"]
    assert told(world, "sun.lead") == []
    world.clock.forward(hours=6)
    for _ in range(3):
        remind(world)
        world.clock.forward(hours=1)
    assert told(world, "sun.lead") == ["审核超时"]


def test_nobody_is_named_in_a_message(world: World) -> None:
    ask_relationships(world, 1)
    world.clock.forward(hours=47)
    remind(world)
    said = str(world.emulator.sent("wecom"))
    assert "示例亲属" not in said
    assert "郭志明" not in said


def test_what_nobody_decides_in_time_is_over_before_the_visit(world: World) -> None:
    from shared.models.visits import Visit, VisitStatus

    booked(world)
    start = world.one(Visit).starts_at
    world.clock.move_to(start - timedelta(hours=2) + timedelta(seconds=1))
    world.timer("booking", "expire-requests")
    assert world.one(Visit).status is VisitStatus.EXPIRED
