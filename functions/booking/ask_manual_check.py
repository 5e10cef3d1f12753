"""A relative who cannot or will not use the face or phone check asks an officer to check instead."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, Refused
from shared.models.people import (
    ManualCheck,
    ManualCheckPurpose,
    ManualCheckStatus,
    Relative,
)
from shared.relationships import confirmed_tie


@in_transaction
def ask_manual_check(
    session: Session,
    *,
    actor: Actor,
    purpose: ManualCheckPurpose,
    relationship_id: str,
    visit_id: str | None,
) -> ManualCheck:
    """The relationship tells which centre decides. Raises Refused, NotFound, Conflict when one is open."""
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    if relative.id_number is None:
        raise Refused.of("identity_missing")
    tie = confirmed_tie(session, relative_id=actor.id, relationship_id=relationship_id)
    _require_visit(session, actor.id, purpose, visit_id)
    _require_none_open(session, actor.id, purpose)
    asked = ManualCheck(
        site_id=tie.site_id,
        resident_id=tie.resident_id,
        relative_id=actor.id,
        visit_id=visit_id,
        purpose=purpose,
        status=ManualCheckStatus.PENDING,
    )
    session.add(asked)
    session.flush()
    audit.record(
        session, actor, "manual_check.asked", "manual_check", asked.id, site_id=asked.site_id
    )
    return asked


def _require_visit(
    session: Session, relative_id: str, purpose: ManualCheckPurpose, visit_id: str | None
) -> None:
    if purpose is not ManualCheckPurpose.VISIT:
        return
    if visit_id is None:
        raise BadInput.of("field_invalid", "visit_id", name="会见", problem="必填")
    own_visit(session, relative_id, visit_id)


def _require_none_open(session: Session, relative_id: str, purpose: ManualCheckPurpose) -> None:
    open_one = select(ManualCheck.id).where(
        ManualCheck.relative_id == relative_id,
        ManualCheck.purpose == purpose,
        ManualCheck.status == ManualCheckStatus.PENDING,
    )
    if session.scalar(open_one) is not None:
        raise Conflict.of("manual_check_open")
