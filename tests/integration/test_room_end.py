"""The end of a visit: warned of, extended, on time."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from local.sample_people import GUO
from shared import room_commands
from shared.actors import SYSTEM
from shared.cancellations import cancel_ahead
from shared.clients import im
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import engine
from shared.ids import new_id
from shared.models.people import Resident
from shared.models.plumbing import AuditEvent, Outbox, OutboxState
from shared.models.rooms import Recording
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import room_pass
from shared.settings import settings
from tests.integration.problems import assert_problem
from tests.integration.steps import approved, ended, enter_room, running
from tests.integration.world import Answer, World


def warn(world: World) -> None:
    world.timer("monitor_hook", "warn-of-end")
    world.carry_out()


def texts(world: World, user_id: str) -> list[str]:
    sent = world.emulator.sent("im", user_id)
    data = [json.loads(one["body"]["MsgBody"][0]["MsgContent"]["Data"]) for one in sent]
    assert {one["kind"] for one in data} <= {"end_soon"}
    return [one["text"] for one in data]


def extend(world: World, minutes: int, *, visit_id: str | None = None) -> Answer:
    path = f"/approve/v1/visits/{visit_id or world.one(Visit).id}/extend"
    body = {"minutes": minutes, "reason": "家属要求多说几句"}
    return world.post(path, body, token=world.officer("wang"))


def polled(world: World, visit_id: str) -> dict[str, Any]:
    answer = world.get(f"/booking/v1/visits/{visit_id}/room", token=world.relative(GUO.openid))
    assert answer.status == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def test_both_sides_are_told_5_and_1_minutes_before_the_end_once(world: World) -> None:
    running(world)
    visit = world.one(Visit)
    family, resident = f"fam_{visit.requested_by}", f"res_{visit.resident_id}"
    for before, told in ((301, 0), (300, 1), (200, 1), (60, 2), (10, 2)):
        world.clock.move_to(visit.ends_at - timedelta(seconds=before))
        for _ in range(2):
            warn(world)
        assert len(texts(world, family)) == len(texts(world, resident)) == told
    assert [one[4:9] for one in texts(world, family)] == [" 5 分钟", " 1 分钟"]


def test_all_that_end_together_are_warned(world: World) -> None:
    running(world)
    one = world.one(Visit)
    columns = {c.name: getattr(one, c.name) for c in Visit.__table__.c if c.computed is None}
    ward_id = world.one(Resident, id=one.resident_id).ward_id
    residents = [
        Resident(site_id=one.site_id, ward_id=ward_id, number=f"R{n}", name="示例")
        for n in range(600)
    ]
    world.add(*residents)
    more = [
        {**columns, "id": new_id(), "place": place, "resident_id": resident.id}
        for place, resident in enumerate(residents, 2)
    ]
    with Session(engine()) as session, session.begin():
        session.execute(insert(Visit), more)
    world.clock.move_to(one.ends_at - timedelta(minutes=5))
    for _ in range(2):
        world.timer("monitor_hook", "warn-of-end")
    assert len(world.rows(Outbox, kind="warn_room")) == 601


def test_the_polled_state_says_the_same_without_im(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IM_BASE_URL", "")
    settings.cache_clear()
    visit_id = running(world)
    visit = world.one(Visit)
    assert polled(world, visit_id)["messages"] == []
    world.clock.move_to(visit.ends_at - timedelta(seconds=59))
    warn(world)
    shown = polled(world, visit_id)
    assert [one["text"][4:9] for one in shown["messages"]] == [" 5 分钟", " 1 分钟"]
    assert shown["seconds_left"] < 60
    assert world.rows(Outbox, kind="warn_room") == []


def test_im_that_fails_keeps_nobody_waiting(world: World) -> None:
    running(world)
    visit = world.one(Visit)
    world.clock.move_to(visit.ends_at - timedelta(minutes=4))
    world.emulator.fail("im.message", "error", code="70009")
    warn(world)
    assert world.one(Outbox, kind="warn_room").state is OutboxState.DEAD
    world.clock.move_to(visit.ends_at - timedelta(seconds=50))
    warn(world)
    assert len(texts(world, f"fam_{visit.requested_by}")) == 1


@pytest.mark.parametrize(
    ("code", "error"), [("91000", ProviderUnavailable), ("90009", ProviderRefused)]
)
def test_im_s_errors_have_names(wired: Any, code: str, error: type[Exception]) -> None:
    wired.fail("im.message", "error", code=code)
    with pytest.raises(error, match=code):
        im.tell_room(["fam_1"], kind="end_soon", text="x")
    wired.fail("im.message", "http500")
    with pytest.raises(ProviderUnavailable):
        im.tell_room(["fam_1"], kind="end_soon", text="x")


def test_an_officer_lets_it_go_on_and_the_new_end_is_warned_of(world: World) -> None:
    running(world)
    visit = world.one(Visit)
    world.clock.move_to(visit.ends_at - timedelta(seconds=30))
    warn(world)
    extended = extend(world, 6)
    assert extended.status == 200, extended.text
    assert extended.json["seconds_left"] > 360
    world.clock.move_to(visit.ends_at + timedelta(seconds=70))
    world.timer("monitor_hook", "end-overdue-visits")
    assert world.one(Visit).status is VisitStatus.IN_PROGRESS
    warn(world)
    assert len(texts(world, f"fam_{visit.requested_by}")) == 2
    world.clock.move_to(visit.ends_at + timedelta(minutes=6))
    world.timer("monitor_hook", "end-overdue-visits")
    over = world.one(Visit)
    assert (over.status, over.ended_at) == (
        VisitStatus.COMPLETED,
        visit.ends_at + timedelta(minutes=6),
    )
    assert world.one(AuditEvent, action="visit.extended").details == {"minutes": 6}


def test_a_drop_in_the_extra_time_still_finds_the_way_back(world: World) -> None:
    visit_id = running(world)
    visit = world.one(Visit)
    extend(world, 5)
    world.clock.move_to(visit.ends_at + timedelta(minutes=1))
    path = f"/booking/v1/visits/{visit_id}/join"
    answer = world.post(path, token=world.relative(GUO.openid))
    assert answer.status == 200, answer.text
    assert 0 < answer.json["expires_in"] <= 240


def test_not_beyond_the_site_s_limit(world: World) -> None:
    running(world)
    assert_problem(extend(world, 11), 422, "extend_too_long")
    assert extend(world, 8).status == 200
    assert_problem(extend(world, 3), 422, "extend_too_long")


def test_not_into_the_next_family_s_time(world: World) -> None:
    visit_id = running(world)
    visit = world.one(Visit)
    after = next(one for one in world.rows(Slot) if one.starts_at == visit.ends_at)
    following = Visit(
        site_id=visit.site_id,
        slot_id=after.id,
        resident_id=visit.resident_id,
        status=VisitStatus.APPROVED,
        place=visit.place,
        starts_at=after.starts_at,
        ends_at=after.ends_at,
        requested_by=visit.requested_by,
    )
    world.add(following)
    assert_problem(extend(world, 1, visit_id=visit_id), 422, "extend_meets_next")
    following.status = VisitStatus.CANCELLED
    world.add(following)
    assert extend(world, 1, visit_id=visit_id).status == 200


def test_what_does_not_run_is_not_extended(world: World) -> None:
    visit_id = running(world)
    path = f"/approve/v1/visits/{visit_id}/end"
    assert world.post(path, {"reason": "会见时间已到"}, token=world.officer("wang")).status == 200
    assert_problem(extend(world, 5), 409, "visit_not_running")


def test_who_enters_a_closed_room_again_is_put_out_again(world: World) -> None:
    """The pass lives until the visit's time is up, and nobody records any more."""
    visit_id = ended(world)
    world.carry_out()
    world.deliver_callbacks()
    visit = world.one(Visit, id=visit_id)
    for _ in range(2):
        world.clock.forward(seconds=5)
        walk_in(world, visit, f"fam_{visit.requested_by}")
        for _ in range(2):
            world.deliver_callbacks()
            world.carry_out()
        assert inside(world, visit) == []


def test_closing_a_room_once_more_puts_no_recording_off(world: World) -> None:
    """It is looked for when it should be there after the first time, however long somebody comes back."""
    running(world)
    visit = world.one(Visit)
    with Session(engine()) as session, session.begin():
        room_commands.close_room(session, session.get_one(Visit, visit.id))
    world.carry_out()
    expected = world.one(Recording).due_at
    world.clock.forward(minutes=10)
    with Session(engine()) as session, session.begin():
        room_commands.close_room(session, session.get_one(Visit, visit.id), entries=1)
    world.carry_out()
    assert world.one(Recording).due_at == expected


def test_a_cancelled_visit_whose_pass_is_out_is_closed(world: World) -> None:
    visit_id = approved(world)
    visit = world.one(Visit)
    world.clock.move_to(visit.starts_at - timedelta(minutes=1))
    enter_room(world, visit_id)
    world.emulator.take("trtc")
    with Session(engine()) as session, session.begin():
        why = "会见室临时停用"
        assert cancel_ahead(session, SYSTEM, Visit.id == visit_id, reason=why) == 1
    world.carry_out()
    assert inside(world, visit) == []


def test_who_comes_back_after_an_early_end_and_nobody_told_is_put_out_when_the_passes_run_out(
    world: World,
) -> None:
    ended(world)
    world.carry_out()
    visit = world.one(Visit)
    walk_in(world, visit, f"fam_{visit.requested_by}")
    world.emulator.take("trtc")
    world.carry_out()
    assert inside(world, visit), "nothing was told of it"
    world.clock.move_to(visit.ends_at + timedelta(seconds=11))
    for _ in range(2):
        world.carry_out()
    assert inside(world, visit) == []
    assert len(world.rows(Outbox, kind="close_room")) == 2


@pytest.mark.parametrize("who", ["family", "resident"])
def test_who_sits_in_a_room_that_was_never_opened_is_put_out(world: World, who: str) -> None:
    """All events were lost. A family with a pass is waited for until the end, the resident alone is a no-show's."""
    visit_id = approved(world)
    visit = world.one(Visit)
    world.clock.move_to(visit.starts_at - timedelta(minutes=1))
    if who == "family":
        enter_room(world, visit_id)
    else:
        visit.terminal_id = new_id()  # what the terminal's pass leaves
        world.add(visit)
        walk_in(world, visit, f"res_{visit.resident_id}")
    world.emulator.take("trtc")
    wait = visit.ends_at if who == "family" else visit.starts_at + timedelta(minutes=11)
    world.clock.move_to(wait)
    world.timer("booking", "mark-no-shows")
    world.carry_out()
    over = {"family": VisitStatus.EXPIRED, "resident": VisitStatus.NO_SHOW}
    assert (world.one(Visit).status, inside(world, visit)) == (over[who], [])
    if who == "resident":  # the pass lives on until the visit's time is up
        walk_in(world, visit, f"res_{visit.resident_id}")
        world.clock.move_to(visit.ends_at + timedelta(seconds=11))
        world.carry_out()
        assert inside(world, visit) == []


def test_a_no_show_that_nobody_had_a_pass_for_has_no_room_to_close(world: World) -> None:
    approved(world)
    world.clock.move_to(world.one(Visit).starts_at + timedelta(minutes=11))
    world.timer("booking", "mark-no-shows")
    assert world.one(Visit).status is VisitStatus.NO_SHOW
    assert world.rows(Outbox, kind="close_room") == []


def walk_in(world: World, visit: Visit, user: str) -> None:
    given = room_pass(visit, user_id=user)
    keys = {name: given[name] for name in ("user_id", "user_sig", "private_map_key")}
    world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}/enter", keys)


def inside(world: World, visit: Visit) -> list[str]:
    return list(world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}")["members"])


def test_a_visit_cancelled_days_before_has_no_room_to_close(world: World) -> None:
    visit_id = approved(world)
    cancel = f"/booking/v1/visits/{visit_id}/cancel"
    answer = world.post(cancel, token=world.relative(GUO.openid))
    assert answer.status == 200, answer.text
    assert world.rows(Outbox, kind="close_room") == []
