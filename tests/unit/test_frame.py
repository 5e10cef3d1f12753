"""What holds for the project as a whole: the specification fresh, serverless.yml true, what it says checked."""

from typing import Any

import pytest

from server import triggers
from tools import check_serverless, deployment, make_spec


def test_the_specification_is_fresh() -> None:
    assert make_spec.FILE.read_text() == make_spec.text(), "run `make spec`"


def test_serverless_yml_holds() -> None:
    config = triggers.serverless()
    assert [*check_serverless.problems(config), *check_serverless.unused_jobs(config)] == []
    assert list(deployment.problems()) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"runtime": "Python3.12"}, "runtime"),
        ({"memorySize": 4096}, "memory"),
        ({"environments": [{"key": "SCF_X", "value": "1"}]}, "reserved"),
        ({"environments": [{"key": "SESSION_KEY", "value": "secret"}]}, "secret"),
        ({"environments": [{"key": "TZ", "value": "x" * 5000}]}, "4096"),
    ],
)
def test_the_check_of_serverless_yml_finds(change: dict[str, Any], found: str) -> None:
    config = triggers.serverless()
    broken = {**config, "inputs": {**config["inputs"], **change}}
    assert any(found in problem for problem in check_serverless.problems(broken))
