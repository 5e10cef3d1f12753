"""Every reason in the catalogue is given by somebody: a text that nobody can meet is dead."""

import ast
import re
from pathlib import Path

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


def test_every_reason_is_given_by_somebody() -> None:
    plain, patterns = set(), set()
    for folder in ("functions", "shared"):
        for file in (ROOT / folder).rglob("*.py"):
            if file.name != "reasons.py":
                one, more = words_of(file)
                plain |= one
                patterns |= {
                    pattern
                    for pattern in more
                    if re.search("[a-z]{4}", pattern.replace("[a-z_]+", ""))
                }
    left = [
        code
        for code in REASONS
        if code not in plain and not any(re.fullmatch(one, code) for one in patterns)
    ]
    assert left == []
