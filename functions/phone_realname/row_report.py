"""What became of the rows of a delivery: how many of each kind, and each bad one with all its reasons."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from shared.errors import BadInput, Reason

NAME_LENGTH = 64


class Report:
    """`named`: the field by which a row is called; `outcomes`: what may become of a good one."""

    def __init__(self, named: str, outcomes: Sequence[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._named, self._outcomes = named, outcomes
        self._problems: list[dict[str, Any]] = []

    def refuse(self, line: int, name: object, reasons: Sequence[Reason]) -> None:
        texts = [{"code": one.code, "text": one.text, "field": one.field} for one in reasons]
        called = "" if name is None else str(name)[:NAME_LENGTH]
        self._problems.append({"line": line, self._named: called, "reasons": texts})

    def shown(self) -> dict[str, Any]:
        problems = sorted(self._problems, key=lambda one: int(one["line"]))
        return {**{one: self.counts[one] for one in self._outcomes}, "problems": problems}


def require_whole(count: int, rows: Sequence[object]) -> None:
    """Raises BadInput when fewer or more rows came than were announced."""
    if count != len(rows):
        raise BadInput.of("delivery_incomplete", count=count, received=len(rows))
