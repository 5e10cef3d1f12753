"""What `make run` shows is a working day: checked here, since nobody looks at a demonstration twice."""

from local import sample_contacts, sample_life
from shared.invariants import find_broken
from tests.integration.world import World


def test_a_working_day(world: World) -> None:
    sample_life.prepare()
    sample_life.prepare()
    token = world.officer("wang")
    items = world.get("/approve/v1/queue", token=token).json["items"]
    assert len(items) >= 20
    assert {one["kind"] for one in items} == {
        "visit", "relationship", "manual_check", "flagged_visit", "family_phone",
    }  # fmt: skip
    (running, _) = world.get("/approve/v1/live-desk", token=token).json["visits"]
    assert (running["people_in_room"], len(running["alerts"])) == (2, 2)
    first = world.clock.now().date()
    path = f"/approve/v1/timetable/days?first={first}&last={first.replace(day=14)}"
    days = world.get(path, token=token).json["days"]
    assert all(one["slots"] for one in days)
    found = world.get("/approve/v1/recordings", token=token).json["recordings"]
    assert len(found) >= 20
    kinds = {
        kind: world.get(f"/approve/v1/recordings?kind={kind}", token=token).json["recordings"]
        for kind in ("visit", "phone")
    }
    assert all(kinds.values())
    assert [(one.invariant.name, one.ids) for one in find_broken()] == []
    phones = world.get("/phone/v1/desk/family-phones?status=pending", token=token).json["phones"]
    assert len(phones) == sample_contacts.PENDING
