"""The audit's seals: each covers the rows since the one before it, and that one too, so that no row can be changed,
added or taken out later without a seal breaking.

Rows are sealed in batches by a timer: a chain through every row would put all writers in one line. What is not sealed
yet is younger than `SETTLED`. Rows are ordered by id, whose first half is the moment it was made.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from shared.database import in_transaction
from shared.models.plumbing import AuditEvent, AuditSeal
from shared.sealing import blind_index

# No transaction is open for longer (a function lives minutes at most), so older ids come no more.
SETTLED = timedelta(minutes=15)
BATCH = 10_000
PAGE = 1_000
# By name: a column that is added later must not break the older seals.
COLUMNS = (
    "id", "happened_at", "site_id", "actor_kind", "actor_id", "action",
    "subject_kind", "subject_id", "reason", "details",
)  # fmt: skip
START = ("", "0" * 64)


@dataclass(frozen=True)
class Verdict:
    """`broken`: numbers of the seals that do not fit their rows. `head`: the newest digest, to be noted elsewhere."""

    seals: int
    rows: int
    broken: tuple[int, ...]
    head: str


def seal_audit(*, until: datetime | None = None) -> int:
    """How many seals were made. `until`: rows made before it are sealed; the test's door."""
    border = _first_id(until or datetime.now(timezone.utc) - SETTLED)
    made = 0
    while _seal_next(border=border):
        made += 1
    return made


def verify_audit(
    *, newest: int | None = None, told: Callable[[int], object] = lambda rows: None
) -> Verdict:
    """Reckons every seal anew, or the `newest` ones. `told` hears how many rows each covered, for a progress bar.

    Who cuts off the newest seals and their rows leaves a chain that fits: compare `head` with one noted elsewhere.
    """
    seals = _seals()
    first = max(0, len(seals) - newest) if newest else 0
    before = (seals[first - 1].until_id, seals[first - 1].digest) if first else START
    broken, rows = [], 0
    for place, seal in enumerate(seals[first:], start=first + 1):
        digest, count = _reckon(after=before[0], until=seal.until_id, previous=before[1])
        if (seal.number, seal.digest, seal.rows) != (place, digest, count):
            broken.append(seal.number)
        rows += count
        told(count)
        before = (seal.until_id, seal.digest)
    return Verdict(len(seals) - first, rows, tuple(broken), before[1])


@in_transaction
def count_sealed(session: Session) -> int:
    return int(session.scalar(select(func.sum(AuditSeal.rows))) or 0)  # a Decimal on MariaDB


@in_transaction
def _seal_next(session: Session, *, border: str) -> bool:
    """One seal over at most BATCH rows; False when nothing is left, or another instance was faster."""
    last = session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
    after, previous = (last.until_id, last.digest) if last else START
    ids = select(AuditEvent.id).where(AuditEvent.id >= after, AuditEvent.id < border)
    found = session.scalars(ids.order_by(AuditEvent.id).limit(BATCH + 1)).all()
    if not found:
        return False
    until = found[BATCH] if len(found) > BATCH else border
    digest, rows = _digest(session, after, until, previous)
    number = last.number + 1 if last else 1
    try:
        with session.begin_nested():
            session.add(AuditSeal(number=number, until_id=until, rows=rows, digest=digest))
    except IntegrityError:
        return False
    return True


@in_transaction
def _seals(session: Session) -> list[AuditSeal]:
    return list(session.scalars(select(AuditSeal).order_by(AuditSeal.number)))


@in_transaction
def _reckon(session: Session, *, after: str, until: str, previous: str) -> tuple[str, int]:
    return _digest(session, after, until, previous)


def _digest(session: Session, after: str, until: str, previous: str) -> tuple[str, int]:
    """64 hexadecimal digits that nobody makes without the index key, and the number of rows."""
    hashed, count = hashlib.sha256(previous.encode()), 0
    for line in _lines(session, after, until):
        hashed.update(line)
        count += 1
    return blind_index(hashed.hexdigest(), context="audit_seal").hex(), count


def _lines(session: Session, after: str, until: str) -> Iterator[bytes]:
    columns = [getattr(AuditEvent, name) for name in COLUMNS]
    inside = select(*columns).where(AuditEvent.id >= after, AuditEvent.id < until)
    rows = session.execute(inside.order_by(AuditEvent.id).execution_options(yield_per=PAGE))
    for row in rows:
        yield json.dumps(list(row), default=_text, sort_keys=True).encode() + b"\n"


def _text(value: object) -> str:
    assert isinstance(value, datetime), value
    return value.isoformat()


def _first_id(moment: datetime) -> str:
    """The smallest id that can have been made at `moment`."""
    made = int(moment.timestamp() * 1000).to_bytes(6, "big")
    return str(ULID(made + bytes(10))).lower()
