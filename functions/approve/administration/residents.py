"""System administrators enter residents, one by one or from a CSV file; the file twice changes nothing."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.csv_rows import CsvRow, read_csv
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Reason, reason
from shared.models.people import Resident
from shared.sealing import blind_index

COLUMNS = {"编号": "number", "姓名": "name", "大队": "ward"}
CHUNK = 500  # rows a transaction
NUMBER_MOST, NAME_MOST = 32, 50


@dataclass(frozen=True)
class NewResident:
    number: str
    name: str
    ward_id: str


@in_transaction
def add_resident(session: Session, *, actor: Actor, new: NewResident) -> str:
    """Raises NotFound for the ward, Conflict for a number that this site has."""
    if new.ward_id not in _wards(session, actor).values():
        raise NotFound.of("not_found")
    if _known(session, actor, new.number) is not None:
        raise Conflict.of("resident_exists")
    try:
        with session.begin_nested():
            made = _add(session, actor, new)
    except IntegrityError as error:  # entered twice at once
        raise Conflict.of("resident_exists") from error
    audit.record(session, actor, "resident.added", "resident", made.id)
    return made.id


def import_residents(*, actor: Actor, file: str) -> dict[str, Any]:
    """`file`: CSV in base 64. Raises BadInput when it cannot be read; otherwise as `enter_residents`."""
    try:
        data = base64.b64decode(file, validate=True)
    except ValueError as error:
        raise BadInput.of("csv_encoding") from error
    return enter_residents(actor=actor, rows=read_csv(data, COLUMNS))


def enter_residents(
    *, actor: Actor, rows: list[CsvRow], told: Callable[[int], object] = lambda count: None
) -> dict[str, Any]:
    """A known number gets the row's name and ward; a bad row is named, the good ones are in.

    `told` hears how many rows were done, part by part: each part is a transaction of its own.
    """
    report: dict[str, Any] = {"added": 0, "changed": 0, "unchanged": 0, "problems": []}
    for first in range(0, len(rows), CHUNK):
        part = rows[first : first + CHUNK]
        for name, value in _import(actor=actor, rows=part).items():
            report[name] += value
        told(len(part))
    return report


@in_transaction
def _import(session: Session, *, actor: Actor, rows: list[CsvRow]) -> dict[str, Any]:
    by_name = _wards(session, actor)
    report: dict[str, Any] = {"added": 0, "changed": 0, "unchanged": 0, "problems": []}
    for row in rows:
        problems = _problems(row, by_name)
        if problems:
            shown = {"line": row.line, "number": row.values["number"][:NUMBER_MOST]}
            report["problems"].append({**shown, "reasons": problems})
            continue
        values = row.values
        new = NewResident(values["number"], values["name"], by_name[values["ward"]])
        report[_enter(session, actor, new)] += 1
    counts = {name: report[name] for name in ("added", "changed", "unchanged")}
    audit.record(session, actor, "residents.imported", "site", actor.site_id or "", **counts)
    return report


def _wards(session: Session, actor: Actor) -> dict[str, str]:
    """Ids by name, of those that the actor sees."""
    return {one.name: one.id for one in session.scalars(scope.wards(actor))}


def _problems(row: CsvRow, wards: dict[str, str]) -> list[Reason]:
    found = []
    if not 1 <= len(row.values["number"]) <= NUMBER_MOST:
        found.append(reason("csv_value_invalid", "number", column="编号"))
    if not 1 <= len(row.values["name"]) <= NAME_MOST:
        found.append(reason("csv_value_invalid", "name", column="姓名"))
    if row.values["ward"] not in wards:
        found.append(reason("ward_unknown", "ward"))
    return found


def _enter(session: Session, actor: Actor, new: NewResident) -> str:
    known = _known(session, actor, new.number)
    if known is None:
        _add(session, actor, new)
        return "added"
    if (known.name, known.ward_id) == (new.name, new.ward_id):
        return "unchanged"
    known.name, known.ward_id = new.name, new.ward_id
    return "changed"


def _known(session: Session, actor: Actor, number: str) -> Resident | None:
    index = blind_index(number, context="resident_number")
    query = select(Resident).where(
        Resident.site_id == actor.site_id, Resident.number_index == index
    )
    return session.scalar(query.with_for_update())


def _add(session: Session, actor: Actor, new: NewResident) -> Resident:
    made = Resident(site_id=actor.site_id, **vars(new))
    session.add(made)
    session.flush()
    return made
