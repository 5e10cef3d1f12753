"""Who is called at a level of the chain: whoever is on duty; else all who hold its role; else the next level up."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.tickets import DutyShift
from shared.rules.sla_policy import Level

ROLES = {
    Level.ENGINEER: Role.OPS_ENGINEER,
    Level.SPECIALIST: Role.OPS_SPECIALIST,
    Level.LEAD: Role.OPS_LEAD,
    Level.CUSTOMER: Role.SUPERVISOR,
}


def called(session: Session, *, site_id: str, level: Level) -> Sequence[Officer]:
    """In a fixed order; empty only when nobody at this level or above exists."""
    for higher in range(level, len(Level)):
        found = _on_duty(session, site_id, Level(higher)) or _holders(
            session, site_id, Level(higher)
        )
        if found:
            return found
    return []


def _on_duty(session: Session, site_id: str, level: Level) -> Sequence[Officer]:
    shift = (
        select(DutyShift.officer_id)
        .where(DutyShift.site_id == site_id, DutyShift.level == int(level))
        .where(DutyShift.starts_at <= now(), DutyShift.ends_at > now())
    )
    query = select(Officer).where(Officer.id.in_(shift), Officer.active).order_by(Officer.id)
    return session.scalars(query).all()


def _holders(session: Session, site_id: str, level: Level) -> Sequence[Officer]:
    query = (
        select(Officer)
        .join(OfficerRole)
        .where(Officer.site_id == site_id, Officer.active, OfficerRole.role == ROLES[level])
        .order_by(Officer.id)
    )
    return session.scalars(query).all()
