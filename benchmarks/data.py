"""Made-up people, opening hours and history for the benchmark: thousands of rows in seconds, none of a real person.

Ids are computed (`relative 17` has id `relative000…017`), so that SQL can make a million visits by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, insert, select, text

from local.sample_people import made_up_id_number
from shared.clock import in_shanghai, now
from shared.models.base import Base
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import (
    Consent,
    ConsentPurpose,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.places import Site, Ward
from shared.models.timetable import Slot
from shared.models.visits import Visit
from shared.rules.consents import VERSIONS
from shared.sealing import blind_index

PLACES = 20
SLOTS_A_DAY = 18
DAYS = range(2, 13)  # inside what a site lets families book
CHUNK = 50_000
HISTORY_SLOTS = 25_000  # one an hour: almost three years
WRITTEN = ("outbox", "audit_event", "idempotency_record")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Booking:
    """One relative and the slot to ask for."""

    relative_id: str
    relationship_id: str
    slot_id: str


def made_id(kind: str, number: int) -> str:
    return kind + f"{number:0{26 - len(kind)}d}"


def add_people(engine: Engine, count: int) -> None:
    """A site with two officers on duty, and `count` residents with one checked relative each."""
    site_id = made_id("site", 0)
    _add(engine, Site, [{"id": site_id, "name": "示例所", "rules": {}}])
    _add(engine, Ward, [{"id": made_id("ward", 0), "site_id": site_id, "name": "一大队"}])
    _add(engine, Officer, [_officer(site_id, number) for number in range(2)])
    duty = [
        {"officer_id": made_id("officer", number), "role": Role.VISIT_OFFICER}
        for number in range(2)
    ]
    _add(engine, OfficerRole, duty)
    for numbers in _chunks(count, 2_000):
        _add(engine, Resident, [_resident(site_id, one) for one in numbers])
        _add(engine, Relative, [_relative(one) for one in numbers])
        _add(engine, Consent, [row for one in numbers for row in _consents(one)])
        _add(engine, Relationship, [_relationship(site_id, one) for one in numbers])


def add_slots(engine: Engine) -> int:
    """Bookable ones; gives how many."""
    first = in_shanghai(now()).replace(hour=8, minute=0, second=0, microsecond=0)
    starts = [
        first + timedelta(days=day, minutes=30 * number)
        for day in DAYS
        for number in range(SLOTS_A_DAY)
    ]
    _add(engine, Slot, [_slot(made_id("slot", n), start) for n, start in enumerate(starts)])
    return len(starts)


def add_history(engine: Engine, count: int, people: int, progress: Progress) -> None:
    """`count` visits that took place, with participant and quota line, one after the other as time went by."""
    last = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=8)
    slots = min(HISTORY_SLOTS, count)
    hours = {"last": last.replace(tzinfo=None), "slots": slots, "site": made_id("site", 0)}
    with engine.begin() as connection:
        connection.execute(text(_HISTORY_SLOTS), hours)
    for numbers in _chunks(count, CHUNK):
        span = {"first": numbers[0], "past": numbers[-1] + 1, "count": count}
        span |= {"slots": slots, "people": people}
        with engine.begin() as connection:
            for statement in ("SET unique_checks=0", "SET foreign_key_checks=0"):
                connection.exec_driver_sql(statement)
            for statement in (_HISTORY_VISITS, _HISTORY_PARTICIPANTS, _HISTORY_QUOTA):
                connection.execute(text(statement), span)
            for statement in ("SET unique_checks=1", "SET foreign_key_checks=1"):
                connection.exec_driver_sql(statement)
        progress(f"{numbers[-1] + 1:,} of {count:,} visits")
    with engine.begin() as connection:
        for table in ("visit", "visit_participant", "quota_entry", "slot"):
            connection.exec_driver_sql(f"ANALYZE TABLE {table}")


def forget_bookings(engine: Engine) -> None:
    """As before the round: history and people stay."""
    bookable = "SELECT id FROM slot WHERE id LIKE 'slot%'"
    with engine.begin() as connection:
        for statement in (
            f"DELETE q FROM quota_entry q JOIN visit v ON v.id = q.source_id WHERE v.slot_id IN ({bookable})",
            f"DELETE p FROM visit_participant p JOIN visit v ON v.id = p.visit_id WHERE v.slot_id IN ({bookable})",
            f"DELETE FROM visit WHERE slot_id IN ({bookable})",
            "UPDATE slot SET taken = 0 WHERE id LIKE 'slot%'",
            *(f"DELETE FROM {table}" for table in WRITTEN),
        ):
            connection.execute(text(statement))


def booked(engine: Engine) -> int:
    with engine.begin() as connection:
        count = select(func.count()).select_from(Visit).where(Visit.slot_id.startswith("slot"))
        return connection.scalar(count) or 0


def oversold(engine: Engine) -> int:
    """Visits beyond the places of their slot, counted in the table itself."""
    held = (
        select(Visit.slot_id, func.count().label("visits"))
        .where(Visit.held_slot_id.is_not(None))
        .group_by(Visit.slot_id)
        .subquery()
    )
    query = select(func.coalesce(func.sum(held.c.visits - Slot.capacity), 0)).join(
        held, held.c.slot_id == Slot.id
    )
    with engine.begin() as connection:
        return int(connection.scalar(query.where(held.c.visits > Slot.capacity)) or 0)


def bookings(count: int, *, slots: int) -> list[Booking]:
    """`count` relatives, one after the other over `slots` slots."""
    return [_booking(number, number % slots) for number in range(count)]


def hot_bookings(count: int) -> list[Booking]:
    """All for one slot until it is full, then all for the next."""
    return [_booking(number, number // PLACES) for number in range(count)]


def _booking(person: int, slot: int) -> Booking:
    return Booking(made_id("relative", person), made_id("tie", person), made_id("slot", slot))


def _chunks(count: int, size: int) -> Iterator[range]:
    return (range(first, min(first + size, count)) for first in range(0, count, size))


def _add(engine: Engine, table: type[Base], rows: list[dict[str, Any]]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table), rows)


def _officer(site_id: str, number: int) -> dict[str, Any]:
    row = {"id": made_id("officer", number), "site_id": site_id, "name": "值守民警"}
    return {**row, "wecom_user_id": f"duty-{number}"}


def _resident(site_id: str, number: int) -> dict[str, Any]:
    return {
        "id": made_id("resident", number),
        "site_id": site_id,
        "ward_id": made_id("ward", 0),
        "number": str(number),
        "number_index": blind_index(str(number), context="resident_number"),
        "name": "示例人员",
    }


def _relative(number: int) -> dict[str, Any]:
    openid = f"openid-{number}"
    id_number = made_up_id_number(
        f"19{50 + number % 40}01{1 + number // 999 % 28:02d}", number % 999
    )
    return {
        "id": made_id("relative", number),
        "openid": openid,
        "openid_index": blind_index(openid, context="openid"),
        "name": "示例亲属",
        "id_number": id_number,
        "id_number_index": blind_index(f"{number}", context="id_number"),
        "phone_checked_at": now(),
        "face_checked_at": now(),
    }


def _consents(number: int) -> list[dict[str, Any]]:
    row = {"relative_id": made_id("relative", number), "given_at": now()}
    return [{**row, "purpose": one, "version": VERSIONS[one]} for one in ConsentPurpose]


def _relationship(site_id: str, number: int) -> dict[str, Any]:
    return {
        "id": made_id("tie", number),
        "site_id": site_id,
        "relative_id": made_id("relative", number),
        "resident_id": made_id("resident", number),
        "kinship": "母亲",
        "status": RelationshipStatus.APPROVED,
    }


def _slot(slot_id: str, start: datetime) -> dict[str, Any]:
    ends_at = start + timedelta(minutes=30)
    row = {"id": slot_id, "site_id": made_id("site", 0), "starts_at": start, "ends_at": ends_at}
    return {**row, "capacity": PLACES, "taken": 0}


_HISTORY_SLOTS = """
INSERT INTO slot (id, site_id, starts_at, ends_at, capacity, taken, blocked)
SELECT CONCAT('past', LPAD(seq, 22, '0')), :site, :last - INTERVAL (:slots - 1 - seq) HOUR,
       :last - INTERVAL (:slots - 1 - seq) HOUR + INTERVAL 30 MINUTE, 40, 40, 0
FROM seq_0_to_99999 WHERE seq < :slots
"""
_HISTORY_VISITS = """
INSERT INTO visit (id, site_id, slot_id, resident_id, status, place, starts_at, ends_at, requested_at, requested_by)
SELECT CONCAT('00', LPAD(seq, 24, '0')), slot.site_id, slot.id, CONCAT('resident', LPAD(seq % :people, 18, '0')),
       'completed', 1 + seq % 40, slot.starts_at, slot.ends_at, slot.starts_at - INTERVAL 3 DAY,
       CONCAT('relative', LPAD(seq % :people, 18, '0'))
FROM seq_0_to_9999999
JOIN slot ON slot.id = CONCAT('past', LPAD(seq * :slots DIV :count, 22, '0'))
WHERE seq >= :first AND seq < :past
"""
_HISTORY_PARTICIPANTS = """
INSERT INTO visit_participant (visit_id, relative_id, kinship, lead)
SELECT id, requested_by, '母亲', 1 FROM visit
WHERE id >= CONCAT('00', LPAD(:first, 24, '0')) AND id < CONCAT('00', LPAD(:past, 24, '0'))
"""
_HISTORY_QUOTA = """
INSERT INTO quota_entry (id, site_id, resident_id, channel, kind, amount, at, source_id, made_by, made_at)
SELECT id, site_id, resident_id, 'remote', 'use', 1, starts_at, id, requested_by, requested_at FROM visit
WHERE id >= CONCAT('00', LPAD(:first, 24, '0')) AND id < CONCAT('00', LPAD(:past, 24, '0'))
"""
