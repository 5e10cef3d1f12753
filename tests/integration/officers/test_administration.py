"""Three administrators who exclude each other: one makes accounts and places, one gives rights, one reads the trail."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from local.sample_people import BROTHER, GUO
from shared.models.officers import ADMINISTRATORS, Officer, Role
from shared.models.people import Resident
from shared.models.places import Site, Terminal, Ward
from shared.models.plumbing import AuditEvent
from shared.models.timetable import Slot
from tests.integration.officers.browser import Browser, code_of
from tests.integration.problems import assert_problem
from tests.integration.steps import open_slots
from tests.integration.world import START, Answer, World

V1 = "/approve/v1"


def ask(world: World, who: str, path: str, body: Any = None) -> Answer:
    return world.post(f"{V1}/{path}", body, token=world.officer(who))


def new_officer(world: World, username: str = "huang") -> dict[str, Any]:
    made = ask(world, "xitong", "officers", {"name": "黄警官", "username": username})
    assert made.status == 201, made.text
    return dict(made.json)


def give(world: World, officer_id: str, *roles: str, wards: tuple[str, ...] = ()) -> Answer:
    body = {"roles": list(roles), "ward_ids": list(wards), "reason": "岗位调整"}
    return ask(world, "anquan", f"officers/{officer_id}/rights", body)


def first_sign_in(world: World, made: dict[str, Any]) -> Browser:
    browser = Browser(world)
    asked = browser.sign_in(made["username"], made["password"])
    assert asked.codes == ["password_change_needed", "totp_setup"]
    more = {"new_password": "another-Password-3", "code": code_of(world, made["username"])}
    assert browser.sign_in(made["username"], made["password"], **more).status == 200
    return browser


def test_from_a_new_account_to_the_first_look_at_the_queue(world: World) -> None:
    made = new_officer(world)
    browser = first_sign_in(world, made)
    assert_problem(browser.call("GET", f"{V1}/queue"), 403, "not_allowed")
    ward = world.one(Ward, name="一大队").id
    assert give(world, made["id"], "ward_officer", wards=(ward,)).status == 200
    assert browser.call("GET", f"{V1}/queue").status == 200, "rights count at once"
    me = browser.call("GET", f"{V1}/me").json
    assert (me["roles"], [one["name"] for one in me["wards"]]) == (["ward_officer"], ["一大队"])


def test_a_closed_account_is_out_at_once(world: World) -> None:
    made = new_officer(world)
    browser = first_sign_in(world, made)
    path = f"officers/{made['id']}/active"
    closed = ask(world, "xitong", path, {"active": False, "reason": "调离"})
    assert closed.json["active"] is False
    assert browser.call("GET", f"{V1}/me").status == 401
    assert browser.refresh().status == 401
    assert_problem(browser.sign_in("huang", "another-Password-3"), 401, "password_wrong")
    again = ask(world, "xitong", path, {"active": False, "reason": "调离"})
    assert_problem(again, 409, "changed_meanwhile")


@pytest.mark.parametrize("roles", [(a, b) for a in ADMINISTRATORS for b in ADMINISTRATORS if a < b])
def test_administrators_exclude_each_other(world: World, roles: tuple[Role, Role]) -> None:
    made = new_officer(world)
    assert_problem(give(world, made["id"], *(one.value for one in roles)), 422, "roles_exclude")
    assert give(world, made["id"], roles[0].value, "visit_officer").status == 200


def test_nobody_changes_oneself_or_somebody_of_another_site(world: World) -> None:
    mine = world.one(Officer, username="anquan").id
    assert_problem(give(world, mine, "supervisor"), 403, "not_oneself")
    own = ask(
        world, "xitong", f"officers/{world.one(Officer, username='xitong').id}/active",
        {"active": False, "reason": "调离"},
    )  # fmt: skip
    assert_problem(own, 403, "not_oneself")
    site = Site(name="另一所", rules={})
    world.add(site)
    ward = Ward(site_id=site.id, name="外所大队")
    elsewhere = Officer(site_id=site.id, name="外所民警", username="elsewhere")
    world.add(ward, elsewhere)
    assert_problem(give(world, elsewhere.id, "supervisor"), 404, "not_found")
    wang = world.one(Officer, username="wang").id
    assert_problem(give(world, wang, "visit_officer", wards=(ward.id,)), 404, "not_found")


def test_a_lost_phone_and_a_forgotten_password(world: World) -> None:
    made = new_officer(world)
    browser = first_sign_in(world, made)
    body = {"password": True, "totp": True, "reason": "更换手机"}
    reset = ask(world, "anquan", f"officers/{made['id']}/reset", body).json
    assert browser.call("GET", f"{V1}/me").status == 401
    world.clock.forward(seconds=90)
    first_sign_in(world, reset)
    assert not [one for one in world.rows(AuditEvent) if reset["password"] in str(vars(one))]


def test_a_name_that_is_taken(world: World) -> None:
    taken = ask(world, "xitong", "officers", {"name": "黄警官", "username": "wang"})
    assert_problem(taken, 409, "officer_exists")
    nothing = ask(world, "xitong", "officers", {"name": "黄警官"})
    assert_problem(nothing, 422, "officer_unreachable")


def test_a_new_site_has_its_own_administrators_and_is_out_of_sight(world: World) -> None:
    admins = [{"name": "甲管理员", "username": "jia"}, {"name": "乙管理员", "username": "yi"}]
    made = ask(world, "xitong", "sites", {"name": "第二强制隔离戒毒所", "administrators": admins})
    assert made.status == 201, made.text
    roles = [
        [role.role for role in world.one(Officer, id=one["id"]).roles]
        for one in made.json["officers"]
    ]
    assert roles == [[Role.SYSTEM_ADMINISTRATOR], [Role.SECURITY_ADMINISTRATOR]]
    shown = world.get(f"{V1}/officers", token=world.officer("xitong")).json["officers"]
    assert not {one["username"] for one in shown} & {"jia", "yi"}
    one = ask(world, "xitong", "sites", {"name": "第三所", "administrators": [admins[0]] * 2})
    assert_problem(one, 422, "two_administrators")


def test_a_new_terminal_is_a_place_more_in_every_slot(world: World) -> None:
    open_slots(world)
    made = ask(world, "xitong", "terminals", {"name": "3 号会见位"})
    assert made.status == 201
    assert {one.capacity for one in world.rows(Slot)} == {2}
    path = f"terminals/{made.json['id']}/status"
    ask(world, "qian", path, {"status": "broken", "reason": "无法开机"})
    assert {one.capacity for one in world.rows(Slot)} == {1}
    shown = world.get(f"{V1}/terminals", token=world.officer("sun")).json["terminals"]
    assert [one["takes_visits"] for one in shown] == [True, False, False]
    key = ask(world, "xitong", f"terminals/{made.json['id']}/key")
    page = world.get(f"{V1}/terminal", headers={"Authorization": f"Device {key.json['key']}"})
    assert page.json["name"] == "3 号会见位"
    assert len(world.rows(Terminal)) == 3


ROWS = "编号,姓名,大队\n20269001,张三丰,一大队\n20269002,李四光,二大队\n,无编号,一大队\n20269004,王五,九大队\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_residents_from_a_file_twice(world: World, encoding: str) -> None:
    def send(text: str) -> dict[str, Any]:
        file = base64.b64encode(text.encode(encoding)).decode()
        answer = ask(world, "xitong", "residents/import", {"file": file})
        assert answer.status == 200, answer.text
        return dict(answer.json)

    before = len(world.rows(Resident))
    first = send(ROWS)
    assert [first[name] for name in ("added", "changed", "unchanged")] == [2, 0, 0]
    problems = [(one["line"], [r["code"] for r in one["reasons"]]) for one in first["problems"]]
    assert problems == [(4, ["csv_value_invalid"]), (5, ["ward_unknown"])]
    second = send(ROWS.replace("李四光,二大队", "李四光,一大队"))
    assert [second[name] for name in ("added", "changed", "unchanged")] == [0, 1, 1]
    assert len(world.rows(Resident)) == before + 2
    not_csv = ask(world, "xitong", "residents/import", {"file": "不是"})
    assert_problem(not_csv, 422, "csv_encoding")


def test_one_resident_and_a_ward(world: World) -> None:
    ward = ask(world, "xitong", "wards", {"name": "三大队"}).json
    assert_problem(ask(world, "xitong", "wards", {"name": "三大队"}), 409, "ward_exists")
    new = {"number": "20269009", "name": "赵六", "ward_id": ward["id"]}
    assert ask(world, "xitong", "residents", new).status == 201
    assert_problem(ask(world, "xitong", "residents", new), 409, "resident_exists")


def test_a_key_that_is_revoked_ends_at_once(world: World) -> None:
    terminal = world.rows(Terminal)[0]
    path = f"terminals/{terminal.id}/key"
    key = ask(world, "xitong", path).json["key"]
    device = {"Authorization": f"Device {key}"}
    assert world.get(f"{V1}/terminal", headers=device).status == 200
    why = {"reason": "电脑已更换"}
    assert ask(world, "xitong", f"{path}/revoke", why).status == 200
    assert world.get(f"{V1}/terminal", headers=device).status == 401
    assert_problem(ask(world, "xitong", f"{path}/revoke", why), 409, "changed_meanwhile")
    shown = world.get(f"{V1}/terminals", token=world.officer("xitong")).json["terminals"]
    assert not any(one["has_key"] for one in shown)


def test_residents_page_by_page_and_within_scope(world: World) -> None:
    lines = "".join(f"2027{n:04d},示例人员,一大队\n" for n in range(60))
    file = base64.b64encode(("编号,姓名,大队\n" + lines).encode()).decode()
    ask(world, "xitong", "residents/import", {"file": file})
    token = world.officer("xitong")
    first = world.get(f"{V1}/residents", token=token).json
    second = world.get(f"{V1}/residents?before={first['next']}", token=token).json
    ids = [one["id"] for one in first["residents"] + second["residents"]]
    assert len(ids) == len(set(ids)) == len(world.rows(Resident))
    assert second["next"] is None
    one = world.get(f"{V1}/residents?person=20270007", token=token).json["residents"]
    assert [found["number"] for found in one] == ["20270007"]
    ward = world.one(Ward, name="二大队").id
    theirs = world.get(f"{V1}/residents?ward_id={ward}", token=world.officer("chen")).json
    assert theirs["residents"] == [], "an officer of the first ward"


def test_a_residents_record_tells_what_was_adjusted(world: World) -> None:
    resident = next(one for one in world.rows(Resident) if one.number == BROTHER.number)
    now = world.clock.now().isoformat()
    body = {"channel": "remote", "at": now, "more": 1, "reason": "家中有变故，增加一次"}
    assert ask(world, "sun", f"residents/{resident.id}/quota", body).status == 201
    record = world.get(f"{V1}/residents/{resident.id}", token=world.officer("wang")).json
    assert [one["relative_name"] for one in record["relationships"]] == [GUO.name]
    assert [(one["per"], one["used"], one["count"]) for one in record["quota"]] == [
        ("week", -1, 1), ("month", -1, 4),
    ]  # fmt: skip
    assert [(one["more"], one["made_by"]) for one in record["adjustments"]] == [(1, "孙所长")]
    assert world.rows(AuditEvent, action="resident.read", subject_id=resident.id)


def test_the_trail_of_a_site_with_filters(world: World) -> None:
    for number in range(3):
        ask(world, "xitong", "wards", {"name": f"第 {number} 大队"})
    new_officer(world)
    admin = world.one(Officer, username="xitong")

    def trail(**asked: str) -> list[tuple[str, str]]:
        query = urlencode(asked)
        events = world.get(f"{V1}/audit?{query}", token=world.officer("shenji")).json["events"]
        return [(one["action"], one["actor_name"]) for one in events]

    added = ("ward.added", "周管理员")
    assert trail(kind="ward") == [added] * 3
    assert trail(actor_id=admin.id) == [("officer.added", "周管理员"), *[added] * 3]
    later = (world.clock.now() + timedelta(minutes=1)).isoformat()
    assert trail(actor_id=admin.id, since=later) == []
    world.clock.forward(days=8)
    assert trail(kind="ward") == []
    assert len(trail(kind="ward", since=START.isoformat())) == 3
