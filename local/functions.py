"""The six real handlers, called with real SCF events."""

from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from server import triggers
from shared.clock import now
from shared.ids import new_id

Handler = Callable[[dict[str, Any], dict[str, Any]], Any]


def handler(function: str) -> Handler:
    found: Handler = import_module(f"functions.{function}.handler").main
    return found


def call_over_http(function: str, request: Request) -> Response:
    """A function-URL event, exactly the documented shape (cloud-facts 7.2), and its answer."""
    answer = handler(function)(http_event(request), context(function))
    return Response(answer["body"], answer["statusCode"], answer["headers"])


def http_event(request: Request) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {
        "body": request.get_data(as_text=True),
        "headers": {**headers, "x-scf-remote-addr": request.remote_addr or ""},
        "httpMethod": request.method,
        "path": request.path,
        "queryString": request.args.to_dict(),
    }


def call_by_timer(function: str, name: str) -> None:
    time = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"Type": "Timer", "TriggerName": name, "Time": time, "Message": ""}
    handler(function)(event, context(function))


def call_by_cos(event: dict[str, Any]) -> None:
    """For every function whose trigger filter matches; raises what the handler raises, so that COS retries."""
    cos = event["Records"][0]["cos"]
    prefix = f"/{cos['cosBucket']['appid']}/{cos['cosBucket']['name']}/"
    for function in triggers.watches(unquote(cos["cosObject"]["key"]).removeprefix(prefix)):
        handler(function)(event, context(function))


def context(function: str) -> dict[str, Any]:
    return {
        "request_id": new_id(),
        "function_name": f"visits-{function}",
        "function_version": "$LATEST",
        "namespace": "default",
        "memory_limit_in_mb": 1024,
        "time_limit_in_ms": 60_000,
    }
