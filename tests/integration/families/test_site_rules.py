"""The site's rules: changed by those who may, within bounds, in versions; who booked before keeps what was promised."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from local.sample_people import GUO
from shared.ids import new_id
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.places import Site, SiteRulesVersion
from shared.models.plumbing import AuditEvent
from shared.models.visits import Visit
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, book, open_slots
from tests.integration.world import Answer, World

PATH = "/approve/v1/site-rules"


def change(world: World, version: int, rules: dict[str, Any], **more: Any) -> Answer:
    body = {"version": version, "rules": rules, "reason": "所务会决定", **more}
    return world.post(PATH, body, token=world.officer("sun"))


def test_a_change_is_a_version_with_who_when_and_why(world: World) -> None:
    before = world.get(PATH, token=world.officer("sun")).json
    assert (before["version"], before["changes"]) == (0, [])
    changed = change(world, 0, {"cancel_hours_before": 24, "max_relatives": 2})
    assert changed.status == 200, changed.text
    (made,) = changed.json["changes"]
    assert (made["version"], made["changed_by"], made["reason"]) == (1, "孙所长", "所务会决定")
    assert [(one["name"], one["before"], one["after"]) for one in made["changed"]] == [
        ("max_relatives", 3, 2),
        ("cancel_hours_before", 2, 24),
    ]
    weekly = {"channels": ["remote", "phone"], "per": "week", "count": 2}
    assert change(world, 1, {}, quota=[weekly]).json["changes"][0]["quota_changed"]
    assert change(world, 2, {"max_relatives": 2}).json["version"] == 2, "nothing changed"
    assert len(world.rows(SiteRulesVersion)) == 3
    recorded = world.rows(AuditEvent, action="site_rules.changed")
    assert [one.details["version"] for one in recorded] == [1, 2]


def test_wrong_values_are_all_named_and_change_nothing(world: World) -> None:
    wrong = {"cancel_hours_before": -1, "max_relatives": 99, "colour": 1}
    answer = change(world, 0, wrong)
    assert_problem(answer, 422, "rule_out_of_bounds", "rule_out_of_bounds", "rule_unknown")
    assert "1 至 6" in answer.text
    swapped = {"book_days_ahead_min": 10, "book_days_ahead_max": 5}
    assert_problem(change(world, 0, swapped), 422, "rules_days_ahead")
    assert world.one(Site).rules == {}


def test_only_those_who_keep_the_rules_change_them(world: World) -> None:
    admin = Officer(id=new_id(), site_id=world.one(Site).id, name="管理员", username="admin")
    world.add(admin, OfficerRole(officer_id=admin.id, role=Role.SYSTEM_ADMINISTRATOR))
    assert world.get(PATH, token=world.officer("wang")).status == 403
    assert world.get(PATH, token=world.officer("admin")).status == 200


def test_of_two_changes_at_once_one_wins(world: World) -> None:
    changes: list[dict[str, Any]] = [{"max_relatives": 2}, {"cancel_hours_before": 5}]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: change(world, 0, one), changes))
    assert sorted(one.status for one in answers) == [200, 409]
    assert world.one(Site).rules_version == 1


@pytest.mark.parametrize("hours", [1, 48])
def test_who_booked_before_may_cancel_as_it_was_promised(world: World, hours: int) -> None:
    visit_id = approved(world)
    assert change(world, 0, {"cancel_hours_before": hours}).status == 200
    world.clock.move_to(world.one(Visit).starts_at - timedelta(hours=3))
    path = f"/booking/v1/visits/{visit_id}/cancel"
    assert world.post(path, token=world.relative(GUO.openid)).status == 200


def test_a_booking_is_held_to_the_rules_in_force(world: World) -> None:
    slot = open_slots(world)[0]
    change(world, 0, {"cancel_hours_before": 48, "book_days_ahead_min": 2})
    visit_id = book(world, slot).json["id"]
    assert world.one(Visit).rules_version == 1
    world.clock.move_to(slot.starts_at - timedelta(hours=3))
    path = f"/booking/v1/visits/{visit_id}/cancel"
    late = world.post(path, token=world.relative(GUO.openid))
    assert_problem(late, 422, "too_late_to_cancel")
    assert "48 小时" in late.text
    assert_problem(
        book(world, slot),
        422,
        "slot_too_soon",
        "slot_full",
        "resident_busy",
        "week_used_up",
        "relative_busy",
    )
