"""A family phone from the request to the phone system and to its end; nobody is forgotten who must be told."""

from datetime import timedelta

import pytest

from local.sample_people import BROTHER, GUO, LIN, made_up_id_number
from shared.models.officers import Officer, OfficerWard
from shared.models.people import Relationship, Relative, Resident, ResidentStatus
from shared.models.phones import FamilyPhone, FamilyPhoneStatus, PhoneCheck, PhoneCheckJob
from shared.models.places import Ward
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.tickets import Ticket
from tests.integration.officers.test_queue import decide as decide_in_queue
from tests.integration.officers.test_queue import queue
from tests.integration.phones.phone_system import PhoneSystem
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, tie_of
from tests.integration.world import Answer, World

MINE, DESK = "/phone/v1/family-phones", "/phone/v1/desk/family-phones"
SECOND = "13900000022"  # another number of GUO's
AUNT = {"owner_name": "郭素英", "owner_id_number": made_up_id_number("19550505", 122)}
AUNTS = "13900000033"
FAULT = "faceid.PhoneVerification"


def owns(world: World, number: str, name: str = GUO.name, id_number: str = GUO.id_number) -> None:
    person = {"name": name, "id_number": id_number, "phone": number}
    world.emulator.ask("/local/people", person)


def ask(world: World, number: str, openid: str = GUO.openid, **more: object) -> Answer:
    body = {"relationship_id": tie_of(world, openid), "number": number, "kinship": "兄弟", **more}
    return world.post(MINE, body, token=world.relative(openid))


def asked(world: World, number: str = SECOND) -> str:
    owns(world, number)
    answer = ask(world, number)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def decide(world: World, phone_id: str, what: str, officer: str = "zhao", **body: str) -> Answer:
    return world.post(f"{DESK}/{phone_id}/{what}", body, token=world.officer(officer))


def approved(world: World, number: str = SECOND) -> str:
    phone_id = asked(world, number)
    assert decide(world, phone_id, "approve").status == 200
    return phone_id


def deliver(world: World) -> None:
    world.timer("phone_realname", "deliver-phones")


def status(world: World, phone_id: str) -> FamilyPhoneStatus:
    return world.one(FamilyPhone, id=phone_id).status


def told(world: World, openid: str = GUO.openid) -> str:
    world.deliver_messages()
    return str([one["body"] for one in world.emulator.sent("wechat", openid)])


def test_from_the_request_to_the_phone_system(world: World, phone_system: PhoneSystem) -> None:
    phone_id = asked(world)
    deliver(world)
    assert phone_system.got == 0, "nothing is told before an officer said yes"
    seen = world.get(DESK, token=world.officer("zhao")).json["phones"]
    assert [(one["number"], one["owner_name"], one["check"]) for one in seen] == [
        (SECOND, GUO.name, "match")
    ]
    assert decide(world, phone_id, "approve").json["status"] == "approved"
    deliver(world)
    assert phone_system.allowed == {SECOND}
    item = phone_system.versions[phone_id]
    assert item["resident_number"] == BROTHER.number
    fed = phone_system.fetch("/phone/v1/feed", after="0").json
    assert fed["phones"] == [item]
    assert phone_system.fetch("/phone/v1/feed", after=str(fed["next"])).json["phones"] == []
    csv = world.get(f"{DESK}.csv", token=world.officer("sun"))
    assert csv.text.startswith("\ufeff编号,")
    assert f"{BROTHER.number},{SECOND},是" in csv.text
    assert "审核通过" in told(world)
    assert SECOND not in told(world)
    mine = world.get(MINE, token=world.relative(GUO.openid)).json["phones"]
    assert [(one["number_tail"], one["status"], one["own"]) for one in mine] == [
        (SECOND[-4:], "approved", True)
    ]


def test_the_own_checked_number_is_not_paid_for_twice(world: World) -> None:
    assert ask(world, GUO.phone).json["check"] == "match"
    assert world.rows(PhoneCheck) == []


def test_another_owner_agrees_and_learns_nothing_about_others(world: World) -> None:
    owns(world, AUNTS, AUNT["owner_name"], AUNT["owner_id_number"])
    assert_problem(ask(world, AUNTS, **AUNT), 422, "owner_consent_missing")
    assert_problem(ask(world, AUNTS, owner_name="郭素英"), 422, "owner_consent_missing")
    answer = ask(world, AUNTS, **AUNT, owner_consents=True).json
    assert (answer["check"], answer["own"]) == ("match", False)
    assert AUNT["owner_name"] not in str(answer)
    wrong = {**AUNT, "owner_id_number": made_up_id_number("19550506", 122)}
    for number in ("13900000044", "13900000045"):
        owns(world, number, AUNT["owner_name"], AUNT["owner_id_number"])
    # Whatever differs, the answer is the same: it must not tell whose number it is.
    answers = [
        ask(world, "13900000044", **wrong, owner_consents=True).json,
        ask(world, "13900000045", **{**AUNT, "owner_name": "郭素娟"}, owner_consents=True).json,
    ]
    assert {one["status"] for one in answers} == {"rejected"}
    assert len({one["reason"] for one in answers}) == 1
    refused = world.one(FamilyPhone, id=answers[0]["id"])
    assert (refused.owner_name, refused.owner_id_number) == (None, None)


def test_bad_requests_name_their_reason(world: World) -> None:
    assert_problem(ask(world, "010-12345678"), 422, "number_invalid")
    asked(world)
    assert_problem(ask(world, SECOND), 409, "family_phone_exists")
    zhou(world)
    foreign = {"relationship_id": tie_of(world), "number": SECOND, "kinship": "兄弟"}
    assert world.post(MINE, foreign, token=world.relative("openid-zhou")).status == 404


def zhou(world: World) -> None:
    """Another relative of the same resident."""
    add_checked_relative(world, "openid-zhou", "周敏", BROTHER.number)
    made = world.rows(Relative)[-1]
    made.id_number = made_up_id_number("19700101", 188)
    world.add(made)


def test_who_guesses_numbers_learns_of_no_other_relatives(
    world: World, phone_system: PhoneSystem
) -> None:
    phone_id = approved(world)
    owns(world, AUNTS)
    zhou(world)
    taken, free = (ask(world, number, "openid-zhou").json for number in (SECOND, AUNTS))
    own = ("id", "number_tail", "created_at", "changed_at")
    assert {**taken, **dict.fromkeys(own)} == {**free, **dict.fromkeys(own)}
    assert taken["status"] == "rejected"
    # Who knows the owner and has the consent waits for an officer, who sees the two, and asks again when one is gone.
    owner = {"owner_name": GUO.name, "owner_id_number": GUO.id_number, "owner_consents": True}
    again = ask(world, SECOND, "openid-zhou", **owner).json
    assert (again["id"], again["status"], again["check"]) == (taken["id"], "pending", "match")
    assert_problem(ask(world, SECOND, "openid-zhou", **owner), 409, "family_phone_exists")
    assert_problem(decide(world, again["id"], "approve"), 422, "family_phone_taken")
    assert decide(world, again["id"], "reject", reason="不需要再次登记").status == 200
    assert decide(world, phone_id, "block", reason="家属要求停用").status == 200
    world.clock.forward(hours=24)  # a number is checked a few times a day
    last = ask(world, SECOND, "openid-zhou", **owner).json
    assert "id" in last, last
    assert decide(world, last["id"], "approve").status == 200
    deliver(world)
    assert phone_system.allowed == {SECOND}


def test_what_no_machine_could_check_needs_an_officers_own_eyes(world: World) -> None:
    answer = ask(world, SECOND).json  # no record at the operator
    assert (answer["status"], answer["check"]) == ("pending", "not_checked")
    assert_problem(decide(world, answer["id"], "approve"), 422, "family_phone_not_checked")
    done = decide(world, answer["id"], "approve", basis="已核对身份证与营业厅回执原件")
    assert done.json["status"] == "approved"
    event = next(one for one in world.rows(AuditEvent) if one.action == "family_phone.approved")
    assert (event.reason, event.details["check"]) == ("已核对身份证与营业厅回执原件", "not_checked")


def test_it_waits_in_the_queue_like_anything_else(world: World) -> None:
    checked, by_hand = asked(world), ask(world, AUNTS).json["id"]
    items = {one["id"]: one for one in queue(world) if one["kind"] == "family_phone"}
    assert {key: one["needs_basis"] for key, one in items.items()} == {
        checked: False,
        by_hand: True,
    }
    assert SECOND not in str(items), "the number stands on the card, whose reading is on record"
    card = world.get(f"/approve/v1/queue/family_phone/{checked}", token=world.officer("wang"))
    assert card.json["phone"]["number"] == SECOND
    read = world.rows(AuditEvent, action="family_phones.read", subject_id=checked)
    assert len(read) == 1
    without = decide_in_queue(world, "wang", "family_phone", by_hand, approve=True)
    assert_problem(without, 422, "family_phone_not_checked")
    done = decide_in_queue(world, "wang", "family_phone", checked, approve=True)
    assert done.json == {"status": "approved"}
    refused = decide_in_queue(
        world, "wang", "family_phone", by_hand, approve=False, reason="机主不一致"
    )
    assert refused.json == {"status": "rejected"}
    assert_problem(decide(world, by_hand, "approve"), 409, "changed_meanwhile")


def test_what_nobody_decides_is_refused_and_asked_for_again(world: World) -> None:
    phone_id = asked(world)
    world.clock.forward(days=7, seconds=1)
    for _ in range(2):
        world.timer("phone_realname", "refuse-undecided-phones")
    assert status(world, phone_id) is FamilyPhoneStatus.REJECTED
    assert "未能及时审核" in (world.one(FamilyPhone, id=phone_id).reason or "")
    assert len(world.rows(AuditEvent, action="family_phone.rejected")) == 1
    assert asked(world) == phone_id
    world.timer("phone_realname", "refuse-undecided-phones")
    assert status(world, phone_id) is FamilyPhoneStatus.PENDING


def test_a_phone_asked_for_while_the_provider_is_down_is_checked_later(world: World) -> None:
    owns(world, SECOND)
    world.emulator.fail(FAULT, "http500")
    answer = ask(world, SECOND).json
    assert (answer["status"], answer["check"]) == ("pending", None)
    assert "自动继续" in answer["hint"]
    world.clock.forward(seconds=61)
    world.timer("phone_realname", "run-phone-checks")
    assert "等待民警审核" in told(world)
    assert decide(world, answer["id"], "approve").status == 200


def test_approved_by_hand_and_then_found_to_be_anothers_is_blocked(
    world: World, phone_system: PhoneSystem
) -> None:
    owns(world, SECOND, LIN.name, LIN.id_number)
    world.emulator.fail(FAULT, "http500")
    phone_id = ask(world, SECOND).json["id"]
    assert decide(world, phone_id, "approve", basis="已核对证件原件").status == 200
    world.clock.forward(seconds=61)
    world.timer("phone_realname", "run-phone-checks")
    deliver(world)
    assert status(world, phone_id) is FamilyPhoneStatus.BLOCKED
    assert phone_system.allowed == set()


def test_a_number_whose_owner_changed_is_blocked_and_all_are_told(
    world: World, phone_system: PhoneSystem
) -> None:
    phone_id = approved(world)
    deliver(world)
    owns(world, SECOND, LIN.name, LIN.id_number)
    world.clock.forward(days=89)
    world.timer("phone_realname", "recheck-phones")
    assert len(world.rows(PhoneCheckJob)) == 1, "not due yet"
    world.clock.forward(days=1, minutes=1)
    for _ in range(2):
        world.timer("phone_realname", "recheck-phones")
        world.timer("phone_realname", "run-phone-checks")
    assert len(world.rows(PhoneCheckJob)) == 2
    assert status(world, phone_id) is FamilyPhoneStatus.BLOCKED
    deliver(world)
    assert phone_system.allowed == set()
    assert "已停用" in told(world)
    staff = str([one["body"] for one in world.emulator.sent("wecom")])
    assert "亲情电话已停用" in staff
    assert SECOND not in staff
    mine = world.get(MINE, token=world.relative(GUO.openid)).json["phones"][0]
    assert "实名信息已变更" in mine["reason"]


def test_a_recheck_that_could_not_be_made_blocks_nobody(world: World) -> None:
    phone_id = approved(world)
    world.clock.forward(days=91)
    world.timer("phone_realname", "recheck-phones")
    world.emulator.fail(FAULT, "error", code="-9")
    world.timer("phone_realname", "run-phone-checks")
    assert status(world, phone_id) is FamilyPhoneStatus.APPROVED
    world.timer("phone_realname", "recheck-phones")
    assert len(world.rows(PhoneCheckJob)) == 2, "looked at again in a week, not at once"
    world.clock.forward(days=8)
    world.timer("phone_realname", "recheck-phones")
    world.timer("phone_realname", "run-phone-checks")
    checked = world.one(FamilyPhone, id=phone_id).checked_at
    assert checked is not None
    assert world.clock.now() - checked < timedelta(minutes=1)


def test_withdrawn_consent_deletes_the_number_everywhere(
    world: World, phone_system: PhoneSystem
) -> None:
    phone_id = approved(world)
    deliver(world)
    withdraw = {"purpose": "phone", "confirmed": True}
    token = world.relative(GUO.openid)
    assert world.post("/booking/v1/consents/withdraw", withdraw, token=token).status == 200
    for _ in range(2):  # the review, then its push
        deliver(world)
    phone = world.one(FamilyPhone, id=phone_id)
    assert (phone.status, phone.number) == (FamilyPhoneStatus.BLOCKED, f"erased-{phone_id}")
    assert phone_system.versions[phone_id]["number"] is None
    assert phone_system.allowed == set()


@pytest.mark.parametrize("swept", [False, True])
def test_a_tie_or_resident_that_is_gone_takes_the_phone_along(
    world: World, phone_system: PhoneSystem, swept: bool
) -> None:
    """Told by the change itself, or found by the sweep when nobody told."""
    phone_id = approved(world)
    deliver(world)
    resident_id = world.one(FamilyPhone, id=phone_id).resident_id
    if swept:
        tie = world.one(Relationship, id=tie_of(world))
        tie.expires_at = world.clock.now()
        world.add(tie)
        world.timer("phone_realname", "sweep-phones")
    else:
        path = f"/approve/v1/residents/{resident_id}/status"
        body = {"status": "released", "reason": "期满离所"}
        assert world.post(path, body, token=world.officer("sun")).status == 200
        assert world.one(Resident, id=resident_id).status is ResidentStatus.RELEASED
        deliver(world)
    deliver(world)
    assert status(world, phone_id) is FamilyPhoneStatus.BLOCKED
    assert phone_system.allowed == set()
    assert decide(world, phone_id, "block", reason="再次停用").status == 409


def test_removed_by_the_family_and_asked_for_again(world: World, phone_system: PhoneSystem) -> None:
    phone_id = approved(world)
    deliver(world)
    path = f"{MINE}/{phone_id}/remove"
    assert world.post(path, token=world.sign_in(LIN.openid)).status == 404
    assert world.post(path, token=world.relative(GUO.openid)).json["status"] == "removed"
    assert_problem(world.post(path, token=world.relative(GUO.openid)), 409, "changed_meanwhile")
    deliver(world)
    assert phone_system.allowed == set()
    assert ask(world, SECOND).json["id"] == phone_id
    assert decide(world, phone_id, "approve").status == 200
    deliver(world)
    assert phone_system.allowed == {SECOND}


def test_a_resident_has_so_many_phones_and_no_more(world: World) -> None:
    numbers = [f"1390000012{one}" for one in range(6)]
    for number in numbers[:5]:
        approved(world, number)
    world.clock.forward(hours=24)  # five checks a day
    last = asked(world, numbers[5])
    assert_problem(decide(world, last, "approve"), 422, "family_phones_full")
    assert decide(world, last, "reject", reason="号码已满").json["reason"] == "号码已满"


def test_officers_see_and_decide_only_what_is_theirs(world: World) -> None:
    phone_id = asked(world)
    officer = world.one(Officer, username="zhao")
    other = world.one(Ward, name="一大队")  # the brother is in the second
    world.add(OfficerWard(officer_id=officer.id, ward_id=other.id))
    assert world.get(DESK, token=world.officer("zhao")).json["phones"] == []
    assert decide(world, phone_id, "approve").status == 404
    assert decide(world, phone_id, "approve", officer="qian").status == 403
    assert decide(world, phone_id, "approve", officer="wang").status == 200
    assert decide(world, phone_id, "approve", officer="sun").status == 409


def test_pushes_come_twice_late_or_out_of_order_and_the_end_is_right(
    world: World, phone_system: PhoneSystem
) -> None:
    phone_system.status = 503
    phone_id = approved(world)
    deliver(world)
    assert decide(world, phone_id, "block", reason="违规使用").status == 200
    deliver(world)
    assert phone_system.versions == {}
    phone_system.status = 200
    world.clock.forward(minutes=2)
    deliver(world)
    assert [one["allowed"] for one in phone_system.versions.values()] == [False]
    assert phone_system.got == 3, "what was overtaken is not sent"
    # The same by the cursor, from the beginning, in pages of one.
    phone_system.versions.clear()
    more, after = True, 0
    while more:
        page = phone_system.fetch("/phone/v1/feed", after=str(after), limit="1").json
        phone_system.keep(page["phones"])
        more, after = page["more"], page["next"]
    assert phone_system.allowed == set()


def test_a_phone_system_that_was_away_for_days_still_learns_of_it(
    world: World, phone_system: PhoneSystem
) -> None:
    phone_system.status = 400  # a clear no: given up at once
    approved(world)
    deliver(world)
    push = next(one for one in world.rows(Outbox) if one.kind == "phone_push")
    assert push.state.value == "dead"
    phone_system.status = 200
    world.clock.forward(minutes=30)
    world.timer("phone_realname", "revive-phone-pushes")
    assert "推送失败" in world.one(Ticket).title
    deliver(world)
    assert phone_system.allowed == {SECOND}


NUMBERS = "/phone/v1/numbers"


def listed(number: str, **changes: str) -> dict[str, str]:
    row = {"resident_number": BROTHER.number, "number": number, "kinship": "姑姑", **AUNT}
    return {**row, **changes}


def test_the_phone_systems_own_list_is_checked_like_any_other(
    world: World, phone_system: PhoneSystem
) -> None:
    owns(world, AUNTS, AUNT["owner_name"], AUNT["owner_id_number"])
    owns(world, SECOND, LIN.name, LIN.id_number)
    rows = [
        listed(AUNTS),
        listed(SECOND),
        listed("13900000055"),
        listed("1390000", owner_id_number="1"),
        listed("13900000056", resident_number="20999999"),
    ]
    body = {"delivery_id": "one", "count": 5, "numbers": rows}
    assert_problem(phone_system.send(NUMBERS, {**body, "count": 6}), 422, "delivery_incomplete")
    report = phone_system.send(NUMBERS, body).json
    assert (report["new"], [one["line"] for one in report["problems"]]) == (3, [4, 5])
    wrong = [one["code"] for one in report["problems"][0]["reasons"]]
    assert wrong == ["number_invalid", "id_number_invalid"]
    assert phone_system.send(NUMBERS, body).json["unchanged"] == 3
    world.timer("phone_realname", "run-phone-checks")
    states = {one.number: one.status.value for one in world.rows(FamilyPhone)}
    assert states == {AUNTS: "approved", SECOND: "blocked", "13900000055": "pending"}
    for _ in range(2):
        deliver(world)
    assert phone_system.allowed == {AUNTS}
    assert len(phone_system.versions) == 2
    assert phone_system.send(NUMBERS, body).json["over"] == 1
