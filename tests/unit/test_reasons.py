"""The catalogue and the code agree: a text that nobody can meet is dead, a code without a text breaks the answer."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared import errors
from shared.reasons import REASONS

ROOT = Path(__file__).parents[2]


def words_of(file: Path) -> tuple[set[str], set[str]]:
    """The file's texts, and its f-strings as patterns."""
    plain, patterns = set(), set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            plain.add(node.value)
        if isinstance(node, ast.JoinedStr) and len(node.values) > 1:
            parts = [
                re.escape(one.value) if isinstance(one, ast.Constant) else "[a-z_]+"
                for one in node.values
            ]
            patterns.add("".join(parts))
    return plain, patterns


def codes_given(file: Path) -> set[str]:
    """The codes of `Conflict.of("code")` and `reason("code")`."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if getattr(node.func, "id", "") == "reason" or _makes_error(node.func)
        if isinstance(node.args[0].value, str)
    }


def _makes_error(called: ast.expr) -> bool:
    made = isinstance(called, ast.Attribute) and called.attr == "of"
    return made and issubclass(getattr(errors, getattr(called.value, "id", ""), int), Exception)


def ours() -> Iterator[Path]:
    for folder in ("functions", "shared"):
        yield from (one for one in (ROOT / folder).rglob("*.py") if one.name != "reasons.py")


def test_every_code_that_is_given_has_its_text() -> None:
    given = {code for file in ours() for code in codes_given(file)}
    assert len(given) > 100
    assert sorted(given - REASONS.keys()) == []


def test_every_reason_is_given_by_somebody() -> None:
    plain, patterns = set(), set()
    for file in ours():
        one, more = words_of(file)
        plain |= one
        patterns |= {
            pattern for pattern in more if re.search("[a-z]{4}", pattern.replace("[a-z_]+", ""))
        }
    left = [
        code
        for code in REASONS
        if code not in plain and not any(re.fullmatch(one, code) for one in patterns)
    ]
    assert left == []
