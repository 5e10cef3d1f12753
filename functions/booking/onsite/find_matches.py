"""Timer: records that came before their resident, and relatives whom a record fits without their having its tie."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.onsite import visit_recordings
from functions.booking.onsite.records import lock_site
from functions.booking.onsite.take_visitors import match_relatives
from functions.booking.onsite.take_visits import recount
from shared import onsite
from shared.actors import SYSTEM
from shared.database import in_transaction
from shared.models.onsite import OnsiteVisit
from shared.models.people import OnsiteVisitor, Relationship, Relative, Resident

BATCH = 200


def find_matches() -> int:
    """How many records and relatives there was something to do for."""
    return _place_visitors() + _place_visits() + _match_left()


@in_transaction
def _place_visitors(session: Session) -> int:
    """Residents who have come since."""
    query = (
        select(OnsiteVisitor, Resident.id)
        .join(
            Resident,
            (Resident.site_id == OnsiteVisitor.site_id)
            & (Resident.number_index == OnsiteVisitor.resident_number_index),
        )
        .where(OnsiteVisitor.resident_id.is_(None))
        .limit(BATCH)
    )
    found = session.execute(query).all()
    for visitor, resident_id in found:
        visitor.resident_id = resident_id
    session.flush()
    match_relatives(
        session,
        SYSTEM,
        indexes={bytes(visitor.id_number_index) for visitor, _ in found},
        visitor_ids=[],
    )
    return len(found)


@in_transaction
def _place_visits(session: Session) -> int:
    waiting = (
        select(OnsiteVisit.site_id)
        .join(
            Resident,
            (Resident.site_id == OnsiteVisit.site_id)
            & (Resident.number_index == OnsiteVisit.resident_number_index),
        )
        .where(OnsiteVisit.resident_id.is_(None))
    )
    site_id = session.scalar(waiting.limit(1))
    if site_id is None:
        return 0
    lock_site(session, site_id)  # two instances would count a visit twice
    query = waiting.where(OnsiteVisit.site_id == site_id).with_only_columns(
        OnsiteVisit, Resident.id
    )
    found = session.execute(query.limit(BATCH)).all()
    for visit, resident_id in found:
        visit.resident_id = resident_id
        recount(session, SYSTEM, visit)
        visit_recordings.expect(session, visit)
    return len(found)


@in_transaction
def _match_left(session: Session) -> int:
    """What calls at the right moment missed, for example since a consent was given again."""
    tied = (
        select(Relationship.id)
        .where(
            Relationship.relative_id == Relative.id,
            Relationship.resident_id == OnsiteVisitor.resident_id,
        )
        .exists()
    )
    query = (
        select(Relative.id)
        .join(OnsiteVisitor, OnsiteVisitor.id_number_index == Relative.id_number_index)
        .where(
            Relative.phone_checked_at.is_not(None),
            OnsiteVisitor.checked_at.is_not(None),
            OnsiteVisitor.revoked_at.is_(None),
            OnsiteVisitor.resident_id.is_not(None),
            ~tied,
        )
        .distinct()
        .limit(BATCH)
    )
    ids = sorted(session.scalars(query))
    for relative_id in ids:
        onsite.match(session, SYSTEM, session.get_one(Relative, relative_id, with_for_update=True))
    return 0
