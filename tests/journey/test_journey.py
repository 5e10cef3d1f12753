"""`make demo`, as a newcomer runs it: on SQLite, and on MariaDB with the gateway killed after every step."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.journey.steps import STEPS
from local.mariadb import MariaDB
from tests.loopback_only import REPORT

ROOT = Path(__file__).parents[2]
GUARDED = Path(__file__).parent / "guarded"
OUTCOME = {"number": int, "title": str, "passed": bool, "text": str, "seconds": float}
LONGEST_S = 900


def run(*command: str, report: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own that, like this one, may reach loopback alone."""
    mine = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    guard = {"PYTHONPATH": f"{GUARDED}{os.pathsep}{ROOT}", REPORT: str(report)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**mine, **guard, **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


def walk(report: Path, *options: str, **environment: str) -> dict[str, Any]:
    done = run("-m", "local.journey", "--json", *options, report=report, **environment)
    assert done.stdout, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    failed = [one for one in told["steps"] if not one["passed"]]
    assert not failed, f"{failed}\n{done.stderr[-2000:]}"
    assert done.returncode == 0
    assert not report.exists(), f"reached out to {report.read_text()}"
    return told


def assert_complete(told: dict[str, Any]) -> None:
    assert set(told) == {"passed", "of", "steps"}
    assert told["passed"] == told["of"] == len(STEPS) == len(told["steps"])
    for number, (step, (title, _)) in enumerate(zip(told["steps"], STEPS, strict=True), 1):
        assert {name: type(value) for name, value in step.items()} == OUTCOME
        assert (step["number"], step["title"]) == (number, title)
        assert step["text"]


@pytest.mark.slow
def test_the_journey(tmp_path: Path) -> None:
    assert_complete(walk(tmp_path / "report"))


@pytest.mark.slow
def test_the_journey_on_mariadb_killed_after_every_step(mariadb: MariaDB, tmp_path: Path) -> None:
    url = mariadb.create("journey")
    assert_complete(walk(tmp_path / "report", "--kill", DATABASE_URL=url))


def test_a_process_of_a_test_reaches_loopback_alone(tmp_path: Path) -> None:
    report = tmp_path / "report"
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = run("-c", reach, report=report)
    assert "OutsideAddress" in done.stderr
    assert report.read_text().split() == ["192.0.2.1"]
