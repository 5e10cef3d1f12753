"""Checks a request of Tencent Cloud API v3 against the fields that its action takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Shape = Mapping[str, "Field"]


class Wrong(Exception):
    """An error answer: `code` as the vendor words it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Field:
    """`kind` is str, int, list, or the Shape of a nested object."""

    kind: Any
    needed: bool = False


def must(kind: Any) -> Field:
    return Field(kind, needed=True)


def may(kind: Any) -> Field:
    return Field(kind)


@dataclass(frozen=True)
class Action:
    shape: Shape
    work: Callable[[dict[str, Any]], dict[str, Any]]


def check(given: Mapping[str, Any], shape: Shape, path: str = "") -> None:
    for name in given:
        if name not in shape:
            raise Wrong("UnknownParameter", f"The parameter `{path}{name}` is not recognized.")
    for name, field in shape.items():
        if name not in given:
            if field.needed:
                raise Wrong("MissingParameter", f"The request is missing `{path}{name}`.")
            continue
        _check_one(given[name], field.kind, path + name)


def _check_one(value: Any, kind: Any, path: str) -> None:
    right = dict if isinstance(kind, Mapping) else kind
    if not isinstance(value, right) or (right is int and isinstance(value, bool)):
        raise Wrong("InvalidParameter", f"The type of `{path}` should be {right.__name__}.")
    if isinstance(kind, Mapping):
        check(value, kind, f"{path}.")
