"""Pictures of rooms go after 30 days; what shows why an alert came, and what is held, stays."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from functions.monitor_hook import delete_old_frames as module
from functions.monitor_hook import sweep_frames
from functions.ops_ticket.deliver_outbox import DELETIONS
from shared import erasure, messages
from shared.clients import storage
from shared.database import engine
from shared.ids import first_id_of, new_id
from shared.models.plumbing import Outbox, OutboxState
from shared.models.rooms import Alert, AlertKind, Frame, Recording
from shared.models.visits import Visit
from tests.integration.steps import approved, ended
from tests.integration.world import World

TASK = "-m4-F5KkRTbQ" * 30  # longer than TRTC's, and still a key


def picture(world: World, visit_id: str, *, days: float) -> str:
    taken_at = world.clock.now() - timedelta(days=days)
    frame_id = first_id_of(taken_at)[:10] + new_id()[10:]
    key = f"frames/visit-{visit_id}/{TASK}/f-{visit_id}/images/{frame_id}.jpg"
    storage.write(key, b"frame", "image/jpeg")
    seen = {"visit_id": visit_id, "cos_key": key, "taken_at": taken_at}
    world.add(Frame(id=frame_id, people=1, faces=[], **seen))
    return key


def left(world: World, visit_id: str) -> set[str]:
    """In the table, and in COS."""
    rows = {one.cos_key for one in world.rows(Frame)}
    assert rows == {one.key for one in storage.keys(f"frames/visit-{visit_id}/", limit=100)}
    return rows


def sweep(world: World) -> None:
    world.timer("monitor_hook", "delete-old-frames")
    world.timer("ops_ticket", "deliver-outbox")


def test_old_pictures_go_but_not_the_alert_s(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 55)
    visit = world.one(Visit, id=approved(world))
    for number in range(60):
        picture(world, visit.id, days=31 + number)
    new, shown = picture(world, visit.id, days=29), picture(world, visit.id, days=60)
    moment = world.clock.now() - timedelta(days=60)
    seen = {"frame_key": shown, "first_at": moment, "last_at": moment}
    world.add(Alert(site_id=visit.site_id, visit_id=visit.id, kind=AlertKind.EXTRA_PERSON, **seen))
    sweep(world)
    assert left(world, visit.id) == {new, shown}


def test_nothing_of_a_held_visit_goes(world: World) -> None:
    visit = world.one(Visit, id=approved(world))
    old = picture(world, visit.id, days=200)
    whose = {"site_id": visit.site_id, "resident_id": visit.resident_id, "visit_id": visit.id}
    recording = Recording(**whose, kind="visit", starts_at=visit.starts_at, legal_hold=True)
    world.add(recording)
    sweep(world)
    assert left(world, visit.id) == {old}


@pytest.mark.parametrize("held", [False, True])
def test_pictures_that_nobody_looked_at_go_too(
    world: World, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have no row: the visit's folder is swept, page by page, and not what is kept."""
    monkeypatch.setattr(sweep_frames, "PICTURES", 2)
    visit = world.one(Visit, id=ended(world))
    world.carry_out()
    world.deliver_messages()
    world.clock.forward(minutes=5)
    assert world.get("/ops/v1/health").json["oldest_waiting_s"] == 0, (
        "what is due later is not late"
    )
    folder = f"frames/{visit.id}/{TASK}"
    unseen, other = [f"{folder}/{number}.jpg" for number in range(5)], f"frames/{visit.id}0/1.jpg"
    shown, looked_at = f"{folder}/3.5.jpg", f"{folder}/0.5.jpg"
    for key in (*unseen, shown, looked_at, other):
        storage.write(key, b"frame", "image/jpeg")
    moment = world.clock.now()
    seen = {"frame_key": shown, "first_at": moment, "last_at": moment}
    world.add(Alert(site_id=visit.site_id, visit_id=visit.id, kind=AlertKind.EXTRA_PERSON, **seen))
    later = moment + timedelta(days=20)  # looked at then, as far as its row says
    world.add(Frame(visit_id=visit.id, cos_key=looked_at, taken_at=later, people=0, faces=[]))
    film = world.one(Recording)
    film.legal_hold = held
    world.add(film)
    world.clock.forward(days=29)
    sweep(world)
    assert set(unseen) <= in_cos(visit.id)
    world.clock.forward(days=1, minutes=1)
    for _ in range(4):
        sweep(world)
    assert in_cos(visit.id) == {shown, looked_at, other} | set(unseen if held else ())
    film.legal_hold = False
    world.add(film)
    world.clock.forward(days=30, minutes=1)
    for _ in range(4):
        sweep(world)
    assert in_cos(visit.id) == {shown, other}


def in_cos(visit_id: str) -> set[str]:
    return {one.key for one in storage.keys(f"frames/{visit_id}", limit=100)}


def test_no_message_waits_behind_a_nights_deletions(world: World) -> None:
    with Session(engine()) as session, session.begin():
        for number in range(2 * DELETIONS):
            erasure.delete_later(session, f"frames/{number}.jpg")
        messages.tell_users(session, ["sun.lead"], text="【预警】请查看", dedupe_key=None)
    world.timer("ops_ticket", "deliver-outbox")
    waiting = [one.kind for one in world.rows(Outbox) if one.state is OutboxState.WAITING]
    assert waiting == [erasure.DELETE_OBJECT] * DELETIONS
