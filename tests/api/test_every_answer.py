"""Made-up requests from everybody: no answer fails, and each is one that the specification names.

SCHEMATHESIS_CASES sets how many (all operations together); the suite makes a few for each.
"""

import os
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.journey.runner import GatewayProcess
from tools.make_spec import specification

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "300"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ID = re.compile(r'"([a-z_]*id)": ?"([0-9a-z]{26})"')
SCHEMA = schemathesis.openapi.from_dict(specification())
OPERATIONS = [one.ok() for one in SCHEMA.get_all_operations()]
EACH = max(1, CASES // len(OPERATIONS))


class Callers:
    """Everybody who may sign in, in turn, and the ids that they have been shown."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ids: list[str] = []
        self._sign_in()

    def _sign_in(self) -> None:
        people = requests.get(f"{self.url}/local/identities", timeout=30).json()
        self.turns = {
            "relative": deque(one["token"] for one in people["relatives"]),
            "officer": deque(one["token"] for one in people["officers"]),
        }

    def call(self, case: Case) -> None:
        response = self._as_somebody(case)
        if response.status_code == 401:  # a case may have signed everybody out
            self._sign_in()
            response = self._as_somebody(case)
        case.validate_response(response, checks=CHECKS)
        if response.status_code < 300:
            self.ids += [found for _, found in ID.findall(response.text)][:20]

    def _as_somebody(self, case: Case) -> Any:
        """As whoever may: the one who is refused gives way to the next."""
        kinds = [name for way in case.operation.definition.raw["security"] for name in way]
        kind = next((name for name in kinds if name in self.turns), None)
        if kind is None:
            return case.call(base_url=self.url)
        for _ in range(len(self.turns[kind])):
            sent = {"Authorization": f"Bearer {self.turns[kind][0]}"}
            response = case.call(base_url=self.url, headers=sent)
            if response.status_code != 403:
                return response
            self.turns[kind].rotate()
        return response


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    gateway = GatewayProcess(tmp_path_factory.mktemp("gateway"))
    gateway.start()
    try:
        yield Callers(gateway.url)
    finally:
        gateway.kill()


def readers_first(operation: Any) -> bool:
    """Those that show ids to the others."""
    return operation.method.upper() != "GET" or "{" in operation.path


@pytest.mark.parametrize(
    "operation", sorted(OPERATIONS, key=readers_first), ids=lambda one: one.label
)
def test_every_answer_is_one_that_the_specification_names(operation: Any, callers: Callers) -> None:
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=EACH,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, pick=st.integers(0, 10_000), real=st.booleans())
    def ask(case: Case, pick: int, real: bool) -> None:
        if real and callers.ids:
            for name in case.path_parameters or {}:
                if name.endswith("_id"):
                    case.path_parameters[name] = callers.ids[pick % len(callers.ids)]
        callers.call(case)

    ask()
