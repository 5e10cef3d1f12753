"""An officer types a name or a number and is led to the resident; beyond the officer's scope there is nobody."""

from local.sample_people import BROTHER, GUO, SON
from shared.models.officers import Officer, OfficerWard
from shared.models.plumbing import AuditEvent
from tests.integration.platform.history import resident_of
from tests.integration.world import World


def test_by_number_by_name_and_by_the_family_within_scope(world: World) -> None:
    def found(person: str) -> list[str]:
        answer = world.get(
            f"/approve/v1/search/residents?person={person}", token=world.officer("zhao")
        )
        return [one["number"] for one in answer.json["residents"]]

    for person in (BROTHER.number, BROTHER.name, GUO.name):
        assert found(person) == [BROTHER.number]
    assert found(GUO.name[:2]) == [], "a part of a name finds nobody"
    zhao = next(one for one in world.rows(Officer) if one.username == "zhao")
    world.add(OfficerWard(officer_id=zhao.id, ward_id=resident_of(world, SON.number).ward_id))
    assert found(GUO.name) == []
    assert found(SON.name) == [SON.number]
    written = [one for one in world.rows(AuditEvent) if one.action == "residents.found"]
    assert len(written) == 6
    assert GUO.name not in str([one.details for one in written])
