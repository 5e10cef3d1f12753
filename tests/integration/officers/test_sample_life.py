"""What `make run` shows is a working day: checked here, since nobody looks at a demonstration twice."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest

from local import sample_contacts, sample_life
from local.identities import identities
from local.sample_people import GUO
from shared.invariants import find_broken
from shared.models.calls import PhoneCall
from shared.models.onsite import OnsiteVisit
from shared.models.people import Relationship, RelationshipStatus, Relative
from shared.models.quota import QuotaEntry
from shared.models.visits import Visit, VisitParticipant
from shared.rules.quota import DEFAULT_RULES, Entry, used
from shared.visits import COUNTED
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
    known = {
        GUO.openid,
        *sample_life.OPENIDS,
    }  # to the emulated WeChat: a message to another one dies
    assert {one.openid for one in world.rows(Relative)} == known


def test_the_request_in_the_readme_is_answered(world: World) -> None:
    token = identities()["officers"][0]["token"]
    assert world.get("/approve/v1/queue", token=token).status == 200


@pytest.mark.parametrize("days", [0, 4, 6])  # a Tuesday, a Saturday, a Monday
def test_a_life_within_the_rules(world: World, days: int) -> None:
    world.clock.forward(days=days)
    sample_life.prepare()
    visits = [one for one in world.rows(Visit) if one.status in COUNTED]
    at_once = {(one.starts_at, one.place) for one in visits}
    assert len(at_once) == len(visits), "nobody shares a terminal"
    tied = {
        (one.relative_id, one.resident_id)
        for one in world.rows(Relationship, status=RelationshipStatus.APPROVED)
    }
    residents = {one.id: one.resident_id for one in world.rows(Visit)}
    met = {(one.relative_id, residents[one.visit_id]) for one in world.rows(VisitParticipant)}
    assert met <= tied
    lines = world.rows(QuotaEntry)
    for resident_id in {one.resident_id for one in lines}:
        own = [Entry(o.channel, o.at, o.amount) for o in lines if o.resident_id == resident_id]
        for rule in DEFAULT_RULES:
            assert max(used(own, rule, one.at) for one in own) <= rule.count
    for (whose, begins, ends), other in combinations(_contacts(world), 2):
        assert whose != other[0] or ends <= other[1] or other[2] <= begins


def _contacts(world: World) -> list[tuple[str | None, datetime, datetime]]:
    """Whose, from when, until when: over every channel."""
    visits = [(one.resident_id, one.starts_at, one.ends_at) for one in world.rows(Visit)]
    onsite = [(o.resident_id, o.started_at, o.ended_at) for o in world.rows(OnsiteVisit)]
    calls = [
        (one.resident_id, one.started_at, one.started_at + timedelta(seconds=one.seconds))
        for one in world.rows(PhoneCall)
    ]
    return [*visits, *onsite, *calls]
