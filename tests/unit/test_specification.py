"""The specification is one that tools and people can use: valid, described in Chinese, with examples that hold."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from shared.reasons import REASONS
from tools import make_client
from tools.make_spec import TAGS, specification
from tools.spec.complete import texts
from tools.spec.problem_codes import codes_of

SPEC = specification()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in SPEC["paths"].items()
    for method, operation in operations.items()
}
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def resolved(response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in response:
        return response
    found: dict[str, Any] = SPEC["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return found


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that has a schema and needs an example: parameters, body, answers."""
    for one in operation.get("parameters", []):
        yield one["name"], one
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield "body", content
    for status, response in operation["responses"].items():
        for kind, content in resolved(response).get("content", {}).items():
            if kind != "text/csv":
                yield status, content


def test_it_is_valid_openapi() -> None:
    validate(SPEC)


def test_the_client_is_fresh() -> None:
    assert make_client.FILE.read_text() == make_client.text(), "run `make spec`"


def test_every_operation_is_described_and_no_text_is_left_over() -> None:
    assert texts().keys() == OPERATIONS.keys(), "miniprogram_api_spec/texts.yaml"
    for name, operation in OPERATIONS.items():
        assert CHINESE.search(operation["summary"]), name
        assert CHINESE.search(operation["description"]), name
        assert set(operation["tags"]) <= TAGS.keys()
    ids = [one["operationId"] for one in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


def test_what_a_face_check_cannot_stop_is_said_where_it_is_asked_for() -> None:
    described = OPERATIONS["POST /verify-face/v1/checks"]["description"]
    assert all(one in described for one in ("注入摄像头", "深度伪造"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_example_holds(name: str) -> None:
    for where, content in contents(OPERATIONS[name]):
        schema = {**content["schema"], "components": SPEC["components"]}
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        wrong = [error.message for error in validator.iter_errors(content["example"])]
        assert wrong == [], where


def test_every_problem_is_one_of_ours_and_says_what_it_means() -> None:
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            problem = resolved(response).get("content", {}).get("application/problem+json")
            if int(status) < 400:
                assert problem is None, name
                continue
            assert problem is not None, f"{name} {status}"
            codes = problem["schema"]["allOf"][1]["properties"]["code"]["enum"]
            assert codes
            assert codes == sorted(set(codes) & REASONS.keys())
            assert all(REASONS[code] in resolved(response)["description"] for code in codes)


def test_codes_are_found_through_modules_tables_and_methods() -> None:
    from functions.approve.queue.routes import post_decision
    from functions.booking.request_visit import request_visit

    booking = codes_of([request_visit])
    assert {"slot_full", "week_used_up", "companion_unknown"} <= set(booking[422])
    assert "key_reused" in booking[409]
    assert "changed_meanwhile" in codes_of([post_decision])[409]


def test_who_may_call_is_said() -> None:
    assert OPERATIONS["POST /booking/v1/session"]["security"] == []
    assert OPERATIONS["POST /booking/v1/visits"]["security"] == [{"relative": []}]
    assert OPERATIONS["POST /ops/v1/problems"]["security"] == [{"relative": []}, {"officer": []}]
    schemes = SPEC["components"]["securitySchemes"].keys()
    assert {
        one for each in OPERATIONS.values() for way in each["security"] for one in way
    } <= schemes
