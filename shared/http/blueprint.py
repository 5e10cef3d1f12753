"""A group of routes that writes its part of the specification only when asked: not at each start of a function."""

from collections.abc import Callable
from typing import Any

from flask_openapi3 import APIBlueprint, OpenAPI
from flask_openapi3.types import ParametersTuple
from flask_openapi3.utils import parse_parameters


class Blueprint(APIBlueprint):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._undocumented: list[Callable[[], object]] = []

    def _collect_openapi_info(
        self, rule: str, func: Callable[..., Any], **about: Any
    ) -> ParametersTuple:
        collect = super()._collect_openapi_info
        self._undocumented.append(lambda: collect(rule, func, **about))
        return parse_parameters(func, doc_ui=False)

    def document(self) -> None:
        while self._undocumented:
            self._undocumented.pop(0)()


def document(app: OpenAPI) -> dict[str, Any]:
    """The app's whole specification, as the framework writes it."""
    for api in app.blueprints.values():
        if isinstance(api, Blueprint):
            api.document()
            app.paths.update(api.paths)
            app.components_schemas.update(api.components_schemas)
    written: dict[str, Any] = app.api_doc
    return written
