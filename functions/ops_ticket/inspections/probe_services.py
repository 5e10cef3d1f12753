"""Timer, each minute: does what the service stands on answer [T15]; three silences in a row open an incident."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.ops_ticket.health import silent_jobs
from shared import tickets
from shared.clients import storage
from shared.clients.errors import ProviderError
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.messages import MESSAGES
from shared.models.inspections import ServiceHour, ServiceState
from shared.models.places import Site
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Severity

ALARM_AFTER = 3
SLOW_S = 5.0
WAITING_TOO_LONG = timedelta(minutes=10)
NAMES = {"database": "数据库", "storage": "对象存储", "messages": "消息发送", "timers": "定时任务"}


def probe_services() -> int:
    """How many services failed."""
    results = {name: _answers(probe) for name, probe in PROBES.items()}
    for name, well in results.items():
        _write(service=name, well=well)
    return sum(not well for well in results.values())


def _answers(probe: Callable[[], bool]) -> bool:
    began = time.monotonic()
    try:
        return probe() and time.monotonic() - began < SLOW_S
    except ProviderError:
        return False


@in_transaction
def _database(session: Session) -> bool:
    return bool(session.scalar(text("SELECT 1")) == 1)


def _storage() -> bool:
    storage.head("probe")
    return True


@in_transaction
def _messages(session: Session) -> bool:
    late = Outbox.due_at < now() - WAITING_TOO_LONG
    waiting = select(func.count()).where(
        Outbox.state == OutboxState.WAITING, Outbox.kind.in_(MESSAGES), late
    )
    return not session.scalar(waiting)


@in_transaction
def _timers(session: Session) -> bool:
    return not silent_jobs(session)


PROBES: dict[str, Callable[[], bool]] = {
    "database": _database,
    "storage": _storage,
    "messages": _messages,
    "timers": _timers,
}


@in_transaction
def _write(session: Session, *, service: str, well: bool) -> None:
    """One probe a minute counts, however many instances ran."""
    minute = now().replace(second=0, microsecond=0)
    state = session.get(ServiceState, service, with_for_update=True)
    if state is None:
        state = ServiceState(service=service, probed_at=minute - timedelta(minutes=1), failing=0)
        try:
            with session.begin_nested():
                session.add(state)
        except IntegrityError:
            return  # another instance is at the first probe
    if state.probed_at >= minute:
        return
    state.probed_at = minute
    state.failing = 0 if well else state.failing + 1
    state.failing_since = None if well else state.failing_since or minute
    _count(session, service, minute.replace(minute=0), well)
    if state.failing >= ALARM_AFTER and state.failing_since is not None:
        _alarm(session, service, state.failing_since)


def _count(session: Session, service: str, hour: datetime, well: bool) -> None:
    """The caller holds the service's row."""
    mine = update(ServiceHour).where(ServiceHour.service == service, ServiceHour.hour == hour)
    more = {"probes": ServiceHour.probes + 1, "failures": ServiceHour.failures + (not well)}
    if not compare_and_set(session, mine.values(more)):
        session.add(ServiceHour(service=service, hour=hour, probes=1, failures=int(not well)))


def _alarm(session: Session, service: str, since: datetime) -> None:
    for site_id in session.scalars(select(Site.id).order_by(Site.id)):
        tickets.open_incident(
            session,
            site_id=site_id,
            severity=Severity.II,
            source_key=f"service:{site_id}:{service}:{since:%Y%m%d%H%M}",
            title=f"服务探测失败：{NAMES[service]}",
            text=f"自 {since:%Y-%m-%d %H:%M} UTC 起连续探测失败，请按运维手册检查。",
        )


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
