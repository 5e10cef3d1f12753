"""The product's main job as a process of its own: on SQLite, and killed after every step on MariaDB."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from local.journey.steps import STEPS
from local.mariadb import MariaDBMissing, running_mariadb

LIMIT_S = 300


def walk(*arguments: str, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "local.journey", "--json", *arguments],
        env={**os.environ, "DATABASE_URL": "", **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    outcome: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) == (outcome["passed"] == outcome["of"])
    return outcome


def assert_all_passed(outcome: dict[str, Any]) -> None:
    failed = [one for one in outcome["steps"] if not one["passed"]]
    assert not failed, failed
    assert outcome["passed"] == outcome["of"] == len(outcome["steps"]) == len(STEPS)


def test_on_sqlite() -> None:
    assert_all_passed(walk())


def test_on_mariadb_killed_after_every_step() -> None:
    try:
        with running_mariadb() as server:
            assert_all_passed(walk("--kill", DATABASE_URL=server.create("visits")))
    except MariaDBMissing as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
