"""Asking without learning, suspension with an end, quota with an answer to "when again?"."""

from datetime import timedelta

import requests

from local.sample_people import BROTHER, GUO, SON
from shared.ids import new_id
from shared.models.people import (
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
    UnmatchedRequest,
)
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, IdempotencyRecord
from shared.models.quota import QuotaEntry
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.sealing import blind_index
from tests.integration.problems import assert_problem
from tests.integration.steps import book, booked, open_slots, tie_of
from tests.integration.world import Answer, World


def ask(world: World, number: str, name: str) -> Answer:
    body = {"resident_number": number, "resident_name": name, "kinship": "其他监护人"}
    return world.post("/booking/v1/relationships", body, token=world.relative(GUO.openid))


def test_who_guesses_learns_nothing(world: World) -> None:
    hit, miss = ask(world, SON.number, SON.name), ask(world, "20269999", "张三丰")
    assert hit.status == miss.status == 201
    assert hit.json.keys() == miss.json.keys()
    assert (hit.json["status"], hit.json["reason"]) == (miss.json["status"], miss.json["reason"])
    again = ask(world, SON.number, SON.name), ask(world, "20269999", "张三丰")
    assert [one.codes for one in again] == [["relationship_exists"], ["relationship_exists"]]
    seen = world.get("/booking/v1/relationships", token=world.relative(GUO.openid)).json
    assert {hit.json["id"], miss.json["id"]} <= {one["id"] for one in seen["relationships"]}


def opened_by(world: World, tie_id: str, slot: Slot) -> list[tuple[int, list[str]]]:
    """What every route answers that takes the id of a relationship."""
    token, of = world.relative(GUO.openid), {"relationship_id": tie_id}
    number = {"number": "13800138000", "kinship": "母亲"}
    answers = [
        *(world.get(f"/booking/v1/{what}?relationship_id={tie_id}", token=token) for what in ("slots", "quota")),
        *(
            world.post(f"/booking/v1/{what}", {**of, "slot_id": slot.id}, token=token)
            for what in ("visits", "waiting-list")
        ),
        world.post("/booking/v1/manual-checks", {**of, "purpose": "phone"}, token=token),
        world.post("/phone/v1/family-phones", {**of, **number}, token=token),
    ]  # fmt: skip
    return [(one.status, one.codes) for one in answers]


def test_the_id_of_what_was_asked_for_tells_nothing_wherever_it_is_tried(world: World) -> None:
    slot = open_slots(world)[0]
    hit, miss = ask(world, SON.number, SON.name), ask(world, "20269999", "张三丰")
    ids = [hit.json["id"], miss.json["id"]]
    alike = [(422, ["relationship_not_approved"])] * 6
    assert [opened_by(world, one, slot) for one in ids] == [alike, alike]
    path = f"/approve/v1/relationships/{ids[0]}/reject"
    world.post(path, {"reason": "提交的信息核对不符"}, token=world.officer("wang"))
    world.clock.forward(days=7)
    world.timer("booking", "reject-unmatched")
    assert world.one(UnmatchedRequest).status is RelationshipStatus.REJECTED
    slot = open_slots(world, opens="16:00", closes="17:00")[-1]
    assert [opened_by(world, one, slot) for one in ids] == [alike, alike]
    assert {status for status, _ in opened_by(world, new_id(), slot)} == {404}


def test_of_two_centres_a_guess_tells_neither(world: World) -> None:
    """Who has no confirmed tie belongs to no centre, whatever was asked for."""
    other = Site(name="清江所", rules={})
    world.add(other)
    stranger = Relative(openid="o-guesser", name="贾明", id_number="110101199003070011")
    world.add(stranger)
    token, problem = (
        world.relative("o-guesser"),
        {"kind": "defect", "title": "打不开预约", "text": "点了没反应"},
    )
    body = {"resident_number": SON.number, "resident_name": SON.name, "kinship": "其他监护人"}
    for _ in range(2):
        answer = world.post("/ops/v1/problems", problem, token=token)
        assert_problem(answer, 422, "problem_without_site")
        world.post("/booking/v1/relationships", body, token=token)


def test_what_fits_nobody_is_rejected_later_as_by_an_officer(world: World) -> None:
    world.sign_in(GUO.openid)  # WeChat knows her from then on
    miss = ask(world, "20269999", "张三丰").json["id"]
    world.timer("booking", "reject-unmatched")
    assert world.one(UnmatchedRequest).status is RelationshipStatus.PENDING
    world.clock.forward(days=7)
    world.timer("booking", "reject-unmatched")
    world.timer("booking", "reject-unmatched")
    seen = world.get("/booking/v1/relationships", token=world.relative(GUO.openid)).json
    mine = next(one for one in seen["relationships"] if one["id"] == miss)
    assert mine["status"] == "rejected"
    assert "核对" in mine["reason"]
    world.deliver_messages()
    assert len(world.emulator.sent("wechat", GUO.openid)) == 1


def test_open_and_daily_requests_are_limited(world: World) -> None:
    for number in range(5):
        assert ask(world, f"2026{number:04d}", "张三丰").status == 201
    assert_problem(ask(world, "20268888", "张三丰"), 422, "too_many_requests_open")
    world.clock.forward(days=7)
    world.timer("booking", "reject-unmatched")
    assert ask(world, "20268888", "张三丰").status == 201


def test_an_erasure_begins_no_limit_anew(world: World) -> None:
    for number in range(2):  # and the tie that stands
        assert ask(world, f"2026{number:04d}", "张三丰").status == 201
    for life in range(2):
        erase(world)
        for number in range(2 - 2 * life):
            assert ask(world, f"202{life}{number:04d}", "张三丰").status == 201
        assert_problem(ask(world, "20268888", "张三丰"), 429, "too_many_searches")
    world.clock.forward(hours=24, minutes=1)
    for number in range(5):
        assert ask(world, f"2026{number:04d}", "张三丰").status == 201
    world.timer("ops_ticket", "clean-up")
    assert world.rows(IdempotencyRecord) == []


def erase(world: World) -> None:
    """And registers anew, as far as asking needs it."""
    code = world.emulator.ask("/local/wechat/codes", {"openid": GUO.openid})["code"]
    body = {"code": code, "confirmed": True}
    path = "/booking/v1/privacy/erase"
    assert world.post(path, body, token=world.relative(GUO.openid)).status == 200
    world.sign_in(GUO.openid)
    again = world.one(Relative, openid_index=blind_index(GUO.openid, context="openid"))
    again.name, again.id_number = GUO.name, GUO.id_number
    world.add(again)


def suspend(world: World, days: int) -> Answer:
    until = (world.clock.now() + timedelta(days=days)).isoformat()
    return world.post(
        f"/approve/v1/relationships/{tie_of(world)}/suspend",
        {"until": until, "reason": "会见中出现违规行为"},
        token=world.officer("sun"),
    )


def test_a_suspension_cancels_what_is_ahead_and_ends_by_itself(world: World) -> None:
    visit_id = booked(world)
    assert_problem(suspend(world, -1), 422, "suspension_end")
    assert suspend(world, 30).status == 200
    assert_problem(suspend(world, 30), 409, "changed_meanwhile")
    assert world.one(Visit, id=visit_id).status is VisitStatus.CANCELLED
    slot = open_slots(world, opens="16:00", closes="17:00")[-1]
    assert_problem(book(world, slot), 422, "relationship_not_approved")
    world.clock.forward(days=31)
    world.timer("booking", "end-suspensions")
    tie = world.one(Relationship, id=tie_of(world))
    assert (tie.status, tie.suspended_until) == (RelationshipStatus.APPROVED, None)


def test_a_supervisor_lifts_a_suspension_early(world: World) -> None:
    suspend(world, 30)
    lifted = world.post(
        f"/approve/v1/relationships/{tie_of(world)}/lift",
        {"reason": "申诉成立"},
        token=world.officer("sun"),
    )
    assert lifted.json["status"] == "approved"
    assert book(world, open_slots(world)[0]).status == 201


def test_the_quota_says_when_again_and_an_officer_can_add_one(world: World) -> None:
    slots = open_slots(world)
    assert book(world, slots[0]).status == 201
    second = book(world, slots[1])
    assert_problem(second, 422, "week_used_up")
    assert "12月7日" in second.json["errors"][0]["text"]
    resident = world.one(Resident, id=world.one(Visit).resident_id)
    more = {
        "channel": "remote",
        "at": slots[1].starts_at.isoformat(),
        "more": 1,
        "reason": "家属远道而来",
    }
    path = f"/approve/v1/residents/{resident.id}/quota"
    assert world.post(path, more, token=world.officer("wang")).status == 403
    assert world.post(path, more, token=world.officer("sun")).status == 201
    assert book(world, slots[1]).status == 201
    assert sum(one.amount for one in world.rows(QuotaEntry)) == 1


def test_a_cancelled_visit_gives_its_quota_back(world: World) -> None:
    visit_id = booked(world)
    path = f"/booking/v1/quota?relationship_id={tie_of(world)}"
    world.post(f"/booking/v1/visits/{visit_id}/cancel", token=world.relative(GUO.openid))
    rules = world.get(path, token=world.relative(GUO.openid)).json["rules"]
    assert all(one["used"] == 0 for one in rules)


def test_one_of_three_a_month_counts_all_channels_together(world: World) -> None:
    from shared import quota
    from shared.actors import SYSTEM
    from shared.database import in_transaction
    from shared.ids import new_id
    from shared.models.places import Site
    from shared.rules.quota import Channel

    slot = open_slots(world)[0]
    tie = world.one(Relationship, id=tie_of(world))

    @in_transaction
    def count_an_onsite_visit(session):  # type: ignore[no-untyped-def]
        session.get_one(Site, tie.site_id).rules = {
            "quota": [{"channels": ["remote", "onsite", "phone"], "per": "month", "count": 1}]
        }
        quota.use(
            session,
            SYSTEM,
            quota.Contact(tie.site_id, tie.resident_id, Channel.ONSITE, slot.starts_at, new_id()),
        )

    count_an_onsite_visit()
    assert_problem(book(world, slot), 422, "month_used_up")


def test_restricting_a_resident_cancels_and_tells_without_saying_why(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = booked(world)
    resident_id = world.one(Visit, id=visit_id).resident_id
    body = {"status": "restricted", "reason": "保护性约束"}
    path = f"/approve/v1/residents/{resident_id}/status"
    assert world.post(path, body, token=world.officer("sun")).status == 200
    assert_problem(world.post(path, body, token=world.officer("sun")), 409, "changed_meanwhile")
    seen = world.get(f"/booking/v1/visits/{visit_id}", token=world.relative(GUO.openid)).json
    assert seen["status"] == "cancelled"
    assert "约束" not in seen["reason"]
    world.deliver_messages()
    assert "会见已取消" in str(world.emulator.sent("wechat", GUO.openid)[-1])
    slot = open_slots(world, opens="16:00", closes="17:00")[-1]
    assert_problem(book(world, slot), 422, "resident_not_open")


def tie_path(world: World, what: str) -> str:
    return f"/approve/v1/relationships/{tie_of(world)}/{what}"


def set_expiry(world: World, days: float | None) -> Answer:
    at = None if days is None else (world.clock.now() + timedelta(days=days)).isoformat()
    body = {"expires_at": at, "reason": "监护关系按判决到期"}
    return world.post(tie_path(world, "expiry"), body, token=world.officer("wang"))


def test_an_officer_sets_when_a_relationship_ends(world: World) -> None:
    visit_id = booked(world)
    path = f"/booking/v1/visits/{visit_id}"
    assert_problem(set_expiry(world, -1), 422, "expiry_past")
    assert set_expiry(world, 30).status == 200
    token = world.relative(GUO.openid)
    assert world.get(path, token=token).json["changes"] == []
    assert set_expiry(world, 2).status == 200
    assert len(world.get(path, token=token).json["changes"]) == 1, "the visit is after that day"
    slots = open_slots(world, opens="16:00", closes="17:00")
    assert "relationship_not_approved" in book(world, slots[-1]).codes
    assert set_expiry(world, None).status == 200
    assert world.get(path, token=token).json["changes"] == []


def test_an_expired_relationship_ends_by_its_time_stamp_and_can_be_asked_for_again(
    world: World,
) -> None:
    world.sign_in(GUO.openid)
    booked(world)
    set_expiry(world, 1)
    world.clock.forward(days=1)
    for _ in range(2):
        world.timer("booking", "end-suspensions")
    token = world.relative(GUO.openid)
    tie = world.get("/booking/v1/relationships", token=token).json["relationships"][0]
    assert tie["status"] == "rejected"
    assert "重新提交" in tie["reason"]
    step = world.get("/booking/v1/registration", token=token).json["steps"][-1]
    assert (step["name"], step["state"]) == ("relationship", "refused")
    again = ask(world, BROTHER.number, BROTHER.name)
    assert (again.status, again.json["id"]) == (201, tie["id"])
    world.post(tie_path(world, "approve"), token=world.officer("wang"))
    visit = world.get(f"/booking/v1/visits/{world.one(Visit).id}", token=token).json
    assert visit["changes"] == []
    world.deliver_messages()
    assert str(world.emulator.sent("wechat", GUO.openid)).count("关系已到期") == 1


def test_asking_again_after_a_rejection_tells_nothing_either(world: World) -> None:
    answers = []
    for number, name in ((SON.number, SON.name), ("20269999", "张三丰")):
        first = ask(world, number, name)
        answers.append(first.json["id"])
    hit, miss = answers
    path = f"/approve/v1/relationships/{hit}/reject"
    world.post(path, {"reason": "提交的信息核对不符"}, token=world.officer("wang"))
    world.clock.forward(days=7)
    world.timer("booking", "reject-unmatched")
    again = ask(world, SON.number, SON.name), ask(world, "20269999", "张三丰")
    assert [one.status for one in again] == [201, 201]
    assert [one.json["id"] for one in again] == [hit, miss]
    assert [one.json["status"] for one in again] == ["pending", "pending"]
    assert again[0].json.keys() == again[1].json.keys()


def test_proofs_are_the_askers_own_and_looking_at_them_is_on_record(world: World) -> None:
    token = world.relative(GUO.openid)
    asked = {"purpose": "proof", "content_type": "image/jpeg"}
    place = world.post("/booking/v1/uploads", asked, token=token).json
    world.upload(place, b"\xff\xd8\xff a page of the household register")
    body = {"resident_number": SON.number, "resident_name": SON.name, "kinship": "其他监护人"}
    foreign = {**body, "proof_keys": [f"proofs/{new_id()}/{new_id()}.jpg"]}
    refused = world.post("/booking/v1/relationships", foreign, token=token)
    assert_problem(refused, 422, "photo_missing")
    mine = {**body, "proof_keys": [place["key"]]}
    tie = world.post("/booking/v1/relationships", mine, token=token).json
    path = f"/approve/v1/relationships/{tie['id']}/proofs"
    (picture,) = world.get(path, token=world.officer("wang")).json["pictures"]
    assert requests.get(picture["url"], timeout=30).content.startswith(b"\xff\xd8\xff")
    read = world.one(AuditEvent, action="proofs.read")
    assert (read.subject_id, read.details) == (tie["id"], {"count": 1})


def test_a_quota_rule_for_a_treatment_level_binds_only_that_level(world: World) -> None:
    slots = open_slots(world)
    strict = {"channels": ["remote"], "per": "month", "count": 0, "levels": [1]}
    mild = {"channels": ["remote"], "per": "week", "count": 2, "levels": [2]}
    rules = {"version": 0, "quota": [strict, mild], "reason": "分级处遇"}
    changed = world.post("/approve/v1/site-rules", rules, token=world.officer("sun"))
    assert changed.status == 200, changed.text
    assert_problem(book(world, slots[0]), 422, "month_used_up")
    tie = world.one(Relationship, id=tie_of(world))
    resident = world.one(Resident, id=tie.resident_id)
    resident.treatment_level = 2
    world.add(resident)
    assert [book(world, one).status for one in slots[:3]] == [201, 201, 422]
    quota = f"/booking/v1/quota?relationship_id={tie.id}"
    (shown,) = world.get(quota, token=world.relative(GUO.openid)).json["rules"]
    assert shown["text"] == "远程会见：本周可用 2 次"


def test_the_end_of_a_suspension_gives_no_visit_back_beyond_the_last_day(world: World) -> None:
    """An officer may let the visit stand through the suspension; the tie's own last day is before it."""
    visit_id = booked(world)
    path = f"/booking/v1/visits/{visit_id}"
    assert set_expiry(world, 2).status == 200
    tie = world.one(Relationship, id=tie_of(world))
    tie.status = RelationshipStatus.SUSPENDED
    tie.suspended_until = world.clock.now() + timedelta(hours=1)
    world.add(tie)
    world.clock.forward(hours=2)
    world.timer("booking", "end-suspensions")
    assert world.one(Relationship, id=tie.id).status is RelationshipStatus.APPROVED
    token = world.relative(GUO.openid)
    assert len(world.get(path, token=token).json["changes"]) == 1


def test_a_resident_who_comes_later_is_told_to_nobody_who_guessed(world: World) -> None:
    miss = ask(world, "20269999", "张三丰").json["id"]
    known = world.rows(Resident)[0]
    world.add(
        Resident(site_id=known.site_id, ward_id=known.ward_id, number="20269999", name="张三丰")
    )
    assert_problem(ask(world, "20269999", "张三丰"), 409, "relationship_exists")
    world.clock.forward(days=7)
    world.timer("booking", "reject-unmatched")
    again = ask(world, "20269999", "张三丰")
    assert (again.status, again.json["id"]) == (201, miss)
    assert world.rows(UnmatchedRequest) == []
    approve = f"/approve/v1/relationships/{miss}/approve"
    assert world.post(approve, token=world.officer("wang")).status == 200
