"""On a phone in the visit room: each line checked, with photos; a fault becomes a ticket at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.inspections.show_inspections import own, shown
from functions.ops_ticket.registers.devices import change_status, note_event
from shared import audit
from shared.actors import Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.database import in_transaction
from shared.errors import (
    BadInput,
    Conflict,
    NotFound,
    Reason,
    Refused,
    Unavailable,
    raise_if_any,
    reason,
)
from shared.ids import new_id
from shared.models.inspections import CheckResult, InspectionItem
from shared.models.places import Device, DeviceStatus
from shared.models.registers import DeviceEventKind
from shared.models.tickets import Severity, TicketKind, TicketSource
from shared.tickets import Report, open_ticket

UPLOAD_SECONDS = 600
MAX_PHOTO_BYTES = 8_000_000
SUFFIX = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True)
class Check:
    """`out_of_service`: the device cannot be used, so its terminal takes no bookings until it is repaired."""

    result: CheckResult
    note: str | None = None
    photo_keys: Sequence[str] = ()
    out_of_service: bool = False


def photo_place(*, actor: Actor, inspection_id: str, content_type: str) -> dict[str, Any]:
    """A place in COS for one photo. Raises NotFound."""
    in_transaction(own)(actor, inspection_id)
    key = f"{_prefix(inspection_id)}{new_id()}.{SUFFIX[content_type]}"
    url = storage.presigned_put(key, content_type=content_type, seconds=UPLOAD_SECONDS)
    return {"key": key, "url": url, "content_type": content_type, "expires_in": UPLOAD_SECONDS}


def check_item(*, actor: Actor, inspection_id: str, item_id: str, check: Check) -> dict[str, Any]:
    """Raises BadInput with all that does not fit together, Conflict once it is finished, Unavailable without COS."""
    # A stranger must not learn from the answer which photos there are.
    item = _item(actor=actor, inspection_id=inspection_id, item_id=item_id)
    raise_if_any([*_unfit(item, check), *_without_photo(inspection_id, check)], BadInput)
    return _store(actor=actor, inspection_id=inspection_id, item_id=item_id, check=check)


@in_transaction
def _item(session: Session, *, actor: Actor, inspection_id: str, item_id: str) -> InspectionItem:
    inspection = own(session, actor, inspection_id)
    item = session.get(InspectionItem, item_id)
    if item is None or item.inspection_id != inspection.id:
        raise NotFound.of("not_found")
    return item


def _unfit(item: InspectionItem, check: Check) -> Iterator[Reason]:
    if check.result is CheckResult.FAULT and not check.note:
        yield reason("inspection_note", "note")
    if check.out_of_service and check.result is CheckResult.OK:
        yield reason("inspection_ok_broken", "out_of_service")
    if check.out_of_service and item.device_id is None:
        yield reason("inspection_no_device", "out_of_service")


def _without_photo(inspection_id: str, check: Check) -> Iterator[Reason]:
    """One reason, however many are missing: the page takes them again together."""
    if not all(_has_arrived(inspection_id, key) for key in check.photo_keys):
        yield reason("inspection_photo", "photo_keys")


def _has_arrived(inspection_id: str, key: str) -> bool:
    if not key.startswith(_prefix(inspection_id)) or ".." in key:
        return False
    try:
        found = storage.head(key)
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    return found is not None and found.size <= MAX_PHOTO_BYTES


@in_transaction
def _store(
    session: Session, *, actor: Actor, inspection_id: str, item_id: str, check: Check
) -> dict[str, Any]:
    inspection = own(session, actor, inspection_id)
    item = session.get_one(InspectionItem, item_id)
    device = session.get(Device, item.device_id) if item.device_id else None
    if device is not None and check.out_of_service:
        # The site's row comes first, as everywhere.
        change_status(session, actor, device, DeviceStatus.BROKEN, check.note or "")
    own(session, actor, inspection_id, lock=True)
    if inspection.done_at is not None:
        raise Conflict.of("inspection_over")
    session.refresh(item)
    item.result, item.note, item.photo_keys = check.result, check.note, list(check.photo_keys)
    item.checked_at, item.checked_by = now(), actor.id
    if device is not None and not check.out_of_service:
        note_event(session, actor, device, DeviceEventKind.INSPECTED, check.note)
    if check.result is CheckResult.FAULT and item.ticket_id is None:
        item.ticket_id = _open(session, actor, inspection.site_id, item)
    audit.record(
        session, actor, "inspection.checked", "inspection_item", item.id, result=check.result.value
    )
    session.flush()
    return shown(session, actor, inspection)


def _open(session: Session, actor: Actor, site_id: str, item: InspectionItem) -> str:
    """A fault that is looked at again keeps its ticket."""
    title = f"巡检发现：{item.what}"[:100]
    report = Report(
        TicketKind.INCIDENT, Severity.III, title, item.note or "", TicketSource.INSPECTION
    )
    return open_ticket(session, actor, site_id=site_id, report=report).id


@in_transaction
def finish_inspection(session: Session, *, actor: Actor, inspection_id: str) -> dict[str, Any]:
    """Raises Refused while a line is unchecked. Finished twice is finished once."""
    inspection = own(session, actor, inspection_id, lock=True)
    open_lines = select(func.count()).where(
        InspectionItem.inspection_id == inspection.id, InspectionItem.result.is_(None)
    )
    left = session.scalar(open_lines) or 0
    if left:
        raise Refused.of("inspection_incomplete", count=left)
    if inspection.done_at is None:
        inspection.done_at, inspection.done_by = now(), actor.id
        audit.record(session, actor, "inspection.finished", "inspection", inspection.id)
    session.flush()
    return shown(session, actor, inspection)


def _prefix(inspection_id: str) -> str:
    return f"inspections/{inspection_id}/"
