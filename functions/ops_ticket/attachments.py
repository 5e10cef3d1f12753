"""Files on a ticket: put into COS by the page itself, looked at before they count, and every reading on record."""

from typing import Any

from sqlalchemy.orm import Session

from functions.ops_ticket.show_tickets import attachments_of, own, shown
from shared import audit, ticket_log
from shared.actors import Actor
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Refused, Unavailable
from shared.ids import new_id
from shared.models.attachments import TicketAttachment
from shared.rules.ticket_flow import OVER

UPLOAD_SECONDS = 600
READ_SECONDS = 300
MAX_BYTES = 10_000_000
MOST = 20  # a ticket
ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "text/plain": "txt",
}  # fmt: skip
# The first bytes tell whether a file is what it says; text has none, and is shown as text alone.
STARTS = {
    "jpg": (b"\xff\xd8\xff",), "png": (b"\x89PNG\r\n\x1a\n",), "pdf": (b"%PDF-",), "txt": (b"",),
}  # fmt: skip


@in_transaction
def ask_place(
    session: Session, *, actor: Actor, ticket_id: str, content_type: str
) -> dict[str, Any]:
    own(session, actor, ticket_id)
    key = f"{_prefix(ticket_id)}{new_id()}.{ENDINGS[content_type]}"
    url = storage.presigned_put(key, content_type=content_type, seconds=UPLOAD_SECONDS)
    return {"key": key, "url": url, "content_type": content_type, "expires_in": UPLOAD_SECONDS}


def attach(*, actor: Actor, ticket_id: str, key: str, name: str) -> dict[str, Any]:
    """Raises BadInput for a file that is missing, too large or not what it says; Refused for one too many.

    A stranger must not learn from the answer which files there are."""
    in_transaction(own)(actor, ticket_id)
    size = _looked_at(ticket_id, key)
    return _attach(actor=actor, ticket_id=ticket_id, key=key, name=name, size=size)


@in_transaction
def _attach(
    session: Session, *, actor: Actor, ticket_id: str, key: str, name: str, size: int
) -> dict[str, Any]:
    ticket = own(session, actor, ticket_id, lock=True)
    there = attachments_of(session, ticket_id)
    if any(one.key == key for one in there):
        return shown(session, actor, ticket)  # asked twice
    if ticket.status in OVER:
        raise Conflict.of("ticket_closed")
    if len(there) >= MOST:
        raise Refused.of("attachment_too_many", count=MOST)
    row = TicketAttachment(ticket_id=ticket_id, key=key, name=name, size=size, added_by=actor.id)
    session.add(row)
    session.flush()
    ticket_log.append(session, ticket, actor, "attached", name, value=row.id)
    audit.record(session, actor, "attachment.added", "ticket", ticket_id, attachment=row.id)
    return shown(session, actor, ticket)


@in_transaction
def read_attachment(
    session: Session, *, actor: Actor, ticket_id: str, attachment_id: str
) -> dict[str, Any]:
    """An address that works for minutes."""
    own(session, actor, ticket_id)
    row = session.get(TicketAttachment, attachment_id)
    if row is None or row.ticket_id != ticket_id:
        raise NotFound.of("not_found")
    audit.record(session, actor, "attachment.read", "ticket", ticket_id, attachment=row.id)
    url = storage.presigned_get(row.key, seconds=READ_SECONDS)
    return {"url": url, "expires_in": READ_SECONDS}


def _looked_at(ticket_id: str, key: str) -> int:
    """Its size."""
    if not key.startswith(_prefix(ticket_id)) or ".." in key:
        raise BadInput.of("attachment_missing", "key")
    try:
        data = storage.read(key, limit=MAX_BYTES)
    except storage.ObjectMissing as error:
        raise BadInput.of("attachment_missing", "key") from error
    except storage.ObjectTooLarge as error:
        raise BadInput.of("attachment_too_large", "key") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    if not data or not data.startswith(STARTS.get(key.rpartition(".")[2], ())):
        raise BadInput.of("attachment_unreadable", "key")
    return len(data)


def _prefix(ticket_id: str) -> str:
    return f"attachments/{ticket_id}/"
