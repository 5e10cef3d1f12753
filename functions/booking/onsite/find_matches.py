"""Timer: records that came before their resident, and relatives whom a record fits without their having its tie."""

from collections.abc import Callable
from functools import partial
from random import sample

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.onsite import visit_recordings
from functions.booking.onsite.records import lock_site
from functions.booking.onsite.take_visitors import match_relatives
from functions.booking.onsite.take_visits import recount
from shared import onsite
from shared.actors import SYSTEM
from shared.batches import all_of, each, in_batches
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.onsite import OnsiteVisit
from shared.models.people import OnsiteVisitor, Relationship, Relative, Resident

BATCH = 200
ROUNDS = 4  # a run: some 6 ms a record, within the function's time
LEFT = 20_000

Table = type[OnsiteVisitor] | type[OnsiteVisit]


def find_matches() -> int:
    """How many records and relatives there was something to do for."""
    return all_of(
        partial(_place_all, OnsiteVisitor, _place_visitor),
        partial(_place_all, OnsiteVisit, _place_visit),
        lambda: each(_some_left(), _match),
    )


def _place_all(table: Table, place: Callable[[tuple[str, str]], None]) -> int:
    return in_batches(lambda: each(_to_place(table), place), size=BATCH, rounds=ROUNDS)


@in_transaction
def _to_place(session: Session, table: Table) -> list[tuple[str, str]]:
    """Records whose resident has come since, each with that resident."""
    theirs = (Resident.site_id == table.site_id) & (
        Resident.number_index == table.resident_number_index
    )
    query = select(table.id, Resident.id).join(Resident, theirs).where(table.resident_id.is_(None))
    return [(row, resident) for row, resident in session.execute(query.limit(BATCH))]


@in_transaction
def _place_visitor(session: Session, found: tuple[str, str]) -> None:
    visitor = session.get_one(OnsiteVisitor, found[0], with_for_update=True)
    _give(visitor, found[1])
    session.flush()
    index = bytes(visitor.id_number_index)
    match_relatives(session, SYSTEM, indexes={index}, visitor_ids=[])


@in_transaction
def _place_visit(session: Session, found: tuple[str, str]) -> None:
    visit = session.get_one(OnsiteVisit, found[0])
    lock_site(session, visit.site_id)  # two instances would count a visit twice
    session.refresh(visit)
    _give(visit, found[1])
    recount(session, SYSTEM, visit)
    visit_recordings.expect(session, visit)


def _give(record: OnsiteVisitor | OnsiteVisit, resident_id: str) -> None:
    if record.resident_id is not None:
        raise Conflict.of("changed_meanwhile")
    record.resident_id = resident_id


@in_transaction
def _some_left(session: Session) -> list[str]:
    """What calls at the right moment missed, for example since a consent was given again. Others at each run: those
    that stay without a tie, for want of that consent, do not stand before the rest for ever."""
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
        .limit(LEFT)
    )
    left = session.scalars(query).all()
    return sample(left, min(BATCH, len(left)))


@in_transaction
def _match(session: Session, relative_id: str) -> int:
    onsite.match(session, SYSTEM, session.get_one(Relative, relative_id, with_for_update=True))
    return 0
