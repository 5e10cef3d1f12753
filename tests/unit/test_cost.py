"""The table of costs is arithmetic: here it is done once by hand."""

from pathlib import Path
from typing import Any

import pytest

from server import triggers
from tools import cost
from tools.deployment import read

ROOT = Path(__file__).parents[2]

# Two visits a day of ten minutes, one page; a month of ten days.
USAGE: dict[str, Any] = {
    "days": 10,
    "minutes": 10,
    "frame_seconds": 10,
    "people_in_a_room": 2,
    "room_every_s": 60,
    "requests_a_visit": {"booking": 5, "monitor_hook": 3},
    "face_checks_a_visit": 1,
    "phone_checks_a_visit": 0.5,
    "sms_a_visit": 1,
    "face_engine": "tencent",
    "pages": [{"function": "approve", "a_site": 2, "hours_a_day": 1, "every_s": 10}],
    "seconds": {"request": 0.1, "timer": 0.01, "frame": 1, "face_check": 2},
    "mb": {
        "recorded_minute": 4,
        "frame": 0.05,
        "face_clip": 2,
        "answer": 0.01,
        "rows": 0.1,
        "frame_row": 0.001,
    },  # fmt: skip
    "kept_days": {"recording": 100, "frame": 10, "face_clip": 50},
    "years_kept": 1,
    "recordings_watched": 0.5,
    "cos_requests": {"a_frame": 2, "a_visit": 10},
}
SCALE = {"visits_a_day": 2, "sites": 3}


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch) -> cost.Month:
    """Without the timers, which change with the code."""
    monkeypatch.setattr(cost, "_timer_runs", lambda function: 0.0)
    return cost.month(USAGE, SCALE)


def test_calls_by_hand(month: cost.Month) -> None:
    # 20 visits x 5 requests, and the room asked for once a minute, ten minutes each
    assert month.invocations["booking"] == 20 * 5 + 20 * 10
    # 3 sites x 2 pages x 360 polls an hour x 10 days
    assert month.invocations["approve"] == 21_600
    # 20 visits x (3 callbacks and two sides x 60 frames)
    assert month.invocations["monitor_hook"] == 20 * (3 + 120)
    assert month.invocations["verify_face"] == 20


def test_gigabyte_seconds_by_hand(month: cost.Month) -> None:
    assert month.gb_seconds["booking"] == pytest.approx(300 * 0.1 * 256 / 1024)
    assert month.gb_seconds["monitor_hook"] == pytest.approx((60 * 0.1 + 2400 * 1) * 1024 / 1024)
    assert month.gb_seconds["verify_face"] == pytest.approx(20 * 2)


def test_services_by_hand(month: cost.Month) -> None:
    expected = {
        # 300 + 60 + 21,600 answers of 0.01 MB; half of 20 recordings of 40 MB
        "outbound_gb": (21_960 * 0.01 + 400) / 1024,
        # two a day: 40 MB for 100 days, 120 x 0.05 MB for 10, 2 MB for 50
        "cos_gb_months": 2 * (4000 + 60 + 100) / 1024,
        "cos_requests": 20 * (240 + 10),
        "mysql_instances": 1,
        # a year of their rows, and 10 days of 120 frames each
        "mysql_gb": 2 * (365 * 0.1 + 10 * 120 * 0.001) / 1024,
        "trtc_video_minutes": 400,
        "trtc_recording_minutes": 200,
        "trtc_slicing_minutes": 200,
        "faceid_calls": 20,
        "phone_checks": 10,
        "sms": 20,
    }
    assert {name: month.units[name] for name in expected} == pytest.approx(expected)
    assert month.units["scf_invocations"] == 300 + 21_600 + 2_460 + 20


def test_only_what_has_a_price_is_summed(month: cost.Month) -> None:
    prices = {"sms": {"per": 1, "price": 0.5}, "trtc_video_minutes": {"per": 1000, "price": 10.0}}
    assert cost.price(month.units, {**read("prices.yaml"), **prices}) == pytest.approx(10 + 4)


def test_no_price_is_invented() -> None:
    assert {one["price"] for one in read("prices.yaml").values()} == {None}
    shown = "\n".join(cost.table(read("usage.yaml"), read("prices.yaml")))
    assert "sum" not in shown


def test_every_unit_has_a_place_for_its_price(month: cost.Month) -> None:
    assert set(month.units) == set(read("prices.yaml"))


def test_a_trigger_of_several_jobs_is_one_call() -> None:
    runs = {
        one["parameters"]["name"]: cost.runs_a_day(one["parameters"])
        for one in triggers.serverless()["inputs"]["triggers"]
        if one["type"] == "timer" and one["function"] == "booking"
    }
    assert runs["every-minute"] == 1_440
    assert runs["deliver-onsite"] == 8_640


@pytest.mark.parametrize(
    "lines", [cost.needs(), cost.table(read("usage.yaml"), read("prices.yaml"))]
)
def test_the_readme_says_what_the_tool_says(lines: Any) -> None:
    assert "\n".join(lines) in (ROOT / "README.md").read_text(), "python -m tools.cost"
