"""Whatever rings, and however many instances hear it at once, opens one incident; none of them fails over it."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import delete

from functions.monitor_hook.find_late_recordings import find_late_recordings
from functions.ops_ticket.audit_deadlines import audit_deadlines
from functions.ops_ticket.backups import make_backup as backups
from functions.ops_ticket.check_invariants import check_invariants
from functions.ops_ticket.registers.watch_registers import watch_subscriptions
from functions.ops_ticket.report_dead_letters import report_dead_letters
from local import functions, sample_clips
from shared import tickets
from shared.clock import in_shanghai, now
from shared.models.places import Site
from shared.models.plumbing import AuditEvent, OutboxState
from shared.models.registers import Subscription, SubscriptionKind
from shared.models.tickets import Heartbeat, Ticket
from tests.integration.steps import booked, running
from tests.integration.test_audit import beat, change
from tests.integration.test_housekeeping import letter
from tests.integration.test_late_recordings import LATE, close_room, ended
from tests.integration.world import World

Ring = Callable[[], object]


def lost_recording(world: World) -> Ring:
    close_room(world, ended(world), lose=True)
    world.clock.forward(seconds=LATE.total_seconds() + 1)
    return find_late_recordings


def frames_behind(world: World) -> Ring:
    visit_id = running(world)
    world.carry_out()
    jpeg = sample_clips.room_frame([sample_clips.astronaut()])
    (user,) = world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}")["members"]
    body = {"user_id": user, "jpeg_base64": base64.b64encode(jpeg).decode()}
    world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}/frames", body)
    event = [one for one in world.emulator.take("cos") if "/images/" in str(one.json)][-1]
    world.clock.forward(seconds=40)
    return lambda: functions.call_by_cos(event.json)


def failed_backup(world: World) -> Ring:
    """Both take the same backup up, as one does that was thought dead."""
    backup = backups._claim()
    assert backup is not None
    return lambda: backups._fail(backup, error="ConnectionResetError")


def dead_letters(world: World) -> Ring:
    world.add(*(letter(number, OutboxState.DEAD, days=0.01) for number in range(3)))
    return report_dead_letters


def broken_invariant(world: World) -> Ring:
    visit_id = booked(world)
    change(delete(AuditEvent).where(AuditEvent.subject_id == visit_id))
    return check_invariants


def expiring_subscription(world: World) -> Ring:
    today = in_shanghai(now()).date()
    span = {"starts_on": today - timedelta(days=300), "expires_on": today + timedelta(days=7)}
    site_id = world.one(Site).id
    kind, names = SubscriptionKind.SMS, {"name": "短信套餐", "owner": "运维单位"}
    world.add(Subscription(site_id=site_id, kind=kind, **names, **span))
    return watch_subscriptions


def missing_heartbeat(world: World) -> Ring:
    world.clock.forward(hours=1)
    beat()
    change(delete(Heartbeat).where(Heartbeat.job == "deliver-outbox"))
    world.clock.forward(minutes=10)
    beat(but="deliver-outbox")
    world.add(Heartbeat(job="deliver-outbox", beat_at=now() - timedelta(hours=1)))
    return audit_deadlines


ALARMS = {
    lost_recording: "recording_lost:",
    frames_behind: "frames_late:",
    failed_backup: "backup_failed:",
    dead_letters: "dead_letters:wecom:",
    broken_invariant: "invariant:not_audited:",
    expiring_subscription: "subscription:",
    missing_heartbeat: "audit:silent_job:deliver-outbox:",
}


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda one: one.__name__)
def test_it_rings_once(
    world: World, alarm: Callable[[World], Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = alarm(world)
    barrier, meeting, opened = Barrier(2), Barrier(2), tickets.open_ticket

    def after_both_looked(*given: Any, **more: Any) -> Ticket:
        """Both have found no incident, unless a lock keeps the other one waiting."""
        with suppress(BrokenBarrierError):
            meeting.wait(0.3)
        return opened(*given, **more)

    monkeypatch.setattr(tickets, "open_ticket", after_both_looked)

    def at_once(_: int) -> None:
        barrier.wait(10)
        ring()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(at_once, range(2)))
    ring()
    keys = [str(one.source_key) for one in world.rows(Ticket)]
    assert [one.startswith(ALARMS[alarm]) for one in keys] == [True], keys
