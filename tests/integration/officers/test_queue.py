"""One queue: cards, decisions in bulk, two approvals, and several officers at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from local.sample_people import BROTHER, GUO
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.visits import Visit, VisitStatus
from tests.integration.problems import assert_problem
from tests.integration.steps import booked
from tests.integration.world import Answer, World

QUEUE = "/approve/v1/queue"


def queue(world: World, username: str = "wang") -> list[dict]:  # type: ignore[type-arg]
    answer = world.get(QUEUE, token=world.officer(username))
    assert answer.status == 200, answer.text
    return list(answer.json["items"])


def decide(world: World, who: str, kind: str, item_id: str, **body: object) -> Answer:
    path = f"{QUEUE}/{kind}/{item_id}/decision"
    return world.post(path, body, token=world.officer(who))


def ask_relationships(world: World, count: int) -> list[str]:
    """Pending ones, of as many relatives, with the older first."""
    resident = next(one for one in world.rows(Resident) if one.number == BROTHER.number)
    made = []
    for number in range(count):
        relative = Relative(openid=f"asks-{number}", name="示例亲属")
        world.add(relative)
        tie = Relationship(
            site_id=resident.site_id,
            relative_id=relative.id,
            resident_id=resident.id,
            kinship="父亲",
            asked_at=world.clock.now() - timedelta(hours=count - number),
        )
        world.add(tie)
        made.append(tie.id)
    return made


def set_rules(world: World, **rules: object) -> None:
    site = world.one(Site)
    site.rules = {**site.rules, **rules}
    world.add(site)


def test_the_most_urgent_comes_first(world: World) -> None:
    ties = ask_relationships(world, 3)
    old = world.one(Relationship, id=ties[2])
    old.asked_at = world.clock.now() - timedelta(hours=50)
    world.add(old)
    visit_id = booked(world)
    items = queue(world)
    assert [one["id"] for one in items] == [ties[2], ties[0], ties[1], visit_id]
    assert [one["urgency"] for one in items] == ["overdue", "normal", "normal", "normal"]
    world.clock.forward(hours=43)
    assert {one["id"]: one["urgency"] for one in queue(world)}[visit_id] == "soon"


def test_a_card_holds_what_an_officer_needs(world: World) -> None:
    first = booked(world)
    refused = decide(world, "wang", "visit", first, approve=False, reason="同行人员与登记不符")
    assert refused.json == {"status": "rejected"}
    visit_id = _book_again(world)
    card = world.get(f"{QUEUE}/visit/{visit_id}", token=world.officer("wang")).json
    assert card["resident"]["number"] == BROTHER.number
    assert [one["name"] for one in card["people"]] == [GUO.name]
    assert [(one["per"], one["count"], one["used"]) for one in card["quota"]] == [
        ("week", 1, 1), ("month", 4, 1),
    ]  # fmt: skip
    assert [one["id"] for one in card["history"]] == [first]
    assert [(one["reason"], one["by"]) for one in card["refusals"]] == [
        ("同行人员与登记不符", "王警官")
    ]
    assert card["pictures"] == [f"{GUO.name} 证件照片"]
    assert "id-photos" not in str(card), "a key is no business of the page"


def _book_again(world: World) -> str:
    from shared.models.timetable import Slot
    from tests.integration.steps import book

    slot = sorted(world.rows(Slot), key=lambda one: one.starts_at)[1]
    return str(book(world, slot).json["id"])


def test_whoever_looks_at_pictures_is_on_record(world: World) -> None:
    visit_id = booked(world)
    before = len(world.rows(AuditEvent, action="pictures.read"))
    found = world.get(f"{QUEUE}/visit/{visit_id}/pictures", token=world.officer("wang")).json
    assert found["pictures"][0]["url"].startswith("http")
    assert len(world.rows(AuditEvent, action="pictures.read")) == before + 1


def test_many_at_once_each_with_its_outcome(world: World) -> None:
    ties = ask_relationships(world, 4)
    decide(world, "zhao", "relationship", ties[1], approve=True)
    body = {
        "decisions": [
            {"kind": "relationship", "id": ties[0], "approve": True},
            {"kind": "relationship", "id": ties[1], "approve": False, "reason": "材料不清晰"},
            {"kind": "relationship", "id": ties[2], "approve": False},
            {"kind": "visit", "id": ties[3], "approve": True},
            {"kind": "relationship", "id": ties[3], "approve": False, "reason": "材料不清晰"},
        ]
    }
    answer = world.post(f"{QUEUE}/decisions", body, token=world.officer("wang"))
    outcomes = answer.json["outcomes"]
    assert [one["status"] for one in outcomes] == ["approved", None, None, None, "rejected"]
    assert [[e["code"] for e in one["errors"]] for one in outcomes] == [
        [], ["changed_meanwhile"], ["reason_required"], ["not_found"], [],
    ]  # fmt: skip
    assert [world.one(Relationship, id=one).status.value for one in ties] == [
        "approved", "approved", "pending", "rejected",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["visit", "relationship"])
def test_two_approvals_by_two_people(world: World, kind: str) -> None:
    set_rules(world, approvals_per_visit=2, approvals_per_relationship=2)
    item_id = booked(world) if kind == "visit" else ask_relationships(world, 1)[0]
    waiting = "requested" if kind == "visit" else "pending"
    assert decide(world, "wang", kind, item_id, approve=True).json == {"status": waiting}
    world.deliver_messages()
    assert not world.emulator.sent("wechat", GUO.openid), "the family hears of the decision alone"
    assert queue(world)[-1]["waits_for_other"] is True
    assert queue(world, "sun")[0]["waits_for_other"] is False
    again = decide(world, "wang", kind, item_id, approve=True)
    assert_problem(again, 422, "second_person_needed")
    assert decide(world, "sun", kind, item_id, approve=True).json == {"status": "approved"}
    assert_problem(decide(world, "zhao", kind, item_id, approve=True), 409, "changed_meanwhile")


def test_two_first_approvals_at_once_are_one(world: World) -> None:
    set_rules(world, approvals_per_relationship=2)
    tie = ask_relationships(world, 1)[0]
    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(
                lambda who: decide(world, who, "relationship", tie, approve=True),
                ["wang", "wang", "wang"],
            )
        )
    assert sorted(one.status for one in answers)[0] == 200
    assert world.one(Relationship, id=tie).status is RelationshipStatus.PENDING


def test_two_officers_in_three_tabs_clear_one_queue(world: World) -> None:
    """No decision is made twice, none is lost: each item is decided by exactly one request that said so."""
    ties = ask_relationships(world, 12)
    tabs = [("wang", True), ("wang", False), ("zhao", False)]

    def clear(tab: tuple[str, bool]) -> list[tuple[str, str]]:
        who, approve = tab
        done = []
        for tie in ties:
            body = {"approve": approve} if approve else {"approve": False, "reason": "材料不清晰"}
            answer = decide(world, who, "relationship", tie, **body)
            if answer.status == 200:
                done.append((tie, answer.json["status"]))
            else:
                assert_problem(answer, 409, "changed_meanwhile")
        return done

    with ThreadPoolExecutor(3) as pool:
        said = [one for done in pool.map(clear, tabs) for one in done]
    assert Counter(tie for tie, _ in said) == Counter(ties)
    assert {tie: world.one(Relationship, id=tie).status.value for tie in ties} == dict(said)
    decided = [
        one for one in world.rows(AuditEvent) if one.action.startswith("relationship.")
        and one.subject_id in ties
    ]  # fmt: skip
    assert len(decided) == len(ties)
    assert len({one.dedupe_key for one in world.rows(Outbox, kind="wechat")}) == len(ties)


def test_a_flagged_visit_goes_ahead_or_is_cancelled(world: World) -> None:
    visit_id = booked(world)
    resident_id = world.one(Visit).resident_id
    change = f"/approve/v1/residents/{resident_id}/status"
    world.post(change, {"status": "released", "reason": "名册更正"}, token=world.officer("sun"))
    flagged = [one for one in queue(world) if one["kind"] == "flagged_visit"]
    assert [(one["id"], one["flags"]) for one in flagged] == [(visit_id, ["resident_released"])]
    without = decide(world, "wang", "flagged_visit", visit_id, approve=True)
    assert_problem(without, 422, "reason_required")
    go_ahead = decide(world, "wang", "flagged_visit", visit_id, approve=True, reason="当日仍在所")
    assert go_ahead.status == 200
    assert not [one for one in queue(world) if one["kind"] == "flagged_visit"]
    again = decide(world, "wang", "flagged_visit", visit_id, approve=False, reason="已离所")
    assert_problem(again, 409, "changed_meanwhile")
    assert world.one(Visit).status is VisitStatus.REQUESTED
