"""A group of routes. What a view names `path`, `query`, `header` or `body` is read and validated by that model."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import flask
from flask import request
from pydantic import BaseModel, ValidationError

from shared.errors import BadInput
from shared.http.problems import field_reason

View = TypeVar("View", bound=Callable[..., Any])
PARTS: dict[str, Callable[[], Any]] = {
    "path": lambda: request.view_args,
    "query": lambda: request.args.to_dict(),
    "header": lambda: dict(request.headers),
    "body": lambda: _json(),
}


@dataclass(frozen=True)
class Operation:
    """What the specification is written from (tools/spec/written.py)."""

    rule: str
    method: str
    view: Callable[..., Any]
    responses: Mapping[int, type[BaseModel] | None]


class Blueprint(flask.Blueprint):
    """`documented`: whether the specification names its routes."""

    def __init__(
        self, name: str, import_name: str, *, url_prefix: str, documented: bool = True
    ) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.documented = documented
        self.operations: list[Operation] = []

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        responses = options.pop("responses", {})

        def add(view: View) -> View:
            for method in options["methods"]:
                self.operations.append(Operation(rule, method, view, responses))
            self.add_url_rule(rule, view.__name__, _validated(view), **options)
            return view

        return add


def _validated(view: Callable[..., Any]) -> Callable[..., Any]:
    models = {name: one for name, one in inspect.get_annotations(view).items() if name in PARTS}

    @wraps(view)
    def answer(**_: object) -> Any:
        return view(**_read(models))

    return answer


def _read(models: Mapping[str, type[BaseModel]]) -> dict[str, BaseModel]:
    """Raises BadInput with every wrong field of every part."""
    read, wrong = {}, []
    for part, model in models.items():
        try:
            read[part] = model.model_validate(PARTS[part]())
        except ValidationError as error:
            wrong += [field_reason(item) for item in error.errors(include_url=False)]
    if wrong:
        raise BadInput(wrong)
    return read


def _json() -> Any:
    found = request.get_json(silent=True)
    if found is None and request.content_length:
        raise BadInput.of("body_unreadable")
    return found
