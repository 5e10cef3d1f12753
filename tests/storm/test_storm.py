"""A bounded storm with each `make test`; the full one by STORM_VISITS=1000 STORM_KILLS=50 STORM_MINUTES=45 STORM_CLOCK=6.

SQLite takes one writer at a time: the storm is for the database that production has.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from functions.monitor_hook.rebuild import rebuild
from functions.monitor_hook.room_facts import state_of
from shared.clients import storage
from shared.database import in_transaction
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.rooms import Alert, AlertKind, Frame, Recording, RecordingStatus
from shared.models.visits import Visit, VisitStatus
from tests.databases import MariaDBShelf, using
from tests.integration.emulator import Emulator
from tests.rows import all_of
from tests.storm import hurried_clock
from tests.storm.storm import SPOOL, Plan, Storm

VISITS = int(os.environ.get("STORM_VISITS", "24"))
KILLS = int(os.environ.get("STORM_KILLS", "5"))
MINUTES = float(os.environ.get("STORM_MINUTES", "8"))
SPEED = float(os.environ.get("STORM_CLOCK", "15"))


@pytest.fixture
def storm(
    mariadb_shelf: MariaDBShelf,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Storm]:
    emulator = Emulator(tmp_path_factory.mktemp("storm"))
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(SPOOL, str(tmp_path_factory.mktemp("calls")))
    try:
        with using(mariadb_shelf.fresh()):
            hurried_clock.begin(SPEED)
            patience_s = 60 + VISITS + 60 * MINUTES / SPEED
            plan = Plan(VISITS, KILLS, MINUTES, SPEED, patience_s=patience_s)
            yield Storm(plan, emulator)
    finally:
        emulator.close()


@pytest.mark.slow
def test_every_visit_ends_right_and_every_recording_is_found(storm: Storm) -> None:
    report = storm.run()
    print(
        f"\n{VISITS} visits, {report.events} events, {report.lost} lost, {report.sent} sent, "
        f"{report.kills} kills, {report.seconds:.0f} s; answers p50 {report.percentile(0.5):.1f}, "
        f"p99 {report.percentile(0.99):.1f} ms; {report.frames} frames, {report.frames_sent} calls with them, "
        f"{len(all_of(Frame))} looked at, {len(all_of(Alert))} alerts, {len(storm.with_strangers)} visits with strangers"
    )
    assert report.kills >= KILLS
    visits = all_of(Visit)
    assert {one.status for one in visits} == {VisitStatus.COMPLETED}
    assert len(visits) == VISITS
    for visit in visits:
        state = _state(visit.id)
        assert visit.started_at is not None
        assert int(visit.started_at.timestamp() * 1000) == state.opened_ms
        assert all(one.joined_at for one in visit.participants)

    recordings = all_of(Recording)
    in_cos = {one.key for one in storage.keys("recordings/", limit=10 * VISITS)}
    assert {one.status for one in recordings} == {RecordingStatus.PLAYABLE}
    assert {one.cos_key for one in recordings} == in_cos
    assert len(recordings) == len(in_cos)
    assert {one.visit_id for one in recordings} == {one.id for one in visits}

    done = Counter((one.action, one.subject_id) for one in all_of(AuditEvent))
    for action in ("visit.started", "visit.completed"):
        assert {n for (name, _), n in done.items() if name == action} == {1}
    assert sum(name == "visit.started" for name, _ in done) == VISITS
    _assert_alerts(storm)
    assert [rebuild(visit_id=one.id) for one in visits[:10]] == [{}] * min(10, VISITS)


def _assert_alerts(storm: Storm) -> None:
    """One of each kind in every visit of which two frames with a stranger were looked at, one message each."""
    bad = Counter(
        one.visit_id
        for one in all_of(Frame)
        if any(face["verdict"] == "unknown" for face in one.faces)
    )
    assert set(bad) <= storm.with_strangers
    decided = {visit_id for visit_id, frames in bad.items() if frames >= 2}
    assert len(decided) >= 0.8 * len(storm.with_strangers), "hardly any frame was looked at in time"
    raised = Counter((one.visit_id, one.kind) for one in all_of(Alert))
    kinds = (AlertKind.EXTRA_PERSON, AlertKind.UNKNOWN_PERSON)
    assert raised == Counter((visit_id, kind) for visit_id in decided for kind in kinds)
    told = [one for one in all_of(Outbox) if (one.dedupe_key or "").startswith("alert:")]
    assert len(told) == len(raised)
    done = Counter(one.subject_id for one in all_of(AuditEvent, action="alert.raised"))
    assert done == Counter({visit_id: len(kinds) for visit_id in decided})


@in_transaction
def _state(session, visit_id: str):  # type: ignore[no-untyped-def]
    return state_of(session, visit_id)
