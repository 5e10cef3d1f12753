"""All functions behind one address: `gunicorn server.web:app`.

MinIO tells of new objects by a webhook, which stands in for SCF's COS trigger.
"""

import hmac
import json
import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from werkzeug.exceptions import NotFound, Unauthorized
from werkzeug.wrappers import Request, Response

from server import triggers
from server.functions import function_of
from shared import scf

OBJECTS = "/objects"


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ.get("PATH_INFO", "")
    function = function_of(path)
    if function is not None:
        routes = import_module(f"functions.{function}.handler").routes
        found: Iterable[bytes] = routes(environ, start_response)
        return found
    return _other(environ, start_response)


@Request.application
def _other(request: Request) -> Response:
    if request.path != OBJECTS:
        raise NotFound
    return _take_objects(request)


def _take_objects(request: Request) -> Response:
    """MinIO's event `s3:ObjectCreated:…`, with the token that its configuration sends."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted = os.environ.get("OBJECTS_TOKEN", "")
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Unauthorized
    told = json.loads(request.get_data() or b"{}")
    for record in told.get("Records", []):
        if record.get("eventName", "").startswith("s3:ObjectCreated:"):
            _created(record["s3"]["bucket"]["name"], record["s3"]["object"]["key"])
    return Response(status=204)


def _created(bucket: str, key: str) -> None:
    """`key` as MinIO sends it: quoted, which the handler undoes as it does COS's."""
    for function in triggers.watches(unquote(key)):
        handler = import_module(f"functions.{function}.handler").main
        handler(scf.object_created(bucket, key), None)
