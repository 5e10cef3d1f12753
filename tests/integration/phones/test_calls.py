"""Call records: pushed or as CSV, any order, twice, corrected; their recordings; their line in the quota ledger."""

import itertools
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import requests

from functions.phone_realname import find_recordings
from local.sample_people import BROTHER, SON
from shared.clients import storage
from shared.clock import SHANGHAI
from shared.invariants import find_broken
from shared.models.calls import PhoneCall
from shared.models.people import Resident
from shared.models.places import Site
from shared.models.quota import QuotaEntry
from shared.models.rooms import Recording, RecordingStatus
from shared.models.tickets import Ticket
from shared.rules.quota import Channel
from tests.integration.phones.phone_system import PhoneSystem
from tests.integration.problems import assert_problem
from tests.integration.world import Answer, World

PUSH = "/phone/v1/calls"
UPLOAD, IMPORT = "/phone/v1/desk/calls/upload", "/phone/v1/desk/calls/import"
NUMBER = "13900000066"


def row(call_id: str = "c-1", **changes: Any) -> dict[str, Any]:
    plain = {
        "call_id": call_id,
        "resident_number": BROTHER.number,
        "number": NUMBER,
        "direction": "outgoing",
        "result": "answered",
        "started_at": "2026-11-30 19:30:00",
        "seconds": 305,
        "changed_at": "2026-11-30T19:36:00+08:00",
    }
    return {**plain, **changes}


def push(system: PhoneSystem, *rows: dict[str, Any]) -> dict[str, Any]:
    body = {"delivery_id": "d", "count": len(rows), "calls": list(rows)}
    answer = system.send(PUSH, body)
    assert answer.status == 200, answer.text
    report: dict[str, Any] = answer.json
    return report


def counted(report: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in report.items() if name != "problems" and value}


def used(world: World, number: str = BROTHER.number) -> int:
    resident = next(one for one in world.rows(Resident) if one.number == number)
    lines = world.rows(QuotaEntry, resident_id=resident.id, channel=Channel.PHONE)
    return sum(one.amount for one in lines)


def prefix(world: World) -> str:
    return f"phone-recordings/{world.one(Site).id}/"


def test_a_call_stands_in_the_history_and_in_the_quota(
    world: World, phone_system: PhoneSystem
) -> None:
    assert counted(push(phone_system, row())) == {"new": 1}
    call = world.one(PhoneCall)
    assert call.started_at == datetime(2026, 11, 30, 19, 30, tzinfo=SHANGHAI)
    assert (call.number, call.seconds, used(world)) == (NUMBER, 305, 1)
    assert counted(push(phone_system, row())) == {"unchanged": 1}
    assert used(world) == 1


CORRECTIONS = [
    row(),
    row(result="no_answer", seconds=0, changed_at="2026-11-30T19:37:00+08:00"),
    row(started_at="2026-11-30T19:31:00+08:00", changed_at="2026-11-30T19:38:00+08:00"),
    row(resident_number=SON.number, seconds=200, changed_at="2026-11-30T19:39:00+08:00"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_whatever_the_order_the_newest_record_counts(
    world: World, phone_system: PhoneSystem, order: tuple[int, ...]
) -> None:
    for one in order:
        push(phone_system, CORRECTIONS[one])
    call = world.one(PhoneCall)
    son = next(one for one in world.rows(Resident) if one.number == SON.number)
    assert (call.resident_id, call.seconds) == (son.id, 200)
    assert (used(world, SON.number), used(world)) == (1, 0)
    assert find_broken() == []
    assert counted(push(phone_system, *CORRECTIONS)) == {"older": 3, "unchanged": 1}
    assert (used(world, SON.number), used(world)) == (1, 0)


def test_the_same_in_one_delivery(world: World, phone_system: PhoneSystem) -> None:
    report = push(phone_system, *CORRECTIONS, *CORRECTIONS)
    assert counted(report) == {"new": 1, "corrected": 3, "older": 3, "unchanged": 1}
    assert (used(world, SON.number), used(world)) == (1, 0)


def test_two_lines_deliver_the_same_at_once(world: World, phone_system: PhoneSystem) -> None:
    rows = [row(f"c-{number}") for number in range(40)]
    reports: list[dict[str, Any]] = []
    lines = [
        Thread(target=lambda order: reports.append(push(phone_system, *order)), args=(order,))
        for order in (rows, rows[::-1], rows)
    ]
    for one in lines:
        one.start()
    for one in lines:
        one.join()
    assert sum(one["new"] for one in reports) == 40
    assert (len(world.rows(PhoneCall)), used(world)) == (40, 40)


def test_bad_rows_are_named_and_good_ones_taken(world: World, phone_system: PhoneSystem) -> None:
    report = push(
        phone_system,
        row(),
        row("", started_at="昨天", seconds="-1", number="12a", direction="?", result=None),
        row("c-3", started_at="2027-01-01 00:00:00"),
        row("c-4", recording_key="recordings/of/a/visit.mp4"),
        row("c-5", recording_key=f"{prefix(world)}one.wav"),
        row("c-6", recording_key=f"{prefix(world)}one.wav"),
        row("c-7", resident_number="20999999"),
    )
    assert counted(report) == {"new": 3, "unknown_residents": 1}
    wrong = {one["line"]: [each["code"] for each in one["reasons"]] for one in report["problems"]}
    assert wrong == {
        2: [
            "call_id_invalid",
            "call_number_invalid",
            "csv_value_invalid",
            "csv_value_invalid",
            "call_time_invalid",
            "call_seconds_invalid",
        ],
        3: ["call_time_invalid"],
        4: ["recording_key_foreign"],
        6: ["recording_key_used"],
    }
    again = push(phone_system, row(resident_number="20999999", changed_at="2026-12-01 08:00:00"))
    assert [one["code"] for one in again["problems"][0]["reasons"]] == ["resident_unknown"]


def test_half_forged_late_and_repeated_deliveries_are_refused_whole(
    world: World, phone_system: PhoneSystem
) -> None:
    body = {"delivery_id": "d", "count": 2, "calls": [row()]}
    assert_problem(phone_system.send(PUSH, body), 422, "delivery_incomplete")
    body["count"] = 1
    forged = phone_system.send(PUSH, body, **{"X-Visits-Signature": "0" * 64})
    assert_problem(forged, 401, "signature_false")
    old = str(int((world.clock.now() - timedelta(minutes=6)).timestamp()))
    assert_problem(
        phone_system.send(PUSH, body, **{"X-Visits-Timestamp": old}), 401, "timestamp_old"
    )
    assert world.rows(PhoneCall) == []


def test_a_call_that_came_before_its_resident_finds_it(
    world: World, phone_system: PhoneSystem
) -> None:
    push(phone_system, row(resident_number="20270001", recording_key=f"{prefix(world)}a.wav"))
    assert (world.one(PhoneCall).resident_id, world.rows(Recording)) == (None, [])
    known = world.rows(Resident)[0]
    late = Resident(
        site_id=known.site_id, ward_id=known.ward_id, number="20270001", name="示例人员"
    )
    world.add(late)
    for _ in range(2):
        world.timer("phone_realname", "link-calls")
    assert world.one(PhoneCall).resident_id == late.id
    assert world.one(Recording).resident_id == late.id
    assert used(world, "20270001") == 1


def test_one_run_links_all_that_wait(
    world: World, phone_system: PhoneSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_recordings, "CALLS", 2)
    for number in range(5):
        push(phone_system, row(call_id=f"c-{number}", resident_number="20270001"))
    known = world.rows(Resident)[0]
    late = Resident(
        site_id=known.site_id, ward_id=known.ward_id, number="20270001", name="示例人员"
    )
    world.add(late)
    world.timer("phone_realname", "link-calls")
    assert {one.resident_id for one in world.rows(PhoneCall)} == {late.id}
    assert used(world, "20270001") == 5


def look(world: World) -> RecordingStatus:
    world.timer("phone_realname", "find-recordings")
    return world.one(Recording).status


def test_a_recording_counts_once_its_file_is_seen(world: World, phone_system: PhoneSystem) -> None:
    key = f"{prefix(world)}2026/11/30/c-1.wav"
    push(phone_system, row(recording_key=key))
    assert look(world) is RecordingStatus.EXPECTED
    storage.write(key, b"RIFF made-up sound", "audio/wav")
    assert look(world) is RecordingStatus.EXPECTED, "not looked for again at once"
    world.clock.forward(minutes=11)
    assert look(world) is RecordingStatus.PLAYABLE
    found = world.one(Recording)
    assert (found.bytes, len(found.sha256 or "")) == (18, 64)
    # A record without a recording does not take one away.
    push(phone_system, row(seconds=306, changed_at="2026-12-01 08:00:00"))
    assert (world.one(PhoneCall).recording_id, world.one(PhoneCall).seconds) == (found.id, 306)
    assert world.one(Recording).status is RecordingStatus.PLAYABLE


def test_a_recording_that_never_comes_opens_one_incident(
    world: World, phone_system: PhoneSystem
) -> None:
    for number in range(2):
        push(phone_system, row(f"c-{number}", recording_key=f"{prefix(world)}lost{number}.wav"))
    world.clock.forward(hours=25)
    world.timer("phone_realname", "find-recordings")
    assert {one.status for one in world.rows(Recording)} == {RecordingStatus.LOST}
    assert "录音" in world.one(Ticket).title


def test_a_recording_that_cannot_be_read_keeps_no_other_waiting(
    world: World, phone_system: PhoneSystem
) -> None:
    """They came together; the first is refused, and it is told."""
    for number in range(3):
        key = f"{prefix(world)}read{number}.wav"
        storage.write(key, b"RIFF made-up sound", "audio/wav")
        push(phone_system, row(f"c-{number}", recording_key=key))
    world.emulator.fail("cos.get", "error", code="AccessDenied")
    world.timer("phone_realname", "find-recordings")
    states = sorted(one.status for one in world.rows(Recording))
    assert states == [RecordingStatus.EXPECTED, *[RecordingStatus.PLAYABLE] * 2]
    assert "无法读取" in world.one(Ticket).title
    world.clock.forward(minutes=11)
    world.timer("phone_realname", "find-recordings")
    assert {one.status for one in world.rows(Recording)} == {RecordingStatus.PLAYABLE}


HEADER = "话单编号,戒毒人员编号,号码,方向,结果,开始时间,时长秒,录音文件,更新时间\r\n"
LINES = (
    f"c-1,{BROTHER.number},{NUMBER},呼出,已接通,2026-11-30 19:30:00,305,,\r\n"
    f"c-2,{BROTHER.number},{NUMBER},呼出,未接,2026/11/30 19:20,0,,2026/11/30 19:21\r\n"
    f"c-3,{BROTHER.number},无,呼出,已接通,2026-11-30 19:30:00,305,,\r\n"
)


def import_csv(world: World, data: bytes, officer: str = "sun") -> Answer:
    token = world.officer(officer)
    place = world.post(UPLOAD, token=token).json
    kind = {"Content-Type": place["content_type"]}
    assert requests.put(place["url"], data=data, headers=kind, timeout=10).ok
    return world.post(IMPORT, {"key": place["key"]}, token=token)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_in_whatever_encoding_row_by_row(world: World, encoding: str) -> None:
    report = import_csv(world, (HEADER + LINES).encode(encoding)).json
    assert counted(report) == {"new": 2}
    assert [(one["line"], one["call_id"]) for one in report["problems"]] == [(4, "c-3")]
    assert report["problems"][0]["reasons"][0]["code"] == "call_number_invalid"
    assert counted(import_csv(world, (HEADER + LINES).encode(encoding)).json) == {"unchanged": 2}
    assert used(world) == 1
    assert storage.keys("imports/", limit=10) == [], "the file is not kept"


def test_files_that_are_no_call_records_are_refused_whole(world: World) -> None:
    assert_problem(import_csv(world, HEADER.encode()), 422, "csv_empty")
    assert_problem(import_csv(world, "号码,方向\n1,2\n".encode()), 422, "csv_columns")
    assert_problem(import_csv(world, b"\xff\xff\xff\x00"), 422, "csv_encoding")
    token = world.officer("sun")
    for key in ("imports/somebody/else.csv", "id-photos/sample/1.jpg"):
        assert_problem(world.post(IMPORT, {"key": key}, token=token), 422, "csv_file_missing")
    assert import_csv(world, b"", officer="wang").codes == ["csv_columns"]


def test_two_thousand_rows_import_in_time(world: World) -> None:
    """Ten thousand must fit into the 15 s of a function; this machine has others to serve."""
    lines = "".join(
        f"c-{number},{BROTHER.number},{NUMBER},呼出,已接通,2026-11-{1 + number % 28:02d} 09:30:00,30,,\r\n"
        for number in range(2000)
    )
    began = datetime.now()
    assert counted(import_csv(world, (HEADER + lines).encode()).json) == {"new": 2000}
    assert (datetime.now() - began).total_seconds() < 8
