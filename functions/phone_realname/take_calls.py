"""Call records of the phone system into the history: each call once, in its newest state, whatever the order.

A row is taken when it is as new as what is known or newer. Of two equally new ones the later received counts.
Rows go in by batches, each a transaction: a delivery cut off half-way is sent again and changes nothing twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.phone_realname import call_effects
from functions.phone_realname.call_effects import Known
from functions.phone_realname.call_rows import CallRow, read_row
from functions.phone_realname.row_report import Report, require_whole
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import Reason
from shared.ids import new_id
from shared.models.calls import PhoneCall

BATCH = 250
RACES = 5
# `unknown_residents` are among the others.
OUTCOMES = ("new", "corrected", "unchanged", "older", "unknown_residents")


def take_delivery(
    *, actor: Actor, count: int, calls: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """A push. Raises BadInput when fewer or more rows came than were announced: then none is taken."""
    require_whole(count, calls)
    return take_calls(actor=actor, rows=list(enumerate(calls, start=1)))


def take_calls(*, actor: Actor, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    """`rows`: line number and values. Good rows are taken, each bad one is named with all its reasons."""
    report = Report("call_id", OUTCOMES)
    good: list[tuple[int, CallRow]] = []
    for line, values in rows:
        row = read_row(values, site_id=actor.site_id or "")
        if isinstance(row, CallRow):
            good.append((line, row))
        else:
            report.refuse(line, values.get("call_id"), row)
    for start in range(0, len(good), BATCH):
        _take_batch(actor, good[start : start + BATCH], report)
    return report.shown()


def _take_batch(actor: Actor, rows: Sequence[tuple[int, CallRow]], report: Report) -> None:
    for last in reversed(range(RACES)):
        try:
            counts, refused = _write(actor=actor, rows=rows)
            break
        except IntegrityError:  # the same calls came over another line at this very moment
            if last == 0:
                raise
    report.counts += counts
    for line, call_id, why in refused:
        report.refuse(line, call_id, [why])


@in_transaction
def _write(
    session: Session, *, actor: Actor, rows: Sequence[tuple[int, CallRow]]
) -> tuple[Counter[str], list[tuple[int, str, Reason]]]:
    known = call_effects.load(session, actor, [row for _, row in rows])
    counts: Counter[str] = Counter()
    refused = []
    for line, row in rows:
        why = known.against(row)
        if why is not None:
            refused.append((line, row.call_id, why))
        else:
            counts[_write_one(session, actor, known, row)] += 1
            counts["unknown_residents"] += known.resident_id(row) is None
    call_effects.finish(session, actor, known)
    audit.record(session, actor, "calls.received", "site", actor.site_id or "", counts=dict(counts))
    return counts, refused


def _write_one(session: Session, actor: Actor, known: Known, row: CallRow) -> str:
    call = known.calls.get(row.call_id)
    if call is None:
        known.calls[row.call_id] = call = PhoneCall(
            id=new_id(),
            site_id=actor.site_id,
            external_id=row.call_id,
            **call_effects.values(known, row),
        )
        call_effects.begin(known, call)
        return "new"
    if row.changed_at < call.changed_at:
        return "older"
    changed = call_effects.differences(known, call, row)
    if set(changed) <= {"changed_at"}:
        call.changed_at = row.changed_at
        return "unchanged"
    call_effects.correct(session, actor, known, call, row, changed)
    return "corrected"
