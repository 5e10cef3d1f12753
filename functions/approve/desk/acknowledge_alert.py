"""An officer has looked at an alert and says what was found."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict, NotFound
from shared.models.people import Resident
from shared.models.rooms import Alert
from shared.models.visits import Visit


@in_transaction
def acknowledge_alert(session: Session, *, actor: Actor, alert_id: str, reason: str) -> Alert:
    """Also after the visit. Raises NotFound, Conflict when somebody has said so before."""
    alert = _alert(session, actor, alert_id)
    said = (
        update(Alert)
        .where(Alert.id == alert.id, Alert.acknowledged_at.is_(None))
        .values(acknowledged_at=now(), acknowledged_by=actor.id, acknowledged_why=reason)
    )
    if not compare_and_set(session, said):
        raise Conflict.of("changed_meanwhile")
    audit.record(
        session, actor, "alert.acknowledged", "alert", alert.id, reason=reason, visit=alert.visit_id
    )
    session.refresh(alert)
    return alert


def _alert(session: Session, actor: Actor, alert_id: str) -> Alert:
    query = (
        select(Alert)
        .join(Visit, Visit.id == Alert.visit_id)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Alert.id == alert_id)
    )
    alert: Alert | None = session.scalar(scope.of_residents(actor, query))
    if alert is None:
        raise NotFound.of("not_found")
    return alert
