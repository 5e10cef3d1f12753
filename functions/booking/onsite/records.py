"""What the two kinds of records share: a site's deliveries one after the other, newer over older, residents found."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.errors import Reason, reason
from shared.models.onsite import OnsiteFeed
from shared.models.people import Resident
from shared.sealing import blind_index


class Outcome(str, Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    OLDER = "older"


@dataclass(frozen=True)
class Taken:
    """`waiting`: its resident is not known here yet."""

    outcome: Outcome
    waiting: bool


def lock_site(session: Session, site_id: str) -> None:
    """Two workers with the same delivery, or a delivery and an import, take their turns."""
    mine = select(OnsiteFeed.site_id).where(OnsiteFeed.site_id == site_id).with_for_update()
    if session.scalar(mine) is None:
        _begin(session, site_id)
        session.scalar(mine)


def _begin(session: Session, site_id: str) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(OnsiteFeed).values(site_id=site_id, last_seq=0))
    except IntegrityError:
        return  # the other one began it


def compare(known: datetime, changed_at: datetime, same: bool) -> Outcome | Reason:
    """Of a record that stands here already, by its sender's clock."""
    if changed_at < known:
        return Outcome.OLDER
    if same:
        return Outcome.UNCHANGED
    return Outcome.UPDATED if changed_at > known else reason("changed_at_same")


def find_residents(session: Session, site_id: str, numbers: Iterable[str]) -> dict[str, str]:
    """Ids by number, of those that the site has."""
    index_of = {blind_index(one, context="resident_number"): one for one in set(numbers)}
    query = select(Resident.number_index, Resident.id).where(
        Resident.site_id == site_id, Resident.number_index.in_(index_of)
    )
    return {index_of[bytes(index)]: found for index, found in session.execute(query)}


def count(taken: Collection[Taken]) -> dict[str, int]:
    """As Receipt and ImportReport have it."""
    outcomes = {one.value: sum(each.outcome is one for each in taken) for one in Outcome}
    return {**outcomes, "waiting": sum(one.waiting for one in taken)}
