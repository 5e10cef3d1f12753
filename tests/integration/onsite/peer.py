"""The ordinary visit system as a server on loopback: keeps what is pushed to it, answers pages to who signs."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local.cloud.cos import Quiet
from shared.rules import signatures
from tests.integration.onsite.system import KEY


class Peer:
    def __init__(self) -> None:
        self.pages: dict[str, dict[str, Any]] = {}
        self.got: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.status = 200
        self.url = ""
        self.key = KEY

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        body = request.get_data()
        if self.status != 200 or not self._signed(request, body):
            return Response("", self.status if self.status != 200 else 401)
        if request.method == "POST":
            self.got.append(json.loads(body))
            return Response("{}")
        after = request.args["after"]
        self.asked.append(after)
        empty = {"count": 0, "next": after, "more": False}
        return Response(json.dumps(self.pages.get(after, empty)))

    def _signed(self, request: Request, body: bytes) -> bool:
        headers = request.headers
        expected = signatures.sign(
            self.key,
            algorithm=headers["X-Visits-Algorithm"],
            timestamp=int(headers["X-Visits-Timestamp"]),
            nonce=headers["X-Visits-Nonce"],
            method=request.method,
            path=signatures.target(request.path, request.args.to_dict()),
            body=body,
        )
        return signatures.matches(expected, headers["X-Visits-Signature"])

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for delivery in self.got for item in delivery["items"]]


@contextmanager
def peer() -> Iterator[Peer]:
    made = Peer()
    server = make_server("127.0.0.1", 0, made, threaded=True, request_handler=Quiet)
    made.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
