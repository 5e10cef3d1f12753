"""Timer, each minute: does what the service stands on answer [T15]; three silences in a row open an incident.

A minute in which the database cannot even be told is left as empty objects in the bucket, one a service that failed, and
counted when the database is back. Without the bucket as well, or without the timer, it is a missing probe.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.ops_ticket.health import silent_jobs
from shared import tickets
from shared.batches import AWAY, all_of, each, in_time
from shared.clients import storage
from shared.clients.errors import ProviderError
from shared.clock import chinese, now
from shared.database import compare_and_set, in_transaction
from shared.messages import MESSAGES
from shared.models.inspections import ServiceHour, ServiceState
from shared.models.places import Site
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Severity, Ticket

ALARM_AFTER = 3
SLOW_S = 5.0
WAITING_TOO_LONG = timedelta(minutes=10)
NAMES = {"database": "数据库", "storage": "对象存储", "messages": "消息发送", "timers": "定时任务"}


NOTES = "probes/failed/"
MINUTE = "%Y%m%d%H%M"
ALARM_S = 20.0  # of a minute, a service

log = logging.getLogger("visits.probes")


def probe_services() -> int:
    """How many services failed."""
    minute = now().replace(second=0, microsecond=0)
    results = {name: _answers(probe) for name, probe in PROBES.items()}
    failed = [name for name, well in results.items() if not well]
    probed = partial(each, results, lambda name: _count(name, minute, well=results[name]))
    try:
        all_of(_read_notes, probed)
    except AWAY:
        _leave_notes(minute, failed)
        raise
    return len(failed)


def _answers(probe: Callable[[], bool]) -> bool:
    began = time.monotonic()
    try:
        return probe() and time.monotonic() - began < SLOW_S
    except (ProviderError, *AWAY):
        return False


def _leave_notes(minute: datetime, failed: Sequence[str]) -> None:
    for name in failed:
        try:
            storage.write(f"{NOTES}{minute:{MINUTE}}-{name}", b"", "application/octet-stream")
        except ProviderError as error:
            log.error("probe_unnoted", extra={"code": error.code})


def _read_notes() -> int:
    """How many, the oldest first."""
    try:
        return each(storage.every_key(NOTES), lambda one: _read_note(one.key))
    except ProviderError as error:
        log.error("probe_notes_unread", extra={"code": error.code})
        return 0


def _read_note(key: str) -> int:
    """A note is deleted when it is counted, and counts once however often it is read. What is no note is left."""
    minute, _, name = key.removeprefix(NOTES).partition("-")
    if name not in NAMES:
        return 0
    at = datetime.strptime(minute, MINUTE).replace(tzinfo=timezone.utc)
    _count(name, at, well=False)
    storage.delete(key)
    return 1


@in_transaction
def _database(session: Session) -> bool:
    return bool(session.scalar(text("SELECT 1")) == 1)


def _storage() -> bool:
    storage.head("probe")
    return True


@in_transaction
def _messages(session: Session) -> bool:
    """Nothing lies untried, and every kind that has waited goes out: in an outage each row has its next try, so that
    none of them is ever late; and one that fails by itself, while others go out, is no outage."""
    since = now() - WAITING_TOO_LONG
    waiting = select(Outbox.kind).where(
        Outbox.state == OutboxState.WAITING, Outbox.kind.in_(MESSAGES)
    )
    gone = select(Outbox.kind).where(Outbox.state == OutboxState.SENT, Outbox.due_at > since)
    late = set(session.scalars(waiting.where(Outbox.due_at < since).distinct()))
    old = set(session.scalars(waiting.where(Outbox.created_at < since).distinct()))
    return not late and not old - set(session.scalars(gone.distinct()))


@in_transaction
def _timers(session: Session) -> bool:
    return not silent_jobs(session)


PROBES: dict[str, Callable[[], bool]] = {
    "database": _database,
    "storage": _storage,
    "messages": _messages,
    "timers": _timers,
}


def _count(service: str, minute: datetime, *, well: bool) -> int:
    """How many incidents were opened. What was not told in this minute is told in the next, while it lasts."""
    since = _write(service=service, minute=minute, well=well)
    if since is None:
        return 0
    untold = in_time(_untold(service=service, since=since), seconds=ALARM_S)
    return each(untold, lambda site_id: _alarm(site_id=site_id, service=service, since=since))


@in_transaction
def _write(session: Session, *, service: str, minute: datetime, well: bool) -> datetime | None:
    """Since when it has been silent, once that is an alarm. One probe a minute counts, however many instances ran."""
    state = session.get(ServiceState, service, with_for_update=True)
    if state is None:
        state = ServiceState(service=service, probed_at=minute - timedelta(minutes=1), failing=0)
        try:
            with session.begin_nested():
                session.add(state)
        except IntegrityError:
            return None  # another instance is at the first probe
    if state.probed_at >= minute:
        return None
    state.probed_at = minute
    state.failing = 0 if well else state.failing + 1
    state.failing_since = None if well else state.failing_since or minute
    _add_to_hour(session, service, minute.replace(minute=0), well)
    return state.failing_since if state.failing >= ALARM_AFTER else None


def _add_to_hour(session: Session, service: str, hour: datetime, well: bool) -> None:
    """The caller holds the service's row."""
    mine = update(ServiceHour).where(ServiceHour.service == service, ServiceHour.hour == hour)
    more = {"probes": ServiceHour.probes + 1, "failures": ServiceHour.failures + (not well)}
    if not compare_and_set(session, mine.values(more)):
        session.add(ServiceHour(service=service, hour=hour, probes=1, failures=int(not well)))


@in_transaction
def _untold(session: Session, *, service: str, since: datetime) -> list[str]:
    """The sites that have no incident of it yet."""
    keys = {
        site_id: _key(site_id, service, since)
        for site_id in session.scalars(select(Site.id).order_by(Site.id))
    }
    known = select(Ticket.source_key).where(Ticket.source_key.in_(keys.values()))
    told = set(session.scalars(known))
    return [site_id for site_id, key in keys.items() if key not in told]


@in_transaction
def _alarm(session: Session, *, site_id: str, service: str, since: datetime) -> bool:
    opened = tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.II,
        source_key=_key(site_id, service, since),
        title=f"服务探测失败：{NAMES[service]}",
        text=f"自 {chinese(since)} 起连续探测失败，请按运维手册检查。",
    )
    return opened is not None


def _key(site_id: str, service: str, since: datetime) -> str:
    return f"service:{site_id}:{service}:{since:%Y%m%d%H%M}"


@in_transaction
def availability(session: Session, *, since: datetime, until: datetime) -> Sequence[dict[str, Any]]:
    """By service; a service that was never probed in the time is left out."""
    return availability_of(session, since, until)


def availability_of(session: Session, since: datetime, until: datetime) -> list[dict[str, Any]]:
    query = (
        select(ServiceHour.service, func.sum(ServiceHour.probes), func.sum(ServiceHour.failures))
        .where(ServiceHour.hour >= since, ServiceHour.hour < until)
        .group_by(ServiceHour.service)
        .order_by(ServiceHour.service)
    )
    return [
        {
            "service": service,
            "name": NAMES[service],
            "probes": int(probes),
            "failures": int(failures),
        }
        for service, probes, failures in session.execute(query)
    ]
