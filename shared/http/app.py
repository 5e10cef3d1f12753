"""What all six Flask apps have in common."""

import logging
import time

from flask import Flask, Response, g, request

from shared import logs, trace
from shared.clock import now
from shared.http import access, counts, problems

MAX_BODY_BYTES = 1_000_000  # media goes straight to COS; SCF itself allows 6 MB

# An answer that a browser opens as a page runs nothing, stands in no frame, and tells no other site where it was.
UNLESS_SAID = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}

log = logging.getLogger("visits.http")


def make_app(name: str) -> Flask:
    """An app that refuses undeclared routes, answers problem JSON, and logs one line a request."""
    logs.install()
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    problems.install(app)
    app.before_request(_begin)
    app.before_request(access.guard)
    app.after_request(_finish)
    app.teardown_request(_end)
    return app


def _begin() -> None:
    g.traced = trace.begin()
    g.began = time.monotonic()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = trace.current() or ""
    response.headers["Cache-Control"] = "no-store"
    # A PC's clock may be wrong: pages count the minutes left by ours.
    response.headers["X-Now"] = now().isoformat()
    response.headers["X-Content-Type-Options"] = "nosniff"
    for name, value in UNLESS_SAID.items():  # a page says more about itself than an answer does
        response.headers.setdefault(name, value)
    _note(response.status_code)
    return response


def _note(status: int) -> None:
    # The rule, not the path: an address may carry what a person typed.
    route = request.url_rule.rule if request.url_rule else None
    ms = round((time.monotonic() - g.began) * 1000, 1)
    log.info(
        "request", extra={"method": request.method, "route": route, "status": status, "ms": ms}
    )
    # Anybody may make up a method; a route has only its own.
    counts.count(route or "", request.method if route else "", status, ms)


def _end(error: BaseException | None) -> None:
    trace.end(g.traced)
