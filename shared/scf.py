"""SCF's trigger events in, answers out.

One function has one entry point, `main(event, context)`, which tells the triggers apart by shape
(cloud-facts 7.3): `Type == "Timer"`, `Records`, `httpMethod`.
"""

import gc
import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import serverless_wsgi

from shared import logs, trace

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# What a start loads stays: looking for garbage in it, again and again as it grows, takes a tenth of the start. A handler
# imports this module first and ends with `by_shape`, which sets all of it aside and lets the collector work again.
gc.disable()

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]

log = logging.getLogger("visits.scf")

# serverless-wsgi sends every type it does not list as base64, which a function URL may not decode.
PROBLEM_JSON = "application/problem+json"
if PROBLEM_JSON not in serverless_wsgi.TEXT_MIME_TYPES:
    serverless_wsgi.TEXT_MIME_TYPES.append(PROBLEM_JSON)


def http(app: "WSGIApplication") -> Handler:
    """A function-URL event through WSGI and back."""

    def handle(event: Event, context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = serverless_wsgi.handle_request(app, _for_wsgi(event), context)
        # serverless-wsgi leaves the body out of a 204; SCF documents a string (cloud-facts 8).
        return {"body": "", "isBase64Encoded": False, **answer}

    return handle


def _for_wsgi(event: Event) -> Event:
    headers = event.get("headers") or {}
    client = headers.get("x-scf-remote-addr", "")
    return {
        **event,
        "headers": headers,
        "body": event.get("body") or "",
        "queryStringParameters": event.get("queryString") or {},
        "requestContext": {"identity": {"sourceIp": client}},
        "isBase64Encoded": event.get("isBase64Encoded", False),
    }


def timer(jobs: Mapping[str, str]) -> Handler:
    """Timers' jobs by name, each as `module:function`, loaded when it is due.

    A trigger is named after its job, or names several in its message: SCF gives a function ten timers. One that fails
    stops no other. A failure, as a name that nobody knows, is an error in the end: SCF shows it and tries again.
    """
    logs.install()

    def handle(event: Event, context: Any) -> str:
        failed: Exception | None = None
        for name in (event.get("Message") or event["TriggerName"]).split():
            try:
                with trace.under(None):
                    _run(name, load(jobs[name]))
            except Exception as error:  # noqa: BLE001 - raised when the others have had their turn
                failed = failed or error
        if failed is not None:
            raise failed
        return "ok"

    return handle


def _run(name: str, job: Callable[..., object]) -> None:
    from shared import heartbeats

    count: object = 0
    with heartbeats.watched(name):
        count = job()
    if count:
        log.info("job", extra={"job": name, "count": count})


def load(name: str) -> Callable[..., object]:
    module, _, function = name.partition(":")
    found: Callable[..., object] = getattr(import_module(module), function)
    return found


def cos(created: str) -> Handler:
    """Object-created events: `created`, as `module:function`, with the key of each, with the vendor's `/<appid>/<bucket>/` cut off."""

    def handle(event: Event, context: Any) -> str:
        for record in event["Records"]:
            if record["event"]["eventName"].startswith("cos:ObjectCreated:"):
                with trace.under(None):
                    load(created)(_object_key(record["cos"]))
        return "ok"

    return handle


def object_created(bucket: str, key: str) -> Event:
    """As COS would tell it, for stores that tell it otherwise. `key` is quoted, as COS sends it."""
    return {
        "Records": [
            {
                "cos": {
                    "cosObject": {"key": f"/0/{bucket}/{key}"},
                    "cosBucket": {"appid": "0", "name": bucket},
                },
                "event": {"eventName": "cos:ObjectCreated:Put"},
            }
        ]
    }


def _object_key(cos_part: Mapping[str, Any]) -> str:
    bucket = cos_part["cosBucket"]
    prefix = f"/{bucket['appid']}/{bucket['name']}/"
    return unquote(cos_part["cosObject"]["key"]).removeprefix(prefix)


def by_shape(*, http: Handler, timer: Handler | None = None, cos: Handler | None = None) -> Handler:
    gc.freeze()
    gc.enable()

    def main(event: Event, context: Any) -> Any:
        if event.get("Type") == "Timer" and timer:
            return timer(event, context)
        if "Records" in event and cos:
            return cos(event, context)
        return http(event, context)

    return main
