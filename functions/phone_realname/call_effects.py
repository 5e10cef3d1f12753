"""What a call record means: the call's row, its recording, its line in the quota ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.phone_realname.call_rows import CallRow
from shared import audit, quota
from shared.actors import Actor
from shared.clock import now
from shared.errors import Reason, reason
from shared.ids import new_id
from shared.models.calls import CallResult, PhoneCall
from shared.models.people import Resident
from shared.models.phones import FamilyPhone
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.rules.quota import Channel
from shared.sealing import blind_index


@dataclass
class Known:
    """What stands in the database about a batch, and what is still to be written.

    `calls`, `recordings` and, the other way round, `key_owners` by the call's id in the phone system.
    """

    calls: dict[str, PhoneCall]
    residents: dict[bytes, str]
    phones: dict[tuple[str, bytes], str]
    recordings: dict[str, Recording] = field(default_factory=dict)
    key_owners: dict[str, str] = field(default_factory=dict)
    used: list[quota.Contact] = field(default_factory=list)

    def resident_id(self, row: CallRow) -> str | None:
        return self.residents.get(blind_index(row.resident_number, context="resident_number"))

    def phone_id(self, resident_id: str | None, number: str) -> str | None:
        return self.phones.get((resident_id or "", blind_index(number, context="phone")))

    def against(self, row: CallRow) -> Reason | None:
        """Why this row cannot be taken."""
        key = row.recording_key
        if key is not None and self.key_owners.setdefault(key, row.call_id) != row.call_id:
            return reason("recording_key_used", "recording_key")
        call = self.calls.get(row.call_id)
        # A call that comes before its resident waits for it; one that is somebody's stays somebody's.
        if call is not None and call.resident_id is not None and self.resident_id(row) is None:
            return reason("resident_unknown", "resident_number")
        return None


def load(session: Session, actor: Actor, rows: Sequence[CallRow]) -> Known:
    """The calls are locked, always in the same order."""
    calls = _calls(session, actor, rows)
    indexes = {blind_index(one.resident_number, context="resident_number") for one in rows}
    residents = select(Resident.number_index, Resident.id).where(
        Resident.site_id == actor.site_id, Resident.number_index.in_(indexes)
    )
    found = {bytes(index): one for index, one in session.execute(residents)}
    known = Known(calls, found, _phones(session, found, rows))
    _load_recordings(session, known, rows)
    return known


def _calls(session: Session, actor: Actor, rows: Sequence[CallRow]) -> dict[str, PhoneCall]:
    query = (
        select(PhoneCall)
        .where(
            PhoneCall.site_id == actor.site_id,
            PhoneCall.external_id.in_({one.call_id for one in rows}),
        )
        .order_by(PhoneCall.external_id)
    )
    return {one.external_id: one for one in session.scalars(query.with_for_update())}


def _phones(
    session: Session, residents: dict[bytes, str], rows: Sequence[CallRow]
) -> dict[tuple[str, bytes], str]:
    query = select(FamilyPhone.resident_id, FamilyPhone.number_index, FamilyPhone.id).where(
        FamilyPhone.resident_id.in_(residents.values()),
        FamilyPhone.number_index.in_({blind_index(one.number, context="phone") for one in rows}),
    )
    return {(resident, bytes(index)): one for resident, index, one in session.execute(query)}


def _load_recordings(session: Session, known: Known, rows: Sequence[CallRow]) -> None:
    """Of these calls, and whose the keys are that the rows name."""
    of_call = {one.recording_id: one.external_id for one in known.calls.values()}
    keys = {one.recording_key for one in rows if one.recording_key}
    query = select(Recording).where(
        Recording.id.in_([one for one in of_call if one]) | Recording.cos_key.in_(keys)
    )
    for one in session.scalars(query):
        # "" is nobody's call id: the recording is another call's, or no call's at all.
        call_id = of_call.get(one.id, "")
        known.recordings[call_id] = one
        known.key_owners[one.cos_key or ""] = call_id


def values(known: Known, row: CallRow) -> dict[str, Any]:
    """The columns of a call as this record tells them."""
    resident_id = known.resident_id(row)
    return {
        "resident_id": resident_id,
        "resident_number": row.resident_number,
        "family_phone_id": known.phone_id(resident_id, row.number),
        "number": row.number,
        "direction": row.direction,
        "result": row.result,
        "started_at": row.started_at,
        "seconds": row.seconds,
        "recording_key": row.recording_key,
        "changed_at": row.changed_at,
    }


def begin(known: Known, call: PhoneCall) -> None:
    """Of a call that was not known, or whose resident was not: its quota and its recording."""
    if _counted(call) is not None and call.quota_source_id is None:
        call.quota_source_id = new_id()
        known.used.append(_contact(call))
    if call.resident_id is not None and call.recording_key is not None:
        known.recordings.setdefault(call.external_id, _expected(call))


def differences(known: Known, call: PhoneCall, row: CallRow) -> list[str]:
    """Names of what this record tells otherwise. A record without a recording does not take one away."""
    told = values(known, row)
    if row.recording_key is None:
        del told["recording_key"]
    return [name for name, value in told.items() if getattr(call, name) != value]


def correct(
    session: Session, actor: Actor, known: Known, call: PhoneCall, row: CallRow, changed: list[str]
) -> None:
    before = _counted(call)
    line = _contact(call) if call.quota_source_id else None
    told = values(known, row)
    for name in changed:
        setattr(call, name, told[name])
    if line is not None and _counted(call) != before:
        _give_back(session, actor, known, line)
        call.quota_source_id = None
    begin(known, call)
    _correct_recording(known.recordings.get(call.external_id), call)
    audit.record(
        session, actor, "call.corrected", "phone_call", call.id, site_id=call.site_id,
        changed=changed,
    )  # fmt: skip


def finish(session: Session, actor: Actor, known: Known) -> None:
    """Recordings before the calls that point at them."""
    known.recordings.pop("", None)
    session.add_all(known.recordings.values())
    session.flush()
    for call_id, recording in known.recordings.items():
        known.calls[call_id].recording_id = recording.id
    session.add_all(known.calls.values())
    session.flush()
    quota.use_each(session, actor, known.used)


def _give_back(session: Session, actor: Actor, known: Known, line: quota.Contact) -> None:
    if line in known.used:  # counted by an earlier row of this very batch
        known.used.remove(line)
    else:
        quota.refund(session, actor, line)


def _counted(call: PhoneCall) -> tuple[str, datetime] | None:
    """What the ledger counts of a call: whose and when; nothing of one that nobody answered."""
    if call.result is not CallResult.ANSWERED or call.resident_id is None:
        return None
    return call.resident_id, call.started_at


def _contact(call: PhoneCall) -> quota.Contact:
    assert call.resident_id
    assert call.quota_source_id
    return quota.Contact(
        call.site_id, call.resident_id, Channel.PHONE, call.started_at, call.quota_source_id
    )


def _correct_recording(recording: Recording | None, call: PhoneCall) -> None:
    if recording is None:
        return
    assert call.resident_id
    recording.resident_id = call.resident_id
    recording.starts_at, recording.ends_at = call.started_at, _ends_at(call)
    if recording.cos_key != call.recording_key:
        recording.cos_key, recording.bytes, recording.sha256 = call.recording_key, None, None
        recording.status, recording.due_at = RecordingStatus.EXPECTED, now()


def _expected(call: PhoneCall) -> Recording:
    """It counts once its file is seen in COS."""
    return Recording(
        id=new_id(),
        site_id=call.site_id,
        kind=RecordingKind.PHONE,
        resident_id=call.resident_id,
        status=RecordingStatus.EXPECTED,
        cos_key=call.recording_key,
        starts_at=call.started_at,
        ends_at=_ends_at(call),
        due_at=now(),
    )


def _ends_at(call: PhoneCall) -> datetime:
    return call.started_at + timedelta(seconds=call.seconds)
