"""What the operations' pages read: the state of the system, the calendar, the person-days, one case."""

from datetime import timedelta

from local import sample_ops
from shared.models.plumbing import Outbox, OutboxState
from shared.models.tickets import Heartbeat
from shared.rules.job_periods import EVERY_S
from tests.integration.problems import assert_problem
from tests.integration.world import World


def test_the_state_of_the_system_names_what_is_silent_and_what_failed(world: World) -> None:
    long_ago, now = world.clock.now() - timedelta(days=2), world.clock.now()
    for job in EVERY_S:
        # The test's clock is a moved one: the audit rests, which is no fault.
        beat_at = long_ago if job in ("deliver-outbox", "audit-deadlines") else now
        failed_at = now if job == "back-up" else None
        world.add(Heartbeat(job=job, beat_at=beat_at, failed_at=failed_at))
    world.add(Heartbeat(job="no-longer-there", beat_at=now))
    late = now - timedelta(minutes=7)
    world.add(Outbox(kind="wecom", body="x", state=OutboxState.WAITING, due_at=late))
    world.add(Outbox(kind="wecom", body="x", state=OutboxState.DEAD, due_at=late))
    found = world.get("/ops/v1/status", token=world.officer("qian")).json
    assert [(one["name"], one["silent"], one["failed"]) for one in found["jobs"]][:3] == [
        ("发送消息", True, False),
        ("数据备份", False, True),
        ("处理会见室事件", False, False),
    ]
    assert len(found["jobs"]) == len(EVERY_S)
    assert [one["job"] for one in found["jobs"] if one["rests"]] == ["audit-deadlines"]
    messages = found["messages"]
    assert (messages["waiting"], messages["dead"], messages["late_s"] // 60) == (1, 1, 7)
    denied = world.get("/ops/v1/status", token=world.officer("wang"))
    assert_problem(denied, 403, "not_allowed")


def test_a_working_day_of_the_operations_is_found_again(world: World) -> None:
    for _ in range(2):
        sample_ops.prepare()
    qian = world.officer("qian")
    days = world.get("/ops/v1/person-days", token=qian).json
    assert (days["reserved"], days["committed"], days["used"], days["left"]) == (
        0.8,
        0.5,
        1.3,
        28.7,
    )
    assert sorted(one["days"] for one in days["changes"]) == [0.5, 0.8]
    drafts = world.get("/ops/v1/cases?status=draft", token=qian).json["cases"]
    case = world.get(f"/ops/v1/cases/{drafts[0]['id']}", token=qian).json
    assert case == drafts[0]
    promises = world.get("/ops/v1/status", token=qian).json["promises"]
    assert (promises["running"], promises["overdue"], promises["answered_late"]) == (2, 0, 0)
    assert promises["answered"] > 0
    reports = world.get("/ops/v1/reports", token=qian).json["reports"]
    assert {one["title"] for one in reports} == {
        "2026年11月运维总结报告",
        "2026年11月巡检报告",
        *(f"故障处理报告：{title}" for title, *_ in sample_ops.INCIDENTS),
    }


def test_the_calendar_tells_how_far_it_reaches(world: World) -> None:
    qian = world.officer("qian")
    known = world.get("/ops/v1/calendar?year=2026", token=qian).json
    assert known["known_until"] == "2026-12-31"
    assert "2026-02-17" in known["holidays"]
    assert "2026-02-14" in known["workdays"]
    later = world.get("/ops/v1/calendar?year=2027", token=qian).json
    assert (later["known"], later["holidays"]) == (False, [])
