"""Timer: fetch what is new in ordinary visit systems that do not deliver themselves, page by page with a cursor."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import shuffle
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from functions.booking.onsite.photos import store_photos
from functions.booking.onsite.records import Taken, count, lock_site
from functions.booking.onsite.schemas import (
    VisitorRecord,
    VisitRecord,
    page_of,
)
from functions.booking.onsite.take_visitors import take_visitors
from functions.booking.onsite.take_visits import take_visits
from shared import audit
from shared.actors import Actor
from shared.batches import each, in_time
from shared.clients.errors import ProviderError
from shared.clock import in_shanghai, now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict, UseCaseError
from shared.models.systems import ConnectedSystem, SystemKind
from shared.models.tickets import Severity
from shared.tickets import open_incident

log = logging.getLogger("visits.onsite")

MAX_PAGES = 5  # a run; the rest waits for the next one
BUDGET_S = 6.0  # the function may run 15 s, and one more system is asked after it
RECORDS = 50  # a page: each may bring a photo, and all go to COS before the page counts
PATIENCE = timedelta(minutes=30)

Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class Page:
    visitors: Sequence[VisitorRecord]
    visits: Sequence[VisitRecord]
    unreadable: int
    following: str
    more: bool


def pull_records() -> int:
    """How many pages were taken, over all systems, in a new order each time: those that keep one waiting until the
    time is over do not stand before the same others again."""
    systems = list(_systems())
    shuffle(systems)
    return each(in_time(systems, seconds=BUDGET_S), _pull)


@in_transaction
def _systems(session: Session) -> Sequence[ConnectedSystem]:
    query = select(ConnectedSystem).where(
        ConnectedSystem.kind == SystemKind.ONSITE,
        ConnectedSystem.active,
        ConnectedSystem.pull_url.is_not(None),
    )
    return session.scalars(query.order_by(ConnectedSystem.id)).all()


def _pull(system: ConnectedSystem) -> int:
    cursor = system.pull_cursor
    for pages in range(MAX_PAGES):
        try:
            page = _fetch(system, cursor)
            keys = store_photos(system.site_id, page.visitors)
            _take(system=system, cursor=cursor, page=page, photo_keys=keys)
        except Conflict:
            return pages  # the other instance has taken this page
        except (ProviderError, UseCaseError, ValueError) as error:
            _report(system=system, what=type(error).__name__)
            return pages
        if not page.more:
            return pages + 1
        cursor = page.following
    return MAX_PAGES


def _fetch(system: ConnectedSystem, cursor: str) -> Page:
    """Raises ProviderError, ValueError for a page that is not whole."""
    from shared.clients import deliveries

    assert system.pull_url is not None
    answer = deliveries.fetch(
        url=system.pull_url,
        system_id=system.id,
        key=system.key,
        query={"after": cursor, "limit": str(RECORDS)},
        algorithm=system.algorithm,
    )
    raw_visitors, raw_visits, following, more = page_of(answer)
    visitors, visits = _readable(VisitorRecord, raw_visitors), _readable(VisitRecord, raw_visits)
    unreadable = len(raw_visitors) + len(raw_visits) - len(visitors) - len(visits)
    return Page(visitors, visits, unreadable, following, more)


def _readable(kind: type[Record], raw: Sequence[Any]) -> list[Record]:
    """One that cannot be read must not hold up all that come after it: it is left out, and people are told."""
    found = []
    for one in raw:
        try:
            found.append(kind.model_validate(one))
        except ValidationError:
            log.warning("onsite_record_unreadable", extra={"kind": kind.__name__})
    return found


@in_transaction
def _take(
    session: Session,
    *,
    system: ConnectedSystem,
    cursor: str,
    page: Page,
    photo_keys: dict[str, str],
) -> None:
    actor = Actor("system", system.id, system.site_id)
    lock_site(session, system.site_id)
    moved = (
        update(ConnectedSystem)
        .where(ConnectedSystem.id == system.id, ConnectedSystem.pull_cursor == cursor)
        .values(pull_cursor=page.following, pulled_at=now())
    )
    if not compare_and_set(session, moved):
        raise Conflict.of("changed_meanwhile")
    answers = [
        *take_visitors(session, actor, system.site_id, page.visitors, photo_keys),
        *take_visits(session, actor, system.site_id, page.visits),
    ]
    taken = [one for one in answers if isinstance(one, Taken)]
    left_out = page.unreadable + len(answers) - len(taken)
    if left_out:
        _tell(session, system, f"有 {left_out} 条记录无法接收，已跳过，其余照常处理")
    if answers or left_out:
        audit.record(
            session, actor, "onsite.pulled", "connected_system", system.id,
            left_out=left_out, counts=count(taken),
        )  # fmt: skip


@in_transaction
def _report(session: Session, *, system: ConnectedSystem, what: str) -> None:
    """The next run tries again; a system that stays away is an incident."""
    log.warning("onsite_pull_failed", extra={"system_id": system.id, "error": what})
    if now() - (system.pulled_at or system.created_at) > PATIENCE:
        _tell(session, system, "已有半小时以上未能拉取登记记录，之后会自动再试")


def _tell(session: Session, system: ConnectedSystem, what: str) -> None:
    """One ticket a system and day."""
    open_incident(
        session,
        site_id=system.site_id,
        severity=Severity.III,
        source_key=f"onsite_pull:{system.id}:{in_shanghai(now()):%Y%m%d}",
        title="现场会见系统对接异常",
        text=f"{system.name}：{what}。请与该系统厂商核对（对接说明-统一核验 第 8 节）。",
    )
