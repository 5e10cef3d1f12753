"""What a month of operations looked at besides tickets: inspections, services, devices, subscriptions, anti-virus, backups.

As of the month's end wherever the tables keep a history; a machine's anti-virus state is the last one heard of.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket.inspections.probe_services import availability_of
from functions.ops_ticket.registers.subscriptions import forecast
from shared.clock import in_shanghai
from shared.models.backups import Backup, BackupKind, BackupState
from shared.models.inspections import CheckResult, Inspection, InspectionItem, ServiceHour
from shared.models.places import Device, DeviceKind
from shared.models.registers import (
    AntivirusMachine,
    AntivirusState,
    DeviceEvent,
    DeviceEventKind,
    Subscription,
    SubscriptionReading,
)
from shared.models.tickets import Ticket

MADE = (BackupState.DONE, BackupState.DELETED)


@dataclass
class DeviceLine:
    """`broken`: out of service at the month's end by the word of the operations."""

    count: int = 0
    broken: int = 0
    happened: Counter[DeviceEventKind] = field(default_factory=Counter)


@dataclass(frozen=True)
class SubscriptionLine:
    """Money in cents; `day` is that of the newest reading."""

    one: Subscription
    days_left: int
    day: date | None
    used: float | None
    balance: int | None
    used_up_on: date | None

    @property
    def percent(self) -> float | None:
        if self.used is None or not self.one.quota:
            return None
        return round(self.used / self.one.quota * 100, 1)


@dataclass
class BackupLine:
    made: int = 0
    failed: int = 0
    proven: int = 0
    size: int = 0


@dataclass(frozen=True)
class Services:
    inspections: Sequence[tuple[Inspection, Counter[CheckResult | None], int]]
    services: Sequence[dict[str, Any]]
    failures: Mapping[date, int]
    devices: Mapping[DeviceKind, DeviceLine]
    subscriptions: Sequence[SubscriptionLine]
    machines: Mapping[AntivirusState, int]
    threats: Mapping[str, int]
    backups: Mapping[BackupKind, BackupLine]
    sizes: Mapping[date, int]
    unsaved: Sequence[date]


def service_figures(session: Session, site_id: str, since: datetime, until: datetime) -> Services:
    days = [in_shanghai(since).date() + timedelta(days=n) for n in range((until - since).days)]
    backups = session.scalars(select(Backup).where(Backup.day.in_(days)).order_by(Backup.day)).all()
    return Services(
        inspections=_inspections(session, site_id, days, until),
        services=availability_of(session, since, until),
        failures=_failures(session, days, since, until),
        devices=_devices(session, site_id, since, until),
        subscriptions=_subscriptions(session, site_id, days[-1], until),
        machines=_machines(session, site_id),
        threats=_threats(session, site_id, since, until),
        backups=_backups(backups),
        sizes=dict.fromkeys(days, 0) | {one.day: one.bytes_written or 0 for one in backups},
        unsaved=_unsaved(session, days, backups),
    )


def _inspections(
    session: Session, site_id: str, days: Sequence[date], until: datetime
) -> list[tuple[Inspection, Counter[CheckResult | None], int]]:
    """Due in the month: what was found in each by its end, and in how many tickets."""
    due = select(Inspection).where(Inspection.site_id == site_id, Inspection.due_on.in_(days))
    found = session.scalars(due.order_by(Inspection.due_on, Inspection.kind)).all()
    results: dict[str, Counter[CheckResult | None]] = {one.id: Counter() for one in found}
    told: Counter[str] = Counter()
    items = select(InspectionItem).where(InspectionItem.inspection_id.in_(results))
    for item in session.scalars(items):
        seen = item.checked_at is not None and item.checked_at < until
        results[item.inspection_id][item.result if seen else None] += 1
        told[item.inspection_id] += seen and item.ticket_id is not None
    return [(one, results[one.id], told[one.id]) for one in found]


def _failures(
    session: Session, days: Sequence[date], since: datetime, until: datetime
) -> dict[date, int]:
    failed = select(ServiceHour.hour, ServiceHour.failures).where(
        ServiceHour.hour >= since, ServiceHour.hour < until, ServiceHour.failures > 0
    )
    found = dict.fromkeys(days, 0)
    for hour, failures in session.execute(failed):
        found[in_shanghai(hour).date()] += failures
    return found


def _devices(
    session: Session, site_id: str, since: datetime, until: datetime
) -> dict[DeviceKind, DeviceLine]:
    lines = {kind: DeviceLine() for kind in DeviceKind}
    mine = Device.site_id == site_id, Device.created_at < until
    for kind in session.scalars(select(Device.kind).where(*mine)):
        lines[kind].count += 1
    events = (
        select(Device.id, Device.kind, DeviceEvent.kind, DeviceEvent.happened_at)
        .join(DeviceEvent, DeviceEvent.device_id == Device.id)
        .where(*mine, DeviceEvent.happened_at < until)
        .order_by(DeviceEvent.happened_at, DeviceEvent.id)
    )
    last: dict[tuple[DeviceKind, str], DeviceEventKind] = {}
    for device_id, kind, event, at in session.execute(events):
        lines[kind].happened[event] += at >= since
        if event in (DeviceEventKind.BROKEN, DeviceEventKind.REPAIRED):
            last[kind, device_id] = event
    for (kind, _), event in last.items():
        lines[kind].broken += event is DeviceEventKind.BROKEN
    return lines


def _subscriptions(
    session: Session, site_id: str, last_day: date, until: datetime
) -> list[SubscriptionLine]:
    mine = select(Subscription).where(
        Subscription.site_id == site_id, Subscription.created_at < until
    )
    found = session.scalars(mine.order_by(Subscription.expires_on, Subscription.id)).all()
    readings: dict[str, list[SubscriptionReading]] = {one.id: [] for one in found}
    known = select(SubscriptionReading).where(
        SubscriptionReading.subscription_id.in_(readings),
        SubscriptionReading.day <= last_day,
        SubscriptionReading.day > last_day - timedelta(days=60),
    )
    for reading in session.scalars(known.order_by(SubscriptionReading.day)):
        readings[reading.subscription_id].append(reading)
    return [_subscription(one, readings[one.id], last_day) for one in found]


def _subscription(
    one: Subscription, readings: Sequence[SubscriptionReading], last_day: date
) -> SubscriptionLine:
    last = readings[-1] if readings else None
    return SubscriptionLine(
        one=one,
        days_left=(one.expires_on - last_day).days,
        day=last.day if last else None,
        used=last.used if last else None,
        balance=last.balance if last else None,
        used_up_on=forecast(one, readings),
    )


def _machines(session: Session, site_id: str) -> dict[AntivirusState, int]:
    counted = select(AntivirusMachine.state, func.count()).where(
        AntivirusMachine.site_id == site_id
    )
    rows = session.execute(counted.group_by(AntivirusMachine.state))
    return dict.fromkeys(AntivirusState, 0) | {state: count for state, count in rows}  # noqa: C416


def _threats(session: Session, site_id: str, since: datetime, until: datetime) -> dict[str, int]:
    """Alarms of the month by their title: those are our own words."""
    told = select(Ticket.title).where(
        Ticket.site_id == site_id,
        Ticket.source_key.startswith("antivirus:"),
        Ticket.reported_at >= since,
        Ticket.reported_at < until,
    )
    return dict(sorted(Counter(session.scalars(told)).items()))


def _backups(backups: Sequence[Backup]) -> dict[BackupKind, BackupLine]:
    lines = {kind: BackupLine() for kind in BackupKind}
    for one in backups:
        line = lines[one.kind]
        line.made += one.state in MADE
        line.failed += one.state is BackupState.FAILED
        line.proven += one.proven_at is not None
        line.size += one.bytes_written or 0
    return lines


def _unsaved(session: Session, days: Sequence[date], backups: Sequence[Backup]) -> list[date]:
    """Days without a backup that was made, from the first backup on that ever was."""
    first = session.scalar(select(func.min(Backup.day)))
    made = {one.day for one in backups if one.state in MADE}
    return [day for day in days if first is not None and day >= first and day not in made]
