"""The append-only record of who did what, written in the transaction of what was done."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.database import core
from shared.models.plumbing import AuditEvent

_ADD = insert(AuditEvent)


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: str,
    *,
    site_id: str | None = None,
    reason: str | None = None,
    **details: object,
) -> None:
    """`details` takes ids, codes and states; never a name, a number or a picture."""
    core(session).execute(
        _ADD,
        {
            "site_id": site_id or actor.site_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "reason": reason,
            "details": details,
        },
    )
