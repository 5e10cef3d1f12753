"""The centre's phone system in tests: signs what it sends, checks what it is sent."""

import json
import threading
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local.cloud.cos import Quiet
from shared.clients import deliveries
from shared.models.places import Site
from shared.models.systems import ConnectedSystem, SystemKind
from shared.rules import signatures
from tests.integration.world import Answer, World

KEY = "made-up-key-of-the-phone-system"


class PhoneSystem:
    """`status`: what it answers to pushes. `allowed`: what it would connect, by phone id, newest version only."""

    def __init__(self, world: World) -> None:
        self.status, self.got = 200, 0
        self.versions: dict[str, dict[str, Any]] = {}
        self.bodies: list[dict[str, Any]] = []
        self._world = world
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        self.row = ConnectedSystem(
            site_id=world.one(Site).id,
            kind=SystemKind.PHONE,
            name="亲情电话",
            key=KEY,
            push_url=f"http://127.0.0.1:{self._server.port}/numbers",
            active=True,
        )
        world.add(self.row)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.got += 1
        if self.status == 200:
            self._take(request)
        return Response("{}", status=self.status)(environ, start_response)

    def _take(self, request: Request) -> None:
        data, given = request.get_data(), request.headers
        signed = signatures.sign(
            KEY,
            algorithm=given["X-Visits-Algorithm"],
            timestamp=int(given["X-Visits-Timestamp"]),
            nonce=given["X-Visits-Nonce"],
            method="POST",
            path="/numbers",
            body=data,
        )
        assert signatures.matches(signed, given["X-Visits-Signature"])
        body = json.loads(data)
        self.bodies.append(body)
        assert body["count"] == len(body["phones"])
        self.keep(body["phones"])

    def keep(self, phones: list[dict[str, Any]]) -> None:
        """As the integration document tells a receiver to: the highest version of a phone counts."""
        for one in phones:
            known = self.versions.get(one["phone_id"])
            if known is None or known["version"] < one["version"]:
                self.versions[one["phone_id"]] = one

    @property
    def allowed(self) -> set[str]:
        return {str(one["number"]) for one in self.versions.values() if one["allowed"]}

    def send(self, path: str, body: dict[str, Any], **forged: str) -> Answer:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = self._signed("POST", path, data)
        return self._world.post(path, raw=data, headers={**headers, **forged})

    def fetch(self, path: str, **query: str) -> Answer:
        target = signatures.target(path, query)
        return self._world.get(target, headers=self._signed("GET", target, b""))

    def _signed(self, method: str, target: str, data: bytes) -> dict[str, str]:
        return deliveries.signed_headers(
            method=method, target=target, body=data, system_id=self.row.id, key=KEY
        )

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def phone_system(world: World) -> Any:
    made = PhoneSystem(world)
    yield made
    made.close()
