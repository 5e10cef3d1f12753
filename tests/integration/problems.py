"""What every refusal must look like (RFC 9457 and the issue's own words)."""

import re

from shared.reasons import REASONS
from tests.integration.world import Answer

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def assert_problem(answer: Answer, status: int, *codes: str) -> None:
    """All of `codes` at once, in this order."""
    assert (answer.status, answer.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    problem = answer.json
    assert answer.codes == list(codes)
    assert problem["status"] == status
    assert problem["code"] == codes[0]
    assert problem["type"] == f"urn:visits:problem:{codes[0]}"
    assert problem["detail"] == problem["errors"][0]["text"]
    assert re.fullmatch("[0-9a-z]{26}", problem["request_id"])
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert CHINESE.search(problem["title"])
    for one in problem["errors"]:
        assert one["code"] in REASONS
        assert CHINESE.search(one["text"])
        assert "{" not in one["text"]


def fields(answer: Answer) -> list[str | None]:
    return [one.get("field") for one in answer.json["errors"]]
