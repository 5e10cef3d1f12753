"""Who is called at a level of the chain: whoever is on duty; else all who hold its role; else the next level up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.plumbing import AuditEvent
from shared.models.tickets import DutyShift
from shared.rules.sla_policy import Level

ROLES = {
    Level.ENGINEER: Role.OPS_ENGINEER,
    Level.SPECIALIST: Role.OPS_SPECIALIST,
    Level.LEAD: Role.OPS_LEAD,
    Level.CUSTOMER: Role.SUPERVISOR,
}
LEVELS = {role: level for level, role in ROLES.items()}


# What the audit trail tells of a change to who may be called; read backwards, by the auditor.
RIGHTS_SET, CLOSED, ACTIVATED = "officer.rights_set", "officer.closed", "officer.activated"


@dataclass(frozen=True, order=True)
class OnCall:
    officer_id: str
    wecom_user_id: str | None


@dataclass
class Person:
    site_id: str
    on_call: OnCall
    active: bool
    levels: set[Level] = field(default_factory=set)


class Book:
    """The rosters of some sites, read in two statements: as they are, or with one more as they were `at` a moment.

    A shift counts while the one who has it may stand at its level: whoever lost that right could not open the ticket.
    """

    def __init__(
        self, session: Session, site_ids: Iterable[str], at: datetime | None = None
    ) -> None:
        sites, moment = set(site_ids), at or now()
        people = _people(session, sites)
        if at is not None:
            _turn_back(session, people, sites, at)
        self._on_duty: dict[tuple[str, int], set[OnCall]] = defaultdict(set)
        self._holders: dict[tuple[str, int], set[OnCall]] = defaultdict(set)
        able = {id_: one for id_, one in people.items() if one.active and one.levels}
        for one in able.values():
            for level in one.levels:
                self._holders[one.site_id, level].add(one.on_call)
        shifts = select(DutyShift.officer_id, DutyShift.level).where(
            DutyShift.site_id.in_(sites),
            DutyShift.starts_at <= moment,
            DutyShift.ends_at > moment,
        )
        for officer_id, level in session.execute(shifts):
            has = able.get(officer_id)
            if has is not None and max(has.levels) >= level:
                self._on_duty[has.site_id, level].add(has.on_call)

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


def _people(session: Session, sites: Set[str]) -> dict[str, Person]:
    """Everybody of the sites, also who may not be called now."""
    rows = session.execute(
        select(Officer.site_id, Officer.id, Officer.wecom_user_id, Officer.active, OfficerRole.role)
        .outerjoin(OfficerRole, OfficerRole.officer_id == Officer.id)
        .where(Officer.site_id.in_(sites))
    )
    found: dict[str, Person] = {}
    for site_id, officer_id, user, active, role in rows:
        one = found.setdefault(officer_id, Person(site_id, OnCall(officer_id, user), active))
        if role in LEVELS:
            one.levels.add(LEVELS[role])
    return found


def _turn_back(
    session: Session, people: Mapping[str, Person], sites: Set[str], at: datetime
) -> None:
    """What changed since `at` is undone, the newest change first."""
    changes = (
        select(AuditEvent.subject_id, AuditEvent.action, AuditEvent.details)
        .where(AuditEvent.site_id.in_(sites), AuditEvent.happened_at > at)
        .where(AuditEvent.action.in_((RIGHTS_SET, CLOSED, ACTIVATED)))
        .order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())
    )
    for officer_id, action, details in session.execute(changes):
        one = people.get(officer_id)
        if one is None:
            continue
        if action == RIGHTS_SET:
            roles = {Role(role) for role in details["before"]}
            one.levels = {LEVELS[role] for role in roles & LEVELS.keys()}
        else:
            one.active = action == CLOSED
