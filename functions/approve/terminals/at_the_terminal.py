"""What the PC of a visit room does: test itself, enter the visit, call for help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.mark_resident_told import mark_told
from functions.approve.terminals.show_terminal import devices_of, visits_here
from shared import audit, capacity, messages
from shared.actors import Actor
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.errors import NotFound, Refused
from shared.models.officers import Role
from shared.models.places import Device, DeviceKind, DeviceStatus, Site, Terminal
from shared.models.registers import DeviceEvent, DeviceEventKind
from shared.models.rooms import HelpCall
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import RESIDENT
from shared.room_state import talking_pass
from shared.site_rules import rules_of_visit

HELD = "运维已登记为故障，修好后由运维恢复"


@dataclass(frozen=True)
class TestResult:
    kind: DeviceKind
    working: bool
    note: str | None = None


@in_transaction
def store_test(
    session: Session, *, actor: Actor, results: Sequence[TestResult]
) -> Sequence[Device]:
    """Into the register. A device found broken takes the terminal's place out of every slot, a mended one brings it back.

    What the operations marked as broken stays so until they lift it, whatever a test finds.
    """
    # The site first, as everybody who changes the timetable; then nobody else writes these devices.
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    before = _works(session, actor)
    known = {one.kind: one for one in devices_of(session, actor.id)}
    held = _held_by_ops(session, [one.id for one in known.values()])
    for result in results:
        device = known.get(result.kind)
        if device is None:
            device = Device(site_id=site.id, terminal_id=actor.id, kind=result.kind)
            session.add(device)
        works = result.working and device.id not in held
        device.status = DeviceStatus.WORKING if works else DeviceStatus.BROKEN
        device.note = HELD if result.working and not works else result.note
        device.tested_at = now()
    session.flush()
    broken = sorted(one.kind.value for one in results if not one.working)
    audit.record(session, actor, "terminal.tested", "terminal", actor.id, broken=broken)
    if _works(session, actor) != before:
        _tell_of_change(session, actor, works=not before)
        capacity.refresh(session, actor, site.id, cause_id=actor.id)
    return devices_of(session, actor.id)


def _held_by_ops(session: Session, device_ids: Sequence[str]) -> set[str]:
    """Devices of which the operations' last word is that they are broken: a test writes no such line."""
    said = select(DeviceEvent.device_id, DeviceEvent.kind).where(
        DeviceEvent.device_id.in_(device_ids),
        DeviceEvent.kind.in_((DeviceEventKind.BROKEN, DeviceEventKind.REPAIRED)),
    )
    last: dict[str, DeviceEventKind] = {}
    for device_id, kind in session.execute(said.order_by(DeviceEvent.happened_at, DeviceEvent.id)):
        last[device_id] = kind
    return {device_id for device_id, kind in last.items() if kind is DeviceEventKind.BROKEN}


@in_transaction
def join_at_terminal(session: Session, *, actor: Actor, visit_id: str) -> dict[str, Any]:
    """The resident's pass. Raises NotFound for a visit that is not at this terminal, Refused too early."""
    visit = next((one for one in visits_here(session, actor) if one.id == visit_id), None)
    if visit is None:
        raise NotFound.of("not_found")
    rules = rules_of_visit(session, visit)
    opens = visit.starts_at - timedelta(minutes=rules.check_in_minutes_before)
    if now() < opens:
        raise Refused.of("too_early_to_join", opens=chinese(opens))
    session.refresh(visit, with_for_update=True)
    first, visit.terminal_id = visit.terminal_id != actor.id, actor.id
    mark_told(session, actor, visit)
    # The page asks anew every few seconds while it cannot reach TRTC; who was in the room, the room's events tell.
    if first:
        audit.record(session, actor, "visit.resident_joined", "visit", visit.id)
    return talking_pass(session, visit, f"{RESIDENT}{visit.resident_id}")


@in_transaction
def read_at_terminal(session: Session, *, actor: Actor, visit_id: str) -> Visit:
    """The resident has read it on the screen and says so. Raises NotFound for a visit that is not at this terminal."""
    visit = next((one for one in visits_here(session, actor) if one.id == visit_id), None)
    if visit is None:
        raise NotFound.of("not_found")
    mark_told(session, actor, visit)
    return visit


@in_transaction
def call_for_help(session: Session, *, actor: Actor) -> str:
    """One call until it is answered, however often the button is pressed; officers hear of it at once."""
    terminal = session.get_one(Terminal, actor.id, with_for_update=True)
    waiting = select(HelpCall.id).where(
        HelpCall.terminal_id == actor.id, HelpCall.answered_at.is_(None)
    )
    known = session.scalar(waiting.where(HelpCall.asked_at > now() - timedelta(hours=1)))
    if known is not None:
        return known
    running = [one for one in visits_here(session, actor) if _runs(one)]
    call = HelpCall(
        site_id=terminal.site_id,
        terminal_id=actor.id,
        visit_id=running[0].id if running else None,
    )
    session.add(call)
    session.flush()
    audit.record(session, actor, "help.asked", "help_call", call.id)
    messages.tell_staff(
        session,
        site_id=terminal.site_id,
        roles=[Role.VISIT_OFFICER, Role.SUPERVISOR],
        text=f"【会见室求助】{terminal.name} 请求民警协助（{chinese(now())}）。请前往会见室或打开值守页。",
        dedupe_key=f"help:{call.id}",
    )
    return call.id


def _runs(visit: Visit) -> bool:
    return visit.status is VisitStatus.IN_PROGRESS


def _works(session: Session, actor: Actor) -> bool:
    assert actor.site_id is not None
    mine = capacity.working_terminals(actor.site_id).where(Terminal.id == actor.id)
    return session.scalar(mine) is not None


def _tell_of_change(session: Session, actor: Actor, *, works: bool) -> None:
    assert actor.site_id is not None
    terminal = session.get_one(Terminal, actor.id)
    said = "已恢复正常，名额已恢复" if works else "检测到设备故障，名额已暂停"
    messages.tell_staff(
        session,
        site_id=actor.site_id,
        roles=[Role.VISIT_OFFICER, Role.OPS_ENGINEER],
        text=f"【会见终端】{terminal.name}{said}（{chinese(now())}）。",
        dedupe_key=f"terminal:{terminal.id}:{works}:{now():%Y%m%d%H%M%S}",
    )
