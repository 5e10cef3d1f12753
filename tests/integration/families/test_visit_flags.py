"""What changes after a booking flags the visit; when the cause goes away, so does the flag."""

from sqlalchemy.orm import Session

from local.sample_people import GUO
from shared import visit_flags
from shared.actors import SYSTEM
from shared.database import in_transaction
from shared.models.flags import FlagKind, VisitFlag
from shared.models.plumbing import AuditEvent
from shared.models.visits import Visit, VisitStatus
from tests.integration.steps import booked
from tests.integration.world import Answer, World


def change(world: World, status: str) -> Answer:
    resident_id = world.one(Visit).resident_id
    path = f"/approve/v1/residents/{resident_id}/status"
    body = {"status": status, "reason": "名册更正"}
    answer = world.post(path, body, token=world.officer("sun"))
    assert answer.status == 200, answer.text
    return answer


def told(world: World) -> list[str]:
    """What WeChat showed the family, in order."""
    world.deliver_messages()
    sent = world.emulator.sent("wechat", GUO.openid)
    return [one["body"]["data"]["phrase1"]["value"] for one in sent]


@in_transaction
def open_flags(session: Session, visit_id: str) -> list[FlagKind]:
    return [one.kind for one in visit_flags.open_flags(session, visit_id)]


def test_a_release_flags_the_visit_and_taking_it_back_lifts_the_flag(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = booked(world)
    change(world, "transferred")
    assert open_flags(visit_id) == [FlagKind.RESIDENT_TRANSFERRED]
    change(world, "released")
    assert open_flags(visit_id) == [FlagKind.RESIDENT_RELEASED]
    assert world.one(Visit).status is VisitStatus.REQUESTED
    change(world, "active")
    assert open_flags(visit_id) == []
    change(world, "released")
    assert open_flags(visit_id) == [FlagKind.RESIDENT_RELEASED], "the row opens again"
    assert len(world.rows(VisitFlag)) == 2
    actions = [one.action for one in world.rows(AuditEvent, subject_id=visit_id)]
    assert actions.count("visit.flagged") == 3
    assert actions.count("visit.flag_lifted") == 2
    assert told(world) == ["安排有变", "安排有变", "照常进行", "安排有变"]
    assert sum("会见对象已离所" in str(one) for one in world.emulator.sent("wecom")) == 2


def test_a_visit_that_is_over_is_not_flagged_and_has_no_open_flag(world: World) -> None:
    visit_id = booked(world)
    change(world, "released")
    path = f"/booking/v1/visits/{visit_id}/cancel"
    assert world.post(path, token=world.relative(GUO.openid)).status == 200
    assert open_flags(visit_id) == []
    change(world, "transferred")
    assert len(world.rows(VisitFlag)) == 1
    change(world, "active")
    assert told(world).count("照常进行") == 0


def test_one_of_two_causes_gone_is_not_yet_all_clear(world: World) -> None:
    world.sign_in(GUO.openid)
    visit_id = booked(world)
    visit = world.one(Visit)

    @in_transaction
    def block(session: Session) -> int:
        mine = Visit.slot_id == visit.slot_id
        kind = FlagKind.SLOT_BLOCKED
        return visit_flags.raise_flags(session, SYSTEM, mine, kind=kind, source_id=visit.slot_id)

    assert [block(), block()] == [1, 0]
    change(world, "released")
    change(world, "active")
    assert open_flags(visit_id) == [FlagKind.SLOT_BLOCKED]
    assert "照常进行" not in told(world)
