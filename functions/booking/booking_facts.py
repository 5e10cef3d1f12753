"""What the booking rules need to know, read the same way for the list of slots and for the booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.errors import NotFound, Reason
from shared.models.people import (
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
    ResidentStatus,
)
from shared.models.places import Site
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules import id_number
from shared.rules.booking_rules import Person, Place, refusals
from shared.rules.site_rules import SiteRules
from shared.visits import COUNTED

# Far enough on both sides for every week and month that a bookable slot can lie in.
QUOTA_WINDOW = timedelta(days=62)


@dataclass(frozen=True)
class Facts:
    relationship: Relationship
    resident_active: bool
    resident_visits: Sequence[datetime]
    relative: Relative
    relative_visits: Sequence[datetime]
    no_shows: Sequence[datetime]
    rules: SiteRules

    def refusals(self, slot: Slot) -> list[Reason]:
        return refusals(
            people=[self._person(slot)],
            resident_active=self.resident_active,
            resident_visits=self.resident_visits,
            place=Place(slot.starts_at, slot.blocked, slot.capacity, slot.taken),
            rules=self.rules,
            now=now(),
        )

    def _person(self, slot: Slot) -> Person:
        number = self.relative.id_number
        return Person(
            relationship_approved=self.relationship.status is RelationshipStatus.APPROVED,
            phone_checked=self.relative.phone_checked_at is not None,
            face_checked=self.relative.face_checked_at is not None,
            minor=number is not None and id_number.is_minor(number, slot.starts_at.date()),
            busy=slot.starts_at in self.relative_visits,
            no_shows=self.no_shows,
        )


def read_facts(
    session: Session, *, relative_id: str, relationship_id: str, lock: bool = False
) -> Facts:
    """With `lock`, the resident's row is locked before anything is counted. Raises NotFound."""
    relationship = session.get(Relationship, relationship_id)
    if relationship is None or relationship.relative_id != relative_id:
        raise NotFound.of("not_found")
    resident = session.get_one(Resident, relationship.resident_id, with_for_update=lock)
    relative = session.get_one(Relative, relative_id)
    return Facts(
        relationship=relationship,
        resident_active=resident.status is ResidentStatus.ACTIVE,
        resident_visits=_starts(session, Visit.resident_id == resident.id),
        relative=relative,
        relative_visits=_relative_starts(session, relative_id, COUNTED),
        no_shows=_relative_starts(session, relative_id, (VisitStatus.NO_SHOW,)),
        rules=SiteRules.of(session.get_one(Site, resident.site_id).rules),
    )


def _starts(session: Session, whose: object) -> list[datetime]:
    query = select(Visit.starts_at).where(
        whose,  # type: ignore[arg-type]
        Visit.status.in_(COUNTED),
        Visit.starts_at.between(now() - QUOTA_WINDOW, now() + QUOTA_WINDOW),
    )
    return list(session.scalars(query))


def _relative_starts(
    session: Session, relative_id: str, statuses: Sequence[VisitStatus]
) -> list[datetime]:
    query = (
        select(Visit.starts_at)
        .join(VisitParticipant)
        .where(
            VisitParticipant.relative_id == relative_id,
            Visit.status.in_(statuses),
            Visit.starts_at >= now() - timedelta(days=180),
        )
    )
    return list(session.scalars(query))
