"""The phone system's own list of family phones: each is checked by its three elements, as the numbers of relatives are.

These numbers are in use already. A match allows one, a mismatch blocks it and the phone system is told; what could
not be checked waits for an officer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs
from functions.phone_realname.row_report import Report, require_whole
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Reason, reason
from shared.http.fields import MOBILE, plausible_name
from shared.models.people import Resident
from shared.models.phones import (
    FamilyPhone,
    FamilyPhoneStatus,
    PhoneCheckJob,
    PhoneCheckPurpose,
)
from shared.phone_grounds import STANDING
from shared.rules import id_number
from shared.sealing import blind_index

BATCH = 100
# `over`: blocked, refused or removed here; listing it again does not bring it back.
OUTCOMES = ("new", "changed", "unchanged", "over")


@dataclass(frozen=True)
class NumberRow:
    resident_number: str = field(repr=False)
    number: str = field(repr=False)
    owner_name: str = field(repr=False)
    owner_id_number: str = field(repr=False)
    kinship: str


def take_numbers(
    *, actor: Actor, count: int, numbers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Raises BadInput when fewer or more rows came than were announced: then none is taken."""
    require_whole(count, numbers)
    report = Report("resident_number", OUTCOMES)
    good = []
    for line, given in enumerate(numbers, start=1):
        row = _read(given)
        if isinstance(row, NumberRow):
            good.append((line, row))
        else:
            report.refuse(line, given.get("resident_number"), row)
    for start in range(0, len(good), BATCH):
        counts, unknown = _write(actor=actor, rows=good[start : start + BATCH])
        report.counts += counts
        for line, row in unknown:
            report.refuse(line, row.resident_number, [reason("resident_unknown")])
    return report.shown()


def _read(given: Mapping[str, Any]) -> NumberRow | list[Reason]:
    names = ("resident_number", "number", "owner_name", "owner_id_number", "kinship")
    text = {name: str(given.get(name) or "").strip() for name in names}
    text["owner_id_number"] = id_number.normalise(text["owner_id_number"])
    wrong = {
        "resident_unknown": not 1 <= len(text["resident_number"]) <= 32 and "resident_number",
        "number_invalid": not MOBILE.fullmatch(text["number"]) and "number",
        "name_invalid": not plausible_name(text["owner_name"]) and "owner_name",
        "id_number_invalid": not id_number.is_valid(text["owner_id_number"]) and "owner_id_number",
    }
    found = [reason(code, name) for code, name in wrong.items() if name]
    return found or NumberRow(**{**text, "kinship": text["kinship"][:32]})


@in_transaction
def _write(
    session: Session, *, actor: Actor, rows: Sequence[tuple[int, NumberRow]]
) -> tuple[Counter[str], list[tuple[int, NumberRow]]]:
    residents = _residents(session, actor, [row for _, row in rows])
    counts: Counter[str] = Counter()
    unknown = []
    for line, row in rows:
        resident = residents.get(row.resident_number)
        if resident is None:
            unknown.append((line, row))
        else:
            counts[_take(session, resident, row)] += 1
    audit.record(
        session, actor, "family_phones.listed", "site", actor.site_id or "", counts=dict(counts)
    )
    return counts, unknown


def _residents(session: Session, actor: Actor, rows: Sequence[NumberRow]) -> dict[str, Resident]:
    """Locked, always in the same order: a relative may ask for the same number at this moment."""
    indexes = {blind_index(one.resident_number, context="resident_number") for one in rows}
    query = select(Resident).where(
        Resident.site_id == actor.site_id, Resident.number_index.in_(indexes)
    )
    found = session.scalars(query.order_by(Resident.id).with_for_update())
    return {one.number: one for one in found}


def _take(session: Session, resident: Resident, row: NumberRow) -> str:
    index = blind_index(row.number, context="phone")
    query = select(FamilyPhone).where(
        FamilyPhone.resident_id == resident.id, FamilyPhone.number_index == index
    )
    known = session.scalar(query.with_for_update())
    if known is None:
        phone = FamilyPhone(site_id=resident.site_id, resident_id=resident.id, number=row.number)
        _check(session, phone, row, PhoneCheckPurpose.FAMILY_PHONE)
        return "new"
    if known.status not in STANDING:
        return "over"
    owner = (known.owner_name, known.owner_id_number)
    if known.relative_id is not None or owner == (row.owner_name, row.owner_id_number):
        return "unchanged"
    pending = known.status is FamilyPhoneStatus.PENDING
    purpose = PhoneCheckPurpose.FAMILY_PHONE if pending else PhoneCheckPurpose.RECHECK
    _check(session, known, row, purpose)
    return "changed"


def _check(
    session: Session, phone: FamilyPhone, row: NumberRow, purpose: PhoneCheckPurpose
) -> None:
    phone.owner_name, phone.owner_id_number = row.owner_name, row.owner_id_number
    phone.owner_consented_at, phone.kinship = now(), row.kinship
    session.add(phone)
    session.flush()
    job = PhoneCheckJob(purpose=purpose, site_id=phone.site_id, family_phone_id=phone.id)
    check_jobs.open_job(session, job, number=phone.number)
