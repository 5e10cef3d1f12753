"""A made-up month of everything a report tells besides tickets: inspections, probes, devices, cloud, anti-virus, backups."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from shared.clock import in_shanghai
from shared.models.backups import Backup, BackupKind, BackupState
from shared.models.inspections import (
    CheckResult,
    Inspection,
    InspectionItem,
    InspectionKind,
    ServiceHour,
)
from shared.models.places import Device, DeviceKind
from shared.models.registers import (
    AntivirusMachine,
    AntivirusState,
    DeviceEvent,
    DeviceEventKind,
    Subscription,
    SubscriptionKind,
    SubscriptionReading,
)
from shared.models.tickets import Ticket, TicketSource

Row = dict[str, Any]
SERVICES = ("database", "messages", "storage", "timers")
# Used by the month's end, of a quota of 1,000, and the unit.
CLOUD = {
    SubscriptionKind.SERVER: ("会见服务器", None, None),
    SubscriptionKind.DATABASE: ("会见数据库", 410.0, "GB"),
    SubscriptionKind.SMS: ("短信套餐", 870.0, "条"),
    SubscriptionKind.AUDIO_VIDEO: ("音视频时长包", 655.0, "千分钟"),
}


def add_services(
    connection: Connection, site_id: str, since: datetime, until: datetime, *, seed: int = 1
) -> None:
    rng = random.Random(seed)
    first = in_shanghai(since).date()
    days = [first + timedelta(days=n) for n in range((until - since).days + 2)]
    inspections = list(_inspections(site_id, first, since))
    devices = list(_devices(site_id, since))
    cloud = list(_cloud(site_id, first, since))
    for table, rows in (
        (Inspection, inspections),
        (InspectionItem, list(_items(rng, inspections, since))),
        (ServiceHour, list(_hours(rng, since, until))),
        (Device, devices),
        (DeviceEvent, list(_events(rng, devices, since, until))),
        (Subscription, cloud),
        (SubscriptionReading, list(_readings(cloud, days))),
        (AntivirusMachine, list(_machines(site_id, first, until))),
        (Backup, list(_backups(rng, days, since))),
    ):
        connection.execute(insert(table), rows)
    _alarm(connection)


def _inspections(site_id: str, first: date, since: datetime) -> Iterator[Row]:
    """One finished in time, one still running."""
    for number, kind in enumerate(InspectionKind):
        yield {
            "id": f"i{number:025d}",
            "site_id": site_id,
            "kind": kind,
            "period": f"{first:%Y-%m}" if kind is InspectionKind.MONTHLY else "2026-Q4",
            "due_on": first.replace(day=20 + number),
            "done_at": since + timedelta(days=19, hours=10) if number == 0 else None,
        }


def _items(rng: random.Random, inspections: list[Row], since: datetime) -> Iterator[Row]:
    for one in inspections:
        for number in range(30):
            checked = one["done_at"] is not None or number < 12
            yield {
                "id": f"{one['id'][-2:]}x{number:022d}y",
                "inspection_id": one["id"],
                "position": number,
                "what": f"检查项 {number + 1}",
                "result": rng.choice((*[CheckResult.OK] * 9, CheckResult.FAULT))
                if checked
                else None,
                "photo_keys": [],
                "checked_at": since + timedelta(days=19) if checked else None,
            }


def _hours(rng: random.Random, since: datetime, until: datetime) -> Iterator[Row]:
    """From a day before to a day after: neither belongs to the month."""
    for number in range(-24, int((until - since) / timedelta(hours=1)) + 24):
        for service in SERVICES:
            failed = rng.randrange(1, 6) if rng.random() < 0.02 else 0
            hour = since + timedelta(hours=number)
            yield {"service": service, "hour": hour, "probes": 60, "failures": failed}


def _devices(site_id: str, since: datetime) -> Iterator[Row]:
    for number in range(24):
        yield {
            "id": f"v{number:025d}",
            "site_id": site_id,
            "kind": tuple(DeviceKind)[number % 6],
            "name": f"设备 {number + 1}",
            "created_at": since + timedelta(days=number * 2 - 10),
        }


def _events(
    rng: random.Random, devices: list[Row], since: datetime, until: datetime
) -> Iterator[Row]:
    for number in range(120):
        yield {
            "id": f"e{number:025d}",
            "device_id": rng.choice(devices)["id"],
            "kind": rng.choice(tuple(DeviceEventKind)),
            "made_by": "system",
            "happened_at": since + (until - since) * rng.uniform(-0.2, 1.1),
        }


def _cloud(site_id: str, first: date, since: datetime) -> Iterator[Row]:
    for number, (kind, (name, used, unit)) in enumerate(CLOUD.items()):
        yield {
            "id": f"u{number:025d}",
            "site_id": site_id,
            "kind": kind,
            "name": name,
            "owner": "运维单位",
            "fee": 120_000,
            "starts_on": first - timedelta(days=300),
            "expires_on": first + timedelta(days=20 + number * 40),
            "unit": unit,
            "quota": 1000.0 if used else None,
            "created_at": since - timedelta(days=300),
        }


def _readings(cloud: list[Row], days: list[date]) -> Iterator[Row]:
    """Climbing on a straight line, two days beyond the month."""
    for one in cloud:
        used = CLOUD[one["kind"]][1]
        for number, day in enumerate(days):
            share = (number + 70) / (len(days) + 70)
            yield {
                "subscription_id": one["id"],
                "day": day,
                "used": round(used * share, 1) if used else None,
                "balance": 5_000_00 - number * 10_01,
            }


def _machines(site_id: str, first: date, until: datetime) -> Iterator[Row]:
    for number in range(9):
        states = AntivirusState.INFECTED, AntivirusState.OFF
        yield {
            "id": f"a{number:025d}",
            "site_id": site_id,
            "machine": f"PC-{number + 1:02d}",
            "state": states[number] if number < 2 else AntivirusState.PROTECTED,
            "threats": number == 0,
            "definitions_on": first,
            "since": until - timedelta(days=3),
            "reported_at": until - timedelta(hours=2),
        }


def _alarm(connection: Connection) -> None:
    """The first tickets of `add_month` become alarms of the anti-virus."""
    for number in range(40):
        values = {
            "source": TicketSource.ALARM,
            "source_key": f"antivirus:a{number}",
            "title": f"病毒防护异常：{('防护已关闭', '发现病毒')[number % 3 == 0]}",
        }
        mine = update(Ticket).where(Ticket.id == f"m{number:025d}")
        connection.execute(mine.values(values))


def _backups(rng: random.Random, days: list[date], since: datetime) -> Iterator[Row]:
    """One fails, one never began; a full one on every seventh day."""
    for number, day in enumerate(days):
        if number == 16:
            continue
        at = since + timedelta(days=number, hours=2)
        failed = number == 9
        yield {
            "id": f"b{number:025d}",
            "day": day,
            "kind": BackupKind.INCREMENTAL if number % 7 else BackupKind.FULL,
            "state": BackupState.FAILED if failed else BackupState.DONE,
            "folder": "backups/x/",
            "started_at": at,
            "finished_at": at,
            "row_count": 1000,
            "bytes_written": None
            if failed
            else rng.randrange(1 << 20, 9 << 20) * (1 if number % 7 else 20),
            "proven_at": None if failed or rng.random() < 0.2 else at,
        }
