"""Registers: a broken device takes its terminal out of booking; subscriptions warn once each; machines report signed."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from functions.ops_ticket.registers import watch_registers
from functions.ops_ticket.registers.watch_registers import watch_subscriptions
from shared.clients.deliveries import signed_headers
from shared.clock import in_shanghai
from shared.connect_system import connect_system
from shared.models.places import Device, Site, Terminal, TerminalStatus
from shared.models.plumbing import Outbox
from shared.models.registers import AntivirusMachine, DeviceEvent, Subscription
from shared.models.systems import ConnectedSystem, SystemKind
from shared.models.tickets import Ticket
from shared.models.timetable import Slot
from shared.rules.subscriptions import used_up_on
from tests.integration.problems import assert_problem
from tests.integration.steps import open_slots
from tests.integration.world import Answer, World


def ops(world: World, path: str, body: dict[str, Any], who: str = "qian") -> Any:
    answer = world.post(f"/ops/v1/{path}", body, token=world.officer(who))
    assert answer.status in (200, 201), answer.text
    return answer.json


def test_a_broken_device_takes_its_terminal_out_of_booking_and_back(world: World) -> None:
    slot = open_slots(world)[0]
    terminal = world.one(Terminal, status=TerminalStatus.WORKING)
    camera = {
        "kind": "camera",
        "name": "摄像头",
        "serial_number": "SN-1",
        "terminal_id": terminal.id,
    }
    device = ops(world, "devices", camera)
    again = world.post("/ops/v1/devices", camera, token=world.officer("qian"))
    assert_problem(again, 409, "device_exists")

    def places() -> int:
        return world.one(Slot, id=slot.id).capacity

    before = places()
    for status, expected in (("broken", before - 1), ("broken", before - 1), ("working", before)):
        ops(world, f"devices/{device['id']}/status", {"status": status, "note": "镜头碎裂"})
        assert places() == expected
    shown = world.get(f"/ops/v1/devices/{device['id']}", token=world.officer("sun")).json
    assert [one["kind"] for one in shown["history"]] == [
        "repaired",
        "broken",
        "broken",
        "registered",
    ]
    assert len(world.rows(DeviceEvent)) == 4
    refused = world.post(
        f"/ops/v1/devices/{device['id']}/status",
        {"status": "broken", "note": "甲方"},
        token=world.officer("sun"),
    )
    assert_problem(refused, 403, "not_allowed")


def subscription(world: World, days: int, **more: Any) -> dict[str, Any]:
    today = in_shanghai(world.clock.now()).date()
    body = {
        "kind": "sms", "name": "短信套餐", "owner": "运维单位", "fee": "1200.50", "starts_on": str(today - timedelta(days=300)),
        "expires_on": str(today + timedelta(days=days)), "unit": "条", "quota": 1000,
    }  # fmt: skip
    return {**body, **more}


def test_a_subscription_warns_once_a_threshold_and_anew_after_a_renewal(world: World) -> None:
    made = ops(world, "subscriptions", subscription(world, 62))
    opened = []
    for _ in range(64):
        watch_subscriptions()
        watch_subscriptions()
        opened.append(len(world.rows(Ticket)))
        world.clock.forward(days=1)
    steps = [one.source_key.rpartition(":")[2] for one in world.rows(Ticket) if one.source_key]
    assert sorted(map(int, steps)) == [1, 3, 7, 15, 30, 60]
    assert opened[:3] == [0, 0, 1]
    path = f"subscriptions/{made['id']}"
    ops(world, path, subscription(world, 365))
    assert watch_subscriptions() == 0
    ops(world, path, subscription(world, 30))
    assert (watch_subscriptions(), watch_subscriptions()) == (1, 0)


def test_use_and_forecast_warn_before_the_quota_is_gone(world: World) -> None:
    made = ops(world, "subscriptions", subscription(world, 200))
    for used in (100, 120, 140):
        shown = ops(
            world, f"subscriptions/{made['id']}/reading", {"used": used, "balance": "88.00"}
        )
        world.clock.forward(days=1)
    today = in_shanghai(world.clock.now()).date()
    assert (shown["fee"], shown["balance"], shown["used_up_on"]) == (
        120050,
        8800,
        str(today + timedelta(days=42)),
    )
    assert watch_subscriptions() == 0
    for used in (720, 960):
        ops(world, f"subscriptions/{made['id']}/reading", {"used": used})
        watch_subscriptions()
        world.clock.forward(days=1)
    keys = [one.source_key.rpartition(":")[2] for one in world.rows(Ticket) if one.source_key]
    assert keys == ["70", "95"]


def test_an_account_warns_before_it_is_empty_and_anew_after_money_came_in(world: World) -> None:
    made = ops(world, "subscriptions", subscription(world, 300))
    path = f"subscriptions/{made['id']}/reading"

    def spend(balance: int, days: int, a_day: int) -> list[str]:
        """The thresholds that were told of meanwhile."""
        before = len(world.rows(Ticket))
        for _ in range(days):
            ops(world, path, {"balance": f"{balance}.00"})
            shown = ops(world, path, {"used": 10})  # the other half of a reading takes nothing away
            assert (shown["balance"], shown["used"]) == (balance * 100, 10)
            for _run in range(2):
                watch_subscriptions()
            world.clock.forward(days=1)
            balance -= a_day
        told = world.rows(Ticket)[before:]
        assert {one.title for one in told} <= {"云账户余额不足"}
        return [str(one.source_key).rpartition(":")[2] for one in told]

    assert spend(3000, 70, 40) == ["15", "7"]
    assert spend(800, 21, 40) == ["15", "7", "3", "1", "0"]  # paid, and warned anew


def test_one_row_that_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ops(world, "subscriptions", subscription(world, 1))
    ops(world, "subscriptions", subscription(world, 1))
    ops(world, "trainings", {"topic": "操作", "place": "会见室", "planned_on": "2026-12-02"})
    whole = watch_registers._expiry

    def expiry(session: Any, one: Subscription, today: date) -> bool:
        if one.id == bad["id"]:
            raise KeyError(one.id)
        return whole(session, one, today)

    monkeypatch.setattr(watch_registers, "_expiry", expiry)
    with pytest.raises(KeyError):
        world.timer("ops_ticket", "watch-registers")
    assert len(world.rows(Ticket)) == 1
    assert any("培训提醒" in row.body for row in world.rows(Outbox, kind="wecom"))


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([], None),
        ([0, 10, 20], date(2026, 1, 11)),
        ([20, 10, 0], None),
        ([50, 50], None),
        ([90, 110], date(2026, 1, 2)),
    ],
)
def test_a_straight_line_meets_the_quota(readings: list[float], expected: date | None) -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), value) for n, value in enumerate(readings)]
    assert (used_up_on(days, 100) if days else None) == expected


def say(world: World, system: ConnectedSystem, *machines: dict[str, Any]) -> Answer:
    raw = json.dumps({"machines": machines}).encode()
    headers = signed_headers(
        method="POST", target="/ops/v1/antivirus", body=raw, system_id=system.id, key=system.key
    )
    return world.call("POST", "/ops/v1/antivirus", raw=raw, headers=headers)


def test_an_infected_or_silent_machine_opens_a_ticket_each_time(world: World) -> None:
    name = world.one(Site).name
    system = connect_system(
        site=name,
        kind=SystemKind.ANTIVIRUS,
        name="防病毒",
        push_url=None,
        pull_url=None,
        algorithm="HMAC-SM3",
    )
    assert system is not None
    well = {"machine": "PC-01", "state": "protected", "threats": 0, "definitions_on": "2026-12-01"}
    ill = {**well, "state": "infected", "threats": 2}
    tickets = [say(world, system, one).json["tickets"] for one in (well, ill, ill, well)]
    world.clock.forward(minutes=5)
    tickets.append(say(world, system, ill).json["tickets"])
    assert tickets == [0, 1, 0, 0, 1]
    world.clock.forward(hours=25)
    for _ in range(2):
        world.timer("ops_ticket", "watch-registers")
    assert (
        sorted(one.title for one in world.rows(Ticket))[-1] == "病毒防护异常：机器失联超过 24 小时"
    )
    assert (len(world.rows(Ticket)), len(world.rows(AntivirusMachine))) == (3, 1)
    raw = b'{"machines": []}'
    assert world.call("POST", "/ops/v1/antivirus", raw=raw, headers={}).status == 401


def test_training_is_planned_reminded_and_recorded(world: World) -> None:
    planned = str(in_shanghai(world.clock.now()).date() + timedelta(days=5))
    made = ops(
        world, "trainings", {"topic": "值守页操作", "place": "会见中心", "planned_on": planned}
    )
    for _ in range(4):
        world.timer("ops_ticket", "watch-registers")
        world.clock.forward(days=1)
    told = [row for row in world.rows(Outbox, kind="wecom") if "培训提醒" in row.body]
    assert len(told) == 1
    done = ops(world, f"trainings/{made['id']}", {"people": 12, "record": "演示并练习，全部通过"})
    assert (done["people"], done["done_at"] is not None) == (12, True)
    days = world.get("/ops/v1/person-days", token=world.officer("sun")).json
    assert (days["allowed"], days["used"]) == (30.0, 0.0)
    assert len(world.rows(Device)) == 0
