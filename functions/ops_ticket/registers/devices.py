"""The register of devices: a broken one takes its terminal out of booking, a repaired one brings it back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.show_tickets import names_of
from shared import audit, capacity
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.idempotency import once
from shared.models.places import Device, DeviceKind, DeviceStatus, Site, Terminal
from shared.models.registers import DeviceEvent, DeviceEventKind

HAPPENED = {
    DeviceStatus.BROKEN: DeviceEventKind.BROKEN,
    DeviceStatus.WORKING: DeviceEventKind.REPAIRED,
}


@dataclass(frozen=True)
class NewDevice:
    kind: DeviceKind
    name: str
    serial_number: str | None = None
    terminal_id: str | None = None


@in_transaction
def list_devices(session: Session, *, actor: Actor) -> Sequence[dict[str, Any]]:
    query = (
        select(Device, Terminal.name)
        .outerjoin(Terminal, Terminal.id == Device.terminal_id)
        .where(Device.site_id == actor.site_id)
        .order_by(Terminal.name, Device.kind, Device.id)
    )
    return [_shown(device, name) for device, name in session.execute(query)]


@in_transaction
def show_device(session: Session, *, actor: Actor, device_id: str) -> dict[str, Any]:
    """With its history, the newest first."""
    device = _own(session, actor, device_id)
    history = select(DeviceEvent).where(DeviceEvent.device_id == device.id)
    newest = history.order_by(DeviceEvent.happened_at.desc(), DeviceEvent.id.desc()).limit(100)
    return {
        **_shown(device, _terminal(session, device)),
        "history": _history(session, session.scalars(newest).all()),
    }


def _history(session: Session, events: Sequence[DeviceEvent]) -> list[dict[str, Any]]:
    names = names_of(session, {one.made_by for one in events})
    return [
        {
            "kind": one.kind,
            "note": one.note,
            "made_by": one.made_by,
            "made_by_name": names.get(one.made_by),
            "happened_at": one.happened_at,
        }
        for one in events
    ]


@in_transaction
def register_device(
    session: Session, *, actor: Actor, given: NewDevice, idempotency_key: str | None = None
) -> dict[str, Any]:
    """Raises NotFound for a terminal of another site, Conflict when the terminal has one of this kind."""
    registered = once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"device": asdict(given)},
        effect=lambda: _register(session, actor, given),
    )
    device = _own(session, actor, registered["id"])
    return _shown(device, _terminal(session, device))


def _register(session: Session, actor: Actor, given: NewDevice) -> dict[str, str]:
    terminal = session.get(Terminal, given.terminal_id) if given.terminal_id else None
    if given.terminal_id and (terminal is None or terminal.site_id != actor.site_id):
        raise NotFound.of("not_found")
    device = _first_of_test(session, given)
    if device is None:
        device = Device(site_id=actor.site_id, terminal_id=given.terminal_id, kind=given.kind)
        session.add(device)
    device.name, device.serial_number = given.name, given.serial_number
    session.flush()
    note_event(session, actor, device, DeviceEventKind.REGISTERED, None)
    audit.record(session, actor, "device.registered", "device", device.id)
    return {"id": device.id}


def _first_of_test(session: Session, given: NewDevice) -> Device | None:
    """The terminal's own test may have made the row, without name or number."""
    if given.terminal_id is None:
        return None
    here = Device.terminal_id == given.terminal_id, Device.kind == given.kind
    device = session.scalar(select(Device).where(*here).with_for_update())
    if device is not None and device.name is not None:
        raise Conflict.of("device_exists")
    return device


@in_transaction
def set_status(
    session: Session,
    *,
    actor: Actor,
    device_id: str,
    status: DeviceStatus,
    note: str,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """The same status again is noted and changes nothing."""
    device = _own(session, actor, device_id)

    def effect() -> dict[str, Any]:
        change_status(session, actor, device, status, note)
        return {}

    request = {"device": device_id, "status": status, "note": note}
    once(session, owner_id=actor.id, key=idempotency_key, request=request, effect=effect)
    return _shown(device, _terminal(session, device))


def change_status(
    session: Session, actor: Actor, device: Device, status: DeviceStatus, note: str
) -> None:
    """Takes the site's row first, as everybody who changes the timetable."""
    session.get_one(Site, device.site_id, with_for_update=True)
    session.refresh(device, with_for_update=True)
    changed, device.status = device.status is not status, status
    note_event(session, actor, device, HAPPENED[status], note)
    audit.record(session, actor, f"device.{status.value}", "device", device.id)
    session.flush()
    if changed and device.terminal_id is not None:
        capacity.refresh(session, actor, device.site_id, cause_id=device.terminal_id)


def note_event(
    session: Session, actor: Actor, device: Device, kind: DeviceEventKind, note: str | None
) -> None:
    session.add(DeviceEvent(device_id=device.id, kind=kind, note=note, made_by=actor.id))


def _own(session: Session, actor: Actor, device_id: str) -> Device:
    device = session.get(Device, device_id)
    if device is None or device.site_id != actor.site_id:
        raise NotFound.of("not_found")
    return device


def _terminal(session: Session, device: Device) -> str | None:
    return session.get_one(Terminal, device.terminal_id).name if device.terminal_id else None


def _shown(device: Device, terminal: str | None) -> dict[str, Any]:
    columns = {column.key: getattr(device, column.key) for column in Device.__table__.columns}
    return {**columns, "terminal": terminal}
