"""Who is called at a level of the chain: whoever is on duty; else all who hold its role; else the next level up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

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
LEVELS = {role: level for level, role in ROLES.items()}


@dataclass(frozen=True, order=True)
class OnCall:
    officer_id: str
    wecom_user_id: str | None


class Book:
    """The rosters of some sites at a moment (now), read in two statements."""

    def __init__(
        self, session: Session, site_ids: Iterable[str], at: datetime | None = None
    ) -> None:
        sites, moment = set(site_ids), at or now()
        self._on_duty: dict[tuple[str, int], set[OnCall]] = defaultdict(set)
        self._holders: dict[tuple[str, int], set[OnCall]] = defaultdict(set)
        person = select(Officer.site_id, Officer.id, Officer.wecom_user_id).where(
            Officer.site_id.in_(sites), Officer.active
        )
        shifts = (
            person.add_columns(DutyShift.level)
            .join(DutyShift, DutyShift.officer_id == Officer.id)
            .where(DutyShift.starts_at <= moment, DutyShift.ends_at > moment)
        )
        for site_id, officer_id, user, level in session.execute(shifts):
            self._on_duty[site_id, level].add(OnCall(officer_id, user))
        roles = (
            person.add_columns(OfficerRole.role)
            .join(OfficerRole, OfficerRole.officer_id == Officer.id)
            .where(OfficerRole.role.in_(LEVELS))
        )
        for site_id, officer_id, user, role in session.execute(roles):
            self._holders[site_id, LEVELS[role]].add(OnCall(officer_id, user))

    def called(self, site_id: str, level: Level) -> Sequence[OnCall]:
        """In a fixed order; empty only when nobody at this level or above exists."""
        for higher in range(level, len(Level)):
            found = self._on_duty[site_id, higher] or self._holders[site_id, higher]
            if found:
                return sorted(found, key=lambda one: one.officer_id)
        return []


def users(session: Session, *, site_id: str, level: Level) -> list[str | None]:
    """The WeCom accounts of those who are called."""
    return [one.wecom_user_id for one in Book(session, [site_id]).called(site_id, level)]
