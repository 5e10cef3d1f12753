"""Three-element checks on the wire: every result code, a provider that is down, what it costs, who dies half-way."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs, check_phone, run_checks
from functions.phone_realname.daily_limits import Spender, use
from local.sample_people import LIN
from shared.actors import SYSTEM, Actor
from shared.database import in_transaction
from shared.errors import TooMany
from shared.models.people import Relative
from shared.models.phones import PhoneCheck, PhoneCheckJob, PhoneCheckJobStatus, PhoneCheckResult
from shared.models.places import Site
from shared.models.tickets import Ticket
from shared.sealing import blind_index
from tests.integration.problems import assert_problem
from tests.integration.registration import give_consents
from tests.integration.world import Answer, World

ASK = "/phone/v1/checks"
FAULT = "faceid.PhoneVerification"


def ready(world: World) -> str:
    """LIN as she is before the phone step, without the face engine; gives her token."""
    token = world.sign_in(LIN.openid)
    give_consents(world, token)
    her = lin(world)
    her.name, her.id_number = LIN.name, LIN.id_number
    world.add(her)
    return token


def lin(world: World) -> Relative:
    return world.one(Relative, openid_index=blind_index(LIN.openid, context="openid"))


def check(world: World, token: str, phone: str = LIN.phone) -> Answer:
    asked = {"openid": LIN.openid, "phone": phone}
    code = world.emulator.ask("/local/wechat/phone_codes", asked)["code"]
    return world.post(ASK, {"phone_code": code}, token=token)


def next_step(world: World) -> str:
    return str(
        world.get("/booking/v1/registration", token=world.relative(LIN.openid)).json["next_step"]
    )


def run(world: World) -> None:
    world.timer("phone_realname", "run-phone-checks")


NOT_CHECKED = {
    "-6": "phone_number_refused",
    "-7": "phone_id_number_refused",
    "-8": "phone_name_refused",
    "-9": "phone_no_record",
    "-13": "phone_segment_unsupported",
}


@pytest.mark.parametrize(("code", "reason"), [("-4", "phone_mismatch"), *NOT_CHECKED.items()])
def test_each_final_code_says_what_to_do_and_proves_nothing(
    world: World, code: str, reason: str
) -> None:
    token = ready(world)
    world.emulator.fail(FAULT, "error", code=code)
    assert_problem(check(world, token), 422, reason)
    assert (next_step(world), lin(world).phone) == ("phone", None)
    line = world.one(PhoneCheck)
    mismatch = code == "-4"
    assert (line.provider_code, line.billed) == (code, mismatch)
    assert (line.result is PhoneCheckResult.MISMATCH) is mismatch
    assert check(world, token).json["result"] == "match"


@pytest.mark.parametrize("code", ["-11", "-12", "-99"])
def test_codes_that_mean_later_wait_and_go_on_by_themselves(world: World, code: str) -> None:
    token = ready(world)
    world.emulator.fail(FAULT, "error", code=code)
    asked = check(world, token).json
    assert (asked["state"], asked["result"]) == ("waiting", None)
    run(world)  # too early
    assert len(world.rows(PhoneCheck)) == 1
    world.clock.forward(hours=15 if code == "-12" else 0, seconds=61)  # -12: not before midnight
    run(world)
    assert lin(world).phone == LIN.phone
    assert [one.billed for one in _ledger(world)] == [None if code == "-99" else False, True]


def _ledger(world: World) -> list[PhoneCheck]:
    return sorted(world.rows(PhoneCheck), key=lambda one: one.id)


def test_a_provider_that_is_down_leaves_the_registration_where_it_was(world: World) -> None:
    """And it goes on by itself: nobody asks again, and the family is told."""
    token = ready(world)
    world.emulator.fail(FAULT, "http500", times=4)
    asked = check(world, token)
    assert (asked.status, asked.json["state"]) == (200, "waiting")
    assert next_step(world) == "phone"
    for minutes in (2, 6, 16):
        world.clock.forward(minutes=minutes)
        run(world)
        assert next_step(world) == "phone"
    assert "持续失败" in world.one(Ticket).title
    world.clock.forward(minutes=61)
    run(world)
    assert next_step(world) == "face"
    assert world.get(ASK, token=world.relative(LIN.openid)).json["checks"][0]["result"] == "match"
    world.deliver_messages()
    assert "核验通过" in str(world.emulator.sent("wechat", LIN.openid)[-1])
    assert world.one(PhoneCheckJob).number is None, "kept no longer than for asking"


def test_after_a_week_without_an_answer_it_says_so(world: World) -> None:
    token = ready(world)
    world.emulator.fail(FAULT, "http500", times=2)
    check(world, token)
    world.clock.forward(days=7)
    run(world)
    job = world.one(PhoneCheckJob)
    assert (job.status, job.result) == (PhoneCheckJobStatus.GIVEN_UP, PhoneCheckResult.NOT_CHECKED)
    seen = world.get(ASK, token=world.relative(LIN.openid)).json["checks"][0]
    assert "人工核验" in seen["reason"]


def test_who_dies_before_the_answer_is_written_leaves_a_check_that_goes_on(world: World) -> None:
    ready(world)
    check_phone._begin(actor=Actor("relative", lin(world).id), number=LIN.phone)
    run(world)  # still taken by the one who died
    assert lin(world).phone is None
    world.clock.forward(seconds=61)
    run(world)
    assert lin(world).phone == LIN.phone
    assert [one.billed for one in _ledger(world)] == [None, True]
    assert _ledger(world)[0].provider_code == check_jobs.UNANSWERED


def test_an_answer_that_comes_too_late_changes_nothing(world: World) -> None:
    ready(world)
    actor = Actor("relative", lin(world).id)
    old = check_phone._begin(actor=actor, number=LIN.phone)
    said = check_jobs.ask(old)
    newer = check_phone._begin(actor=actor, number="13900000077")
    check_jobs.settle(actor=actor, claim=old, said=said, tell=False)
    assert lin(world).phone is None
    check_jobs.settle(actor=actor, claim=newer, said=check_jobs.ask(newer), tell=False)
    assert lin(world).phone is None, "nobody's number"


def test_an_answer_to_an_earlier_try_changes_nothing(world: World) -> None:
    ready(world)
    old = check_phone._begin(actor=Actor("relative", lin(world).id), number=LIN.phone)
    said = check_jobs.ask(old)
    world.clock.forward(seconds=61)
    world.emulator.fail(FAULT, "error", code="-11")
    run(world)
    check_jobs.settle(actor=SYSTEM, claim=old, said=said, tell=True)
    assert (lin(world).phone, world.one(PhoneCheckJob).status.value) == (None, "waiting")


def test_two_timers_ask_once(world: World) -> None:
    token = ready(world)
    world.emulator.fail(FAULT, "http500")
    check(world, token)
    world.clock.forward(seconds=61)
    world.emulator.fail(FAULT, "delay", seconds=0.3)
    timers = [Thread(target=run_checks.run_checks) for _ in range(4)]
    for one in timers:
        one.start()
    for one in timers:
        one.join()
    assert lin(world).phone == LIN.phone
    assert len(world.rows(PhoneCheck)) == 2


def test_a_number_is_checked_three_times_a_day(world: World) -> None:
    token = ready(world)
    for _ in range(3):
        world.emulator.fail(FAULT, "error", code="-4")
        assert_problem(check(world, token), 422, "phone_mismatch")
    refused = check(world, token)
    assert_problem(refused, 429, "phone_checks_number")
    assert "12月2日" in refused.json["errors"][0]["text"]
    assert len(world.rows(PhoneCheck)) == 3
    assert_problem(check(world, token, "13900000078"), 422, "phone_no_record")
    world.clock.forward(hours=16)
    assert check(world, world.relative(LIN.openid)).json["result"] == "match"


def test_a_timer_leaves_room_for_those_who_wait(world: World) -> None:
    site = world.one(Site)
    site.rules = {"phone_checks_per_site_day": 5}
    world.add(site)
    for number in range(4):
        spend(spender=Spender(site.id, None, f"1390000009{number}"))
    with pytest.raises(TooMany):
        spend(spender=Spender(site.id, None, "13900000099"))
    ready(world)
    spend(spender=Spender(site.id, lin(world).id, LIN.phone))


@in_transaction
def spend(session: Session, *, spender: Spender) -> None:
    use(session, spender)


def test_what_it_cost_is_seen_by_those_who_pay(world: World) -> None:
    token = ready(world)
    check(world, token)
    world.emulator.fail(FAULT, "error", code="-9")
    check(world, token)
    world.emulator.fail(FAULT, "drop_answer")
    check(world, token)
    hour = timedelta(hours=1)
    asked = costs(world, world.clock.now() - hour, world.clock.now() + hour)
    counted = {one["billing"]: one["count"] for one in asked.json["totals"]}
    assert counted == {"billed": 1, "free": 1, "unknown": 1}
    assert [one["billing"] for one in asked.json["newest"]] == ["unknown", "free", "billed"]
    assert LIN.phone not in asked.text
    assert costs(world, world.clock.now(), world.clock.now() + hour, "wang").status == 403
    upside_down = costs(world, world.clock.now(), world.clock.now() - hour)
    assert_problem(upside_down, 422, "period_order")


def costs(world: World, since: datetime, until: datetime, officer: str = "li") -> Answer:
    query = f"since={since:%Y-%m-%dT%H:%M:%SZ}&until={until:%Y-%m-%dT%H:%M:%SZ}"
    return world.get(f"/phone/v1/desk/checks?{query}", token=world.officer(officer))


def test_a_check_that_cannot_be_read_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.emulator.fail(FAULT, "http500")
    check(world, ready(world))
    world.clock.forward(seconds=61)
    job = world.one(PhoneCheckJob)
    first = PhoneCheckJob(
        purpose=job.purpose, relative_id=job.relative_id, site_id=job.site_id, number=job.number,
        tail=job.tail, due_at=job.created_at,
    )  # fmt: skip
    world.add(first)
    take = check_jobs.take

    def broken(session: Session, one: PhoneCheckJob) -> object:
        if one.id == first.id:
            raise ValueError
        return take(session, one)

    monkeypatch.setattr(check_jobs, "take", broken)
    with pytest.raises(ValueError, match=r"^$"):
        run(world)
    assert world.one(PhoneCheckJob, id=job.id).status is PhoneCheckJobStatus.DONE
    run(world)  # and it is not the first again
