"""What the booking rules need to know, read the same way for the list of slots and for the booking.

On the hot path: statements are built once and reuse their compiled form; the ORM would cost half the throughput.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, distinct, func, or_, select
from sqlalchemy.orm import Session

from shared import quota
from shared.clock import now
from shared.consents import IN_FORCE
from shared.database import core
from shared.errors import Reason
from shared.models.people import (
    CompanionCode,
    Consent,
    ConsentPurpose,
    Relationship,
    Relative,
    Resident,
    ResidentStatus,
)
from shared.models.places import Site
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.relationships import CONFIRMED, not_confirmed
from shared.rules import id_number
from shared.rules.booking_rules import Person, Place, clashes, refusals, suspended_until
from shared.rules.quota import Channel, Entry, next_allowed
from shared.rules.relationships import stands
from shared.rules.site_rules import SiteRules
from shared.visits import HOLDING

NO_SHOWS_BACK = timedelta(days=400)

_MINE = (
    Relationship.id == bindparam("relationship_id"),
    Relationship.relative_id == bindparam("relative_id"),
)
# The resident's row and no other: a lock on the site's would make every booking of the site wait.
_LOCK_RESIDENT = (
    select(Resident.id)
    .where(Resident.id == select(Relationship.resident_id).where(*_MINE).scalar_subquery())
    .with_for_update()
)
# Whoever takes part: two residents' visits of one relative would not see each other else.
_LOCK_RELATIVE = (
    select(Relative.id).where(Relative.id == bindparam("relative_id")).with_for_update()
)
STANDING_CONSENTS = (
    select(func.count(distinct(Consent.purpose)))
    .where(Consent.relative_id == Relative.id, Consent.withdrawn_at.is_(None), IN_FORCE)
    .correlate(Relative)
    .scalar_subquery()
)
_FACTS = (
    select(
        Relationship.site_id,
        Relationship.resident_id,
        Relationship.kinship,
        Relationship.status.label("relationship_status"),
        Relationship.suspended_until,
        Relationship.expires_at,
        Resident.status.label("resident_status"),
        Resident.treatment_level,
        Relative.phone_checked_at,
        Relative.face_checked_at,
        Relative.id_number,
        Site.rules,
        Site.rules_version,
        STANDING_CONSENTS.label("consents"),
    )
    .join(Resident, Resident.id == Relationship.resident_id)
    .join(Relative, Relative.id == Relationship.relative_id)
    .join(Site, Site.id == Relationship.site_id)
    .where(*_MINE)
)
_RESIDENT_HELD = select(Visit.starts_at, Visit.ends_at).where(
    Visit.resident_id == bindparam("resident_id"),
    Visit.starts_at >= bindparam("since"),
    Visit.held_slot_id.is_not(None),
)
_RELATIVE_VISITS = (
    select(Visit.starts_at, Visit.ends_at, Visit.status)
    .join(VisitParticipant, VisitParticipant.visit_id == Visit.id)
    .where(
        VisitParticipant.relative_id == bindparam("relative_id"),
        or_(Visit.held_slot_id.is_not(None), Visit.status == VisitStatus.NO_SHOW),
        Visit.excused_at.is_(None),
        Visit.starts_at >= bindparam("since"),
    )
)


Visits = Sequence[tuple[datetime, datetime, VisitStatus]]


@dataclass(frozen=True)
class Facts:
    """One relative and one resident, as they are now."""

    row: Row[Any]
    rules: SiteRules
    ledger: Sequence[Entry]
    resident_held: Sequence[tuple[datetime, datetime]]
    relative_visits: Visits

    def refusals(self, place: Place, companions: Sequence[Person] = ()) -> list[Reason]:
        return refusals(
            people=[self._person(place), *companions],
            resident_active=self.row.resident_status is ResidentStatus.ACTIVE,
            resident_busy=clashes(place, self.resident_held),
            ledger=self.ledger,
            level=self.row.treatment_level,
            place=place,
            rules=self.rules,
            now=now(),
        )

    def book_again_at(self, at: datetime) -> datetime:
        """The first moment from `at` on for which quota and suspension leave room."""
        open_at = next_allowed(
            self.ledger,
            self.rules.quota,
            channel=Channel.REMOTE,
            level=self.row.treatment_level,
            at=at,
        )
        no_shows = no_shows_in(self.relative_visits)
        return max(open_at, suspended_until(no_shows, self.rules) or open_at)

    def _person(self, place: Place) -> Person:
        number, start = self.row.id_number, place.starts_at
        return Person(
            consented=self.row.consents == len(ConsentPurpose),
            relationship_approved=stands(
                self.row.relationship_status,
                self.row.suspended_until,
                self.row.expires_at,
                at=start,
            ),
            phone_checked=self.row.phone_checked_at is not None,
            face_checked=self.row.face_checked_at is not None,
            minor=number is not None and id_number.is_minor(number, start.date()),
            busy=busy_at(self.relative_visits, place),
            no_shows=no_shows_in(self.relative_visits),
        )


def place_of(slot: Slot | Row[Any]) -> Place:
    """The one way to count a slot's places, for the list and for the booking."""
    return Place(
        slot.starts_at, slot.ends_at, slot.blocked, slot.capacity, slot.taken, slot.waiting
    )


def visits_of(session: Session, relative_id: str) -> Visits:
    """Those ahead and the no-shows that may still count."""
    mine = {"relative_id": relative_id, "since": now() - NO_SHOWS_BACK}
    return core(session).execute(_RELATIVE_VISITS, mine).tuples().all()


def busy_at(visits: Visits, place: Place) -> bool:
    return clashes(place, ((start, end) for start, end, status in visits if status in HOLDING))


def no_shows_in(visits: Visits) -> list[datetime]:
    return [at for at, _, status in visits if status is VisitStatus.NO_SHOW]


def lock_people(
    session: Session,
    *,
    relative_id: str,
    relationship_id: str,
    companion_codes: Sequence[str] = (),
) -> None:
    """The resident, then the relatives in the order of their ids: before anything is read of them."""
    mine = {"relative_id": relative_id, "relationship_id": relationship_id}
    core(session).execute(_LOCK_RESIDENT, mine)
    if not companion_codes:
        core(session).execute(_LOCK_RELATIVE, mine)
        return
    codes = CompanionCode.code.in_([code.upper() for code in companion_codes])
    invited = Relative.id.in_(select(CompanionCode.relative_id).where(codes))
    together = select(Relative.id).where((Relative.id == relative_id) | invited)
    session.execute(together.order_by(Relative.id).with_for_update()).all()


def read_facts(session: Session, *, relative_id: str, relationship_id: str) -> Facts:
    """Raises as `not_confirmed` gives."""
    connection = core(session)
    mine = {"relative_id": relative_id, "relationship_id": relationship_id}
    row = connection.execute(_FACTS, mine).one_or_none()
    if row is None or row.relationship_status not in CONFIRMED:
        raise not_confirmed(session, **mine)
    held = {"resident_id": row.resident_id, "since": now() - timedelta(days=1)}
    return Facts(
        row=row,
        rules=SiteRules.of(row.rules),
        ledger=quota.recent(session, row.resident_id),
        resident_held=connection.execute(_RESIDENT_HELD, held).tuples().all(),
        relative_visits=visits_of(session, relative_id),
    )
