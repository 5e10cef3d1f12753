"""The routes as flask-openapi3 writes them down. A running function does without it: it would cost each start 40 ms."""

from copy import deepcopy
from typing import Any

from flask import Flask
from flask_openapi3 import APIBlueprint, Info, OpenAPI

from shared.http.blueprint import Blueprint


def write_down(app: Flask) -> dict[str, Any]:
    document = OpenAPI(app.import_name, info=Info(title=app.import_name, version="1"), doc_ui=False)
    for api in app.blueprints.values():
        if isinstance(api, Blueprint) and api.documented:
            document.register_api(_told(api))
    return deepcopy(document.api_doc)


def _told(api: Blueprint) -> APIBlueprint:
    told = APIBlueprint(api.name, api.import_name, url_prefix=api.url_prefix)
    for one in api.operations:
        getattr(told, one.method.lower())(one.rule, responses=dict(one.responses))(one.view)
    return told
