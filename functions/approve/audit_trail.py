"""What was done to one record, by whom and why."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.database import in_transaction
from shared.models.plumbing import AuditEvent


@in_transaction
def show_audit_trail(session: Session, *, actor: Actor, subject_id: str) -> Sequence[AuditEvent]:
    query = select(AuditEvent).where(
        AuditEvent.site_id == actor.site_id, AuditEvent.subject_id == subject_id
    )
    return session.scalars(query.order_by(AuditEvent.happened_at)).all()
