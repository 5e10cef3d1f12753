"""One Idempotency-Key, one visit; two who want the last place, one of them gets it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from local.sample_people import GUO, SON
from shared.idempotency import KEEP
from shared.models.plumbing import AuditEvent, IdempotencyRecord, Outbox
from shared.models.registers import DeviceEvent, Subscription, Training
from shared.models.tickets import TicketEvent
from shared.models.timetable import SessionTemplate, Slot
from shared.models.visits import Visit
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, book, open_slots, running, tie_of
from tests.integration.test_duty import person
from tests.integration.test_registers import ops
from tests.integration.test_tickets import report
from tests.integration.world import Answer, World

KEY = "b3f1c0de-1"
RIVALS = [f"openid-rival-{number}" for number in range(6)]


def assert_one_visit(world: World, slot: Slot) -> None:
    visit = world.one(Visit)
    assert world.one(Slot, id=slot.id).taken == 1
    requested = world.rows(AuditEvent, subject_id=visit.id, action="visit.requested")
    assert len(requested) == 1
    assert len(world.rows(Outbox, kind="wecom")) == 1


def test_the_same_request_twice(world: World) -> None:
    slot = open_slots(world)[0]
    first, second = book(world, slot, key=KEY), book(world, slot, key=KEY)
    assert (first.status, first.text) == (201, second.text)
    assert second.status == 201
    assert_one_visit(world, slot)


def test_the_same_request_many_times_at_once(world: World) -> None:
    slot = open_slots(world)[0]
    body = {"relationship_id": tie_of(world), "slot_id": slot.id}
    token = world.relative(GUO.openid)

    def send(_number: int) -> Answer:
        headers = {"Idempotency-Key": KEY}
        return world.post("/booking/v1/visits", body, token=token, headers=headers)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {(one.status, one.text) for one in answers} == {(201, answers[0].text)}
    assert_one_visit(world, slot)


def test_without_a_key_the_second_is_another_request(world: World) -> None:
    slot = open_slots(world)[0]
    assert book(world, slot).status == 201
    assert book(world, slot).status == 422


def test_the_same_key_with_another_body(world: World) -> None:
    slots = open_slots(world)
    assert book(world, slots[0], key=KEY).status == 201
    assert_problem(book(world, slots[1], key=KEY), 409, "key_reused")
    assert_one_visit(world, slots[0])


def test_what_an_officer_sends_again_after_no_answer_is_done_once(world: World) -> None:
    """Acts that add to something: no compare-and-set can tell the second one from a new one."""
    running(world)
    visit = world.one(Visit)
    today = world.clock.now()
    day = {"starts_at": today + timedelta(days=3), "ends_at": today + timedelta(days=4)}
    saturdays = {"weekday": 5, "opens_at": "09:00", "closes_at": "12:00"}
    quota = {"channel": "remote", "at": world.clock.now().isoformat(), "more": 1}
    acts: dict[str, dict[str, Any]] = {
        f"/approve/v1/visits/{visit.id}/extend": {"minutes": 5, "reason": "多说几句"},
        f"/approve/v1/residents/{visit.resident_id}/quota": quota | {"reason": "家中有变故"},
        "/ops/v1/problems": {"kind": "defect", "title": "没有声音", "text": "值守页没有声音"},
        f"/approve/v1/visits/{visit.id}/warn": {"text": "请坐回镜头前", "reason": "离开画面"},
        "/approve/v1/timetable/blocks": {name: at.isoformat() for name, at in day.items()}
        | {"reason": "检修"},
        "/approve/v1/session-templates": saturdays | {"valid_from": f"{today:%Y-%m-%d}"},
    }
    templates = len(world.rows(SessionTemplate))
    _send_each_twice(world, "sun", acts)
    assert len(world.rows(SessionTemplate)) == templates + 1
    extended = world.one(Visit).extended_to
    assert extended is not None
    assert extended - visit.ends_at == timedelta(minutes=5)
    done = ("visit.extended", "visit.warned", "quota.adjusted", "ticket.opened")
    for action in (*done, "timetable.blocked"):
        assert len(world.rows(AuditEvent, action=action)) == 1, action


def test_what_the_operations_send_again_after_no_answer_is_done_once(world: World) -> None:
    ticket = report(world, "incident")
    bought = {"kind": "sms", "name": "短信套餐", "owner": "运维单位", "fee": "99"}
    dates = {"starts_on": "2026-01-01", "expires_on": "2027-01-01"}
    course = {"topic": "值守页操作", "place": "会见中心", "planned_on": "2026-12-31"}
    device = ops(world, "devices", {"kind": "pc", "name": "主机"})["id"]
    training = ops(world, "trainings", course)["id"]
    starts_at = world.clock.now() + timedelta(hours=1)
    shift = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=8)}
    acts: dict[str, dict[str, Any]] = {
        f"/ops/v1/tickets/{ticket}/comment": {"text": "已联系现场"},
        f"/ops/v1/tickets/{ticket}/acknowledge": {},
        f"/ops/v1/devices/{device}/status": {"status": "broken", "note": "不能开机"},
        "/ops/v1/devices": {"kind": "network", "name": "交换机"},
        "/ops/v1/subscriptions": bought | dates,
        "/ops/v1/trainings": course,
        f"/ops/v1/trainings/{training}": {"people": 8, "record": "全员参加"},
        "/ops/v1/duty/shifts": {name: at.isoformat() for name, at in shift.items()}
        | {"level": 0, "officer_id": person(world, "he")},
        "/ops/v1/duty/hand-over": {"level": 2, "to_officer_id": person(world, "li")}
        | {"ends_at": shift["ends_at"].isoformat(), "note": "二号会见位待修"},
    }
    before = len(world.rows(AuditEvent))
    _send_each_twice(world, "li", acts)
    assert len(world.rows(AuditEvent)) - before == len(acts)
    said = [one.kind for one in world.rows(TicketEvent, ticket_id=ticket)]
    assert [said.count(kind) for kind in ("comment", "acknowledged", "hand_over")] == [1, 1, 1]
    assert len(world.rows(DeviceEvent, device_id=device)) == 2
    assert (len(world.rows(Subscription)), len(world.rows(Training))) == (1, 2)


def _send_each_twice(world: World, who: str, acts: dict[str, dict[str, Any]]) -> None:
    for number, (path, body) in enumerate(acts.items()):
        key = {"Idempotency-Key": f"{KEY}-{number}"}
        token = world.officer(who)
        first, again = (world.post(path, body, token=token, headers=key) for _ in range(2))
        assert first.status < 300, f"{path}: {first.text}"
        assert again.status == first.status, f"{path}: {again.text}"
        assert again.json.get("id") == first.json.get("id"), path


def test_a_key_is_its_owner_s_own(world: World) -> None:
    slots = open_slots(world)
    add_checked_relative(world, RIVALS[0], "陈静", SON.number)
    mine, theirs = book(world, slots[0], key=KEY), book(world, slots[1], openid=RIVALS[0], key=KEY)
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]


def test_a_refusal_is_not_kept(world: World) -> None:
    """What stood in the way may be gone when the same request comes again."""
    slot = open_slots(world)[0]
    slot.blocked = True
    world.add(slot)
    assert_problem(book(world, slot, key=KEY), 422, "slot_blocked")
    assert world.rows(IdempotencyRecord) == []
    slot.blocked = False
    world.add(slot)
    assert book(world, slot, key=KEY).status == 201


def test_the_answer_is_kept_for_a_day(world: World) -> None:
    slot = open_slots(world)[0]
    first = book(world, slot, key=KEY)
    world.clock.forward(seconds=KEEP.total_seconds() - 60)
    assert book(world, slot, key=KEY).text == first.text
    assert world.one(IdempotencyRecord).expires_at - world.clock.now() <= timedelta(days=1)


@pytest.mark.parametrize("key", ["x" * 65, "x" * 1000])
def test_too_long_a_key(world: World, key: str) -> None:
    assert_problem(book(world, open_slots(world)[0], key=key), 422, "field_invalid")
    assert world.rows(Visit) == []


def test_one_of_many_gets_the_last_place(world: World) -> None:
    """Relatives of one resident and of another, all at once."""
    slot = open_slots(world)[0]
    for openid in RIVALS:
        add_checked_relative(world, openid, "陈静", SON.number)
    everybody = [GUO.openid, *RIVALS]
    ties = {openid: tie_of(world, openid) for openid in everybody}
    tokens = {openid: world.relative(openid) for openid in everybody}

    def send(openid: str) -> Answer:
        body = {"relationship_id": ties[openid], "slot_id": slot.id}
        return world.post("/booking/v1/visits", body, token=tokens[openid])

    with ThreadPoolExecutor(len(everybody)) as pool:
        answers = list(pool.map(send, everybody))
    assert sorted(one.status for one in answers) == [201, *[422] * len(RIVALS)]
    assert all("slot_full" in one.codes for one in answers if one.status == 422)
    assert_one_visit(world, slot)


def test_one_resident_has_one_visit_a_week_however_many_ask_at_once(world: World) -> None:
    """Several slots are free, so nothing but the resident's own row keeps them apart."""
    slots = open_slots(world, closes="18:00")
    for openid in RIVALS:
        add_checked_relative(world, openid, "陈静", SON.number)
    ties = {openid: tie_of(world, openid) for openid in RIVALS}
    tokens = {openid: world.relative(openid) for openid in RIVALS}

    def send(number: int) -> int:
        openid = RIVALS[number]
        body = {"relationship_id": ties[openid], "slot_id": slots[number].id}
        return world.post("/booking/v1/visits", body, token=tokens[openid]).status

    with ThreadPoolExecutor(len(RIVALS)) as pool:
        answers = sorted(pool.map(send, range(len(RIVALS))))
    assert answers == [201, *[422] * (len(RIVALS) - 1)]


def test_two_officers_at_once(world: World) -> None:
    visit_id = book(world, open_slots(world)[0]).json["id"]
    tokens = [world.officer("wang"), world.officer("zhao")] * 3
    path = f"/approve/v1/visits/{visit_id}/approve"
    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(lambda token: world.post(path, token=token).status, tokens))
    assert answers == [200, *[409] * 5]
    assert len(world.rows(AuditEvent, subject_id=visit_id, action="visit.approved")) == 1
