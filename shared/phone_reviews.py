"""What changed about a relative, a tie or a resident may take the ground from family phones.

The change leaves an outbox row; `phone_realname` then looks at the phones concerned, and at no others.
"""

from sqlalchemy.orm import Session

from shared import outbox

REVIEW_PHONES = "review_phones"


def review_later(
    session: Session, *, relative_id: str | None = None, resident_id: str | None = None
) -> None:
    """The phones that the relative asked for, or those of the resident."""
    body = {"relative_id": relative_id, "resident_id": resident_id}
    outbox.put(session, kind=REVIEW_PHONES, body=body)
