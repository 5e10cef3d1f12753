"""A Cloud served on loopback for tests, someone to take its callbacks, and signatures of our own making."""

import base64
import hashlib
import hmac
import json
import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local.cloud import Cloud
from local.cloud.cos import Quiet
from shared import clock
from shared.settings import Settings

SETTINGS = Settings()


class Receiver:
    """Takes TRTC callbacks and keeps them; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.server.port}/callbacks"
        self.thread = serve(self.server)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.got.append((dict(request.headers), request.get_data()))
        return Response('{"code":0}', status=self.status)(environ, start_response)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    def types(self) -> list[int]:
        return [event["EventType"] for event in self.events]

    def close(self) -> None:
        close(self.server, self.thread)


class Served:
    """A started Cloud with its web address."""

    def __init__(self, state: Path, callback_url: str, **options: Any) -> None:
        self.created: list[dict[str, Any]] = []
        options.setdefault("on_object_created", self.created.append)
        self.cloud = Cloud(state, settings=SETTINGS, callback_url=callback_url, **options)
        self.server = make_server(
            "127.0.0.1", 0, self.cloud.app, threaded=True, request_handler=Quiet
        )
        self.host = f"127.0.0.1:{self.server.port}"
        self.url = f"http://{self.host}"
        self.thread = serve(self.server)
        self.cloud.start()

    def get(self, path: str, **query: Any) -> Any:
        return requests.get(self.url + path, params=query, timeout=10).json()

    def post(self, path: str, body: Any, **query: Any) -> Any:
        return requests.post(self.url + path, json=body, params=query, timeout=10).json()

    def created_keys(self) -> list[str]:
        return [event["Records"][0]["cos"]["cosObject"]["key"] for event in self.created]

    def close(self) -> None:
        self.cloud.faults.stopping.set()
        close(self.server, self.thread)
        self.cloud.stop()


def serve(server: Any) -> threading.Thread:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.daemon = True
    thread.start()
    return thread


def close(server: Any, thread: threading.Thread) -> None:
    server.shutdown()
    thread.join()
    server.server_close()


def until(condition: Callable[[], Any], seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def user_sig(user: str, *, expire: int = 3600, secret: str = "", userbuf: bytes = b"") -> str:
    """A UserSig by the format of cloud-facts 1.6, or a PrivateMapKey with a `userbuf`."""
    now, app = int(clock.now().timestamp()), SETTINGS.trtc_sdk_app_id
    fields: dict[str, Any] = {"identifier": user, "sdkappid": app, "time": now, "expire": expire}
    if userbuf:
        fields["userbuf"] = base64.b64encode(userbuf).decode()
    content = "".join(f"TLS.{name}:{value}\n" for name, value in fields.items())
    key = (secret or SETTINGS.trtc_secret_key).encode()
    signature = base64.b64encode(hmac.digest(key, content.encode(), hashlib.sha256)).decode()
    ticket = {f"TLS.{name}": value for name, value in fields.items()}
    ticket |= {"TLS.ver": "2.0", "TLS.sig": signature}
    packed = base64.b64encode(zlib.compress(json.dumps(ticket).encode())).decode()
    return packed.replace("+", "*").replace("/", "-").replace("=", "_")


def map_key(user: str, room: str, *, privileges: int = 255, expire: int = 3600) -> str:
    app, end = SETTINGS.trtc_sdk_app_id, int(clock.now().timestamp()) + expire
    name, place = user.encode(), room.encode()
    userbuf = struct.pack(">BH", 1, len(name)) + name
    userbuf += struct.pack(">IIIIIH", app, 0, end, privileges, 0, len(place)) + place
    return user_sig(user, userbuf=userbuf)


def ticket(user: str, room: str) -> dict[str, str]:
    return {"user_id": user, "user_sig": user_sig(user), "private_map_key": map_key(user, room)}
