"""Fetching from the ordinary visit system, and what it is told: pushed or fetched, once each change, in its newest state."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.booking.onsite import pull_records
from local.sample_people import BROTHER, GUO, LIN
from shared.clients.errors import ProviderUnavailable
from shared.models.people import OnsiteVisitor, Relative
from shared.models.plumbing import Outbox, OutboxState
from shared.models.systems import ConnectedSystem
from shared.models.tickets import Ticket
from shared.outbox import MAX_TRIES
from tests.integration.onsite.peer import Peer, peer
from tests.integration.onsite.system import OnsiteSystem, add_relative
from tests.integration.steps import approved, book, booked, open_slots
from tests.integration.world import World


@pytest.fixture
def other() -> Iterator[Peer]:
    with peer() as made:
        yield made


def test_pages_are_fetched_to_the_end_and_the_cursor_is_kept(world: World, other: Peer) -> None:
    system = OnsiteSystem(world, pull_url=f"{other.url}/records")
    relative = add_relative(world, LIN)
    first = {"visitors": [system.visitor(person=LIN)], "count": 1, "next": "c1", "more": True}
    second = {"visits": [system.visit()], "count": 1, "next": "c2", "more": False}
    other.pages = {"": first, "c1": second}
    world.timer("booking", "pull-onsite")
    world.timer("booking", "pull-onsite")
    assert other.asked == ["", "c1", "c2"]
    assert world.one(ConnectedSystem).pull_cursor == "c2"
    assert world.one(Relative, id=relative.id).face_checked_at is not None


def test_one_that_keeps_us_waiting_does_not_keep_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = {OnsiteSystem(world, pull_url="https://example.invalid/").row.id for _ in range(2)}
    asked = []

    def wait(system: ConnectedSystem, _cursor: str) -> None:
        asked.append(system.id)
        time.sleep(0.02)
        raise ProviderUnavailable("connected_system", "timeout")

    monkeypatch.setattr(pull_records, "_fetch", wait)
    monkeypatch.setattr(pull_records, "BUDGET_S", 0.01)
    for runs in range(1, 31):
        world.timer("booking", "pull-onsite")
        assert len(asked) == runs, "the time is over after one"
    assert set(asked) == systems


def test_half_a_page_is_refused_and_asked_for_again(world: World, other: Peer) -> None:
    system = OnsiteSystem(world, pull_url=other.url)
    page = {"visitors": [system.visitor()], "count": 2, "next": "c1", "more": False}
    other.pages = {"": page}
    world.timer("booking", "pull-onsite")
    assert world.rows(OnsiteVisitor) == world.rows(Ticket) == []
    page["count"] = 1
    world.timer("booking", "pull-onsite")
    assert (world.one(ConnectedSystem).pull_cursor, len(world.rows(OnsiteVisitor))) == ("c1", 1)


def test_a_record_nobody_can_read_holds_up_no_other(world: World, other: Peer) -> None:
    system = OnsiteSystem(world, pull_url=other.url)
    bad = system.visitor("V2", id_number="110")
    records = [system.visitor("V1"), bad, "not even a record", system.visitor("V3")]
    other.pages = {"": {"visitors": records, "count": 4, "next": "c1", "more": False}}
    world.timer("booking", "pull-onsite")
    assert {one.external_id for one in world.rows(OnsiteVisitor)} == {"V1", "V3"}
    assert "有 2 条记录无法接收" in world.one(Ticket).text


def test_a_system_that_stays_away_is_one_incident(world: World, other: Peer) -> None:
    OnsiteSystem(world, pull_url=other.url)
    other.status = 503
    world.timer("booking", "pull-onsite")
    assert world.rows(Ticket) == []
    world.clock.forward(minutes=31)
    for _ in range(3):
        world.timer("booking", "pull-onsite")
    assert len(world.rows(Ticket)) == 1


def test_remote_visits_and_checked_relatives_are_pushed(world: World, other: Peer) -> None:
    OnsiteSystem(world, push_url=f"{other.url}/remote")
    visit_id = approved(world)
    for _ in range(2):
        world.timer("booking", "offer-onsite")
        world.timer("booking", "deliver-onsite")
    by_kind = {one["kind"]: one for one in other.items}
    assert len(other.items) == 2
    visit, relative = by_kind["visit"], by_kind["relative"]
    assert (visit["id"], visit["status"]) == (visit_id, "approved")
    assert visit["resident_number"] == BROTHER.number
    assert relative["participants"] == [
        {"name": GUO.name, "id_number": GUO.id_number, "kinship": "兄弟"}
    ]
    world.post(f"/booking/v1/visits/{visit_id}/cancel", token=world.relative(GUO.openid))
    world.timer("booking", "offer-onsite")
    world.timer("booking", "deliver-onsite")
    last = other.items[-1]
    assert (last["status"], last["version"]) == ("cancelled", 3)


def test_a_push_that_fails_comes_later_and_an_overtaken_one_never(
    world: World, other: Peer
) -> None:
    OnsiteSystem(world, push_url=other.url)
    other.status = 503
    visit_id = booked(world)
    world.timer("booking", "offer-onsite")
    world.timer("booking", "deliver-onsite")
    world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    world.timer("booking", "offer-onsite")
    other.status = 200
    world.clock.forward(minutes=10)
    world.timer("booking", "deliver-onsite")
    told = [one["status"] for one in other.items if one["kind"] == "visit"]
    assert told == ["approved"]
    assert {one.state for one in world.rows(Outbox, kind="onsite_push")} == {OutboxState.SENT}


def test_pushes_given_up_are_taken_up_again(world: World, other: Peer) -> None:
    OnsiteSystem(world, push_url=other.url)
    other.status = 400
    world.timer("booking", "offer-onsite")
    world.timer("booking", "deliver-onsite")
    assert world.one(Outbox, kind="onsite_push").state is OutboxState.DEAD
    other.status = 200
    world.timer("booking", "revive-onsite")
    world.timer("booking", "deliver-onsite")
    assert len(other.items) == 1


def test_a_partner_who_is_away_does_not_fill_the_line(world: World, other: Peer) -> None:
    OnsiteSystem(world, push_url=other.url)
    other.status = 503
    world.timer("booking", "offer-onsite")
    row = world.one(Outbox, kind="onsite_push")
    for number in range(20):
        dead = {
            "kind": row.kind,
            "body": row.body,
            "state": OutboxState.DEAD,
            "last_error": "http_503",
        }
        world.add(Outbox(**dead, due_at=row.due_at, dedupe_key=f"more:{number}"))
    for _ in range(2):
        world.timer("booking", "revive-onsite")
        waiting = [one for one in world.rows(Outbox) if one.state is OutboxState.WAITING]
        soon = [one for one in waiting if one.due_at <= world.clock.now() + timedelta(seconds=14)]
        assert len(soon) <= 4, "the one just offered, and three more"
        world.clock.forward(minutes=5)
        for _ in range(3):
            world.timer("booking", "deliver-onsite")
    assert max(one.tries for one in world.rows(Outbox)) <= MAX_TRIES


def test_the_feed_gives_each_thing_once_in_its_newest_state(world: World) -> None:
    system = OnsiteSystem(world)
    add_relative(world, LIN)
    record = system.visitor(person=LIN, resident=BROTHER)
    system.send(record)
    visit_id = booked(world)
    world.timer("booking", "offer-onsite")
    page = system.feed(limit=2)
    assert (len(page["items"]), page["more"], page["next"]) == (2, True, 2)
    rest = system.feed(after=page["next"])
    assert (len(rest["items"]), rest["more"], rest["next"]) == (1, False, 3)
    given = {one["onsite_record_id"] for one in [*page["items"], *rest["items"]]}
    assert given == {None, "V1"}
    world.post(f"/booking/v1/visits/{visit_id}/cancel", token=world.relative(GUO.openid))
    system.send({**record, "status": "revoked", "changed_at": world.clock.now().isoformat()})
    world.timer("booking", "offer-onsite")
    news = system.feed(after=rest["next"])["items"]
    assert [(one["kind"], one["status"]) for one in news] == [
        ("visit", "cancelled"),
        ("relative", "ended"),
    ]
    assert news[1]["participants"] == []
    assert len(system.feed()["items"]) == 3
    assert system.feed(after=99)["items"] == []


def test_a_site_sees_nothing_of_another(world: World) -> None:
    from shared.models.places import Site

    system = OnsiteSystem(world)
    booked(world)
    world.timer("booking", "offer-onsite")
    elsewhere = Site(name="另一所", rules={})
    world.add(elsewhere)
    system.row.site_id = elsewhere.id
    world.add(system.row)
    assert system.feed()["items"] == []
    assert system.send(system.visitor()).json["waiting"] == 1


def test_two_instances_of_the_timer_tell_each_change_once(world: World) -> None:
    import threading

    system = OnsiteSystem(world)
    for slot, openid in zip(open_slots(world), [GUO.openid], strict=False):
        assert book(world, slot, openid=openid).status == 201
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        world.timer("booking", "offer-onsite")

    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one["version"] for one in system.feed()["items"]] == [1, 2]
