"""Pictures of rooms go after 30 days; what shows why an alert came, and what is held, stays."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from functions.monitor_hook import delete_old_frames as module
from functions.ops_ticket.deliver_outbox import DELETIONS
from shared import erasure, messages
from shared.clients import storage
from shared.database import engine
from shared.ids import first_id_of, new_id
from shared.models.plumbing import Outbox, OutboxState
from shared.models.rooms import Alert, AlertKind, Frame, Recording
from shared.models.visits import Visit
from tests.integration.steps import approved
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


def test_no_message_waits_behind_a_nights_deletions(world: World) -> None:
    with Session(engine()) as session, session.begin():
        for number in range(2 * DELETIONS):
            erasure.delete_later(session, f"frames/{number}.jpg")
        messages.tell_users(session, ["sun.lead"], text="【预警】请查看", dedupe_key=None)
    world.timer("ops_ticket", "deliver-outbox")
    waiting = [one.kind for one in world.rows(Outbox) if one.state is OutboxState.WAITING]
    assert waiting == [erasure.DELETE_OBJECT] * DELETIONS
