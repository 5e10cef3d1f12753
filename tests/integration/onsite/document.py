"""The integration document's marked blocks, in order: a comment says what to do with the fenced block or table after it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[3] / "docs" / "zh" / "对接说明-统一核验.md"
MARKED = re.compile(
    r"<!-- (?P<mark>[^>]+?) -->\s*(?:```(?P<kind>\w+)\n(?P<text>.*?)\n```|(?P<table>\|.*?\n)\n)?",
    re.DOTALL,
)
# What differs from run to run; the rest of an answer must be as the document has it.
VARIES = {
    "id",
    "delivery_id",
    "request_id",
    "version",
    "next",
    "changed_at",
    "starts_at",
    "ends_at",
}


@dataclass(frozen=True)
class Block:
    mark: str
    text: str


def blocks() -> list[Block]:
    return [
        Block(found["mark"], found["text"] or found["table"] or "")
        for found in MARKED.finditer(FILE.read_text())
    ]


def same(shown: Any, real: Any, *, shape: bool = False) -> bool:
    """Equal, keys and all; with `shape`, what varies needs only the kind, and a list may hold more."""
    if isinstance(shown, dict):
        return (
            isinstance(real, dict)
            and shown.keys() == real.keys()
            and all(
                type(shown[key]) is type(real[key])
                if key in VARIES and (shape or key == "request_id")
                else same(shown[key], real[key], shape=shape)
                for key in shown
            )
        )
    if isinstance(shown, list) and shape:
        return isinstance(real, list) and all(
            any(same(one, other, shape=True) for other in real) for one in shown
        )
    return bool(shown == real)
