"""What no officer decides is over before it is too late, and the family may ask again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from functions.booking.refuse_undecided import refuse_undecided
from functions.booking.reject_unmatched import REASON as UNMATCHED
from local.sample_people import GUO, SON
from shared.models.people import ManualCheck, ManualCheckStatus, Relationship, RelationshipStatus
from shared.models.plumbing import AuditEvent
from shared.models.quota import QuotaEntry
from shared.models.visits import Visit, VisitStatus
from tests.integration.families.test_relationships import ask
from tests.integration.officers.test_queue import decide, set_rules
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, tie_of
from tests.integration.world import World


def ask_check(world: World, purpose: str, **more: str) -> str:
    body = {"purpose": purpose, "relationship_id": tie_of(world), **more}
    answer = world.post("/booking/v1/manual-checks", body, token=world.relative(GUO.openid))
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def refuse(world: World) -> None:
    world.timer("booking", "refuse-undecided")


def said(world: World) -> str:
    world.deliver_messages()
    return str(world.emulator.sent("wechat", GUO.openid))


def test_a_relationship_that_nobody_decides_is_refused_and_asked_for_again(world: World) -> None:
    world.sign_in(GUO.openid)
    set_rules(world, request_days_max=3, approvals_per_relationship=2)
    tie_id = ask(world, SON.number, SON.name).json["id"]
    decide(world, "wang", "relationship", tie_id, approve=True)
    world.clock.forward(days=2, hours=23)
    refuse(world)
    assert world.one(Relationship, id=tie_id).status is RelationshipStatus.PENDING
    world.clock.forward(hours=2)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: refuse_undecided(), range(4))) == 1
    tie = world.one(Relationship, id=tie_id)
    assert (tie.status, tie.decided_by) == (RelationshipStatus.REJECTED, None)
    assert tie.reason == UNMATCHED, "it tells no more than what fits nobody is told"
    assert said(world).count("亲属关系未通过审核") == 1
    assert_problem(
        decide(world, "sun", "relationship", tie_id, approve=True), 409, "changed_meanwhile"
    )
    assert ask(world, SON.number, SON.name).status == 201
    refuse(world)
    again = world.one(Relationship, id=tie_id)
    assert again.status is RelationshipStatus.PENDING
    assert again.first_approved_by is None, "an approval of what was asked before counts no more"


def test_a_check_that_nobody_makes_is_refused(world: World) -> None:
    world.sign_in(GUO.openid)
    check_id = ask_check(world, "phone")
    world.clock.forward(days=7, seconds=1)
    refuse(world)
    refuse(world)
    assert world.one(ManualCheck, id=check_id).status is ManualCheckStatus.REJECTED
    assert said(world).count("人工核验未及处理") == 1
    assert len(world.rows(AuditEvent, action="manual_check.undecided")) == 1
    ask_check(world, "phone")


def test_a_check_ends_with_its_visit_and_the_delay_is_no_fault_of_the_family(world: World) -> None:
    visit_id = approved(world)
    check_id = ask_check(world, "visit", visit_id=visit_id)
    world.clock.move_to(world.one(Visit).starts_at + timedelta(minutes=10))
    refuse(world)
    assert world.one(ManualCheck, id=check_id).status is ManualCheckStatus.PENDING
    world.timer("booking", "mark-no-shows")
    visit = world.one(Visit)
    assert (visit.status, sum(one.amount for one in world.rows(QuotaEntry))) == (
        VisitStatus.EXPIRED,
        0,
    )
    assert "人工核验" in (visit.reason or "")
    refuse(world)
    assert world.one(ManualCheck, id=check_id).status is ManualCheckStatus.REJECTED
