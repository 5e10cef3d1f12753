"""A provider on loopback that answers to order, and a real SQLite file of this test's own."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.clients import limits, storage
from shared.database import engine
from shared.models.plumbing import AccessToken
from shared.settings import settings

SECRETS = ("hush-wechat", "hush-wecom", "hush-tencent", "hush-token")


@dataclass
class Answer:
    """`drip_s`: the pause before each byte of the body."""

    body: Any = field(default_factory=dict)
    status: int = 200
    delay_s: float = 0
    drip_s: float = 0
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def action(self) -> str | None:
        return self.headers.get("X-TC-Action")


class Provider:
    """Answers by path, or by API v3 action; the last answer of a list stays."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.seen: list[Seen] = []
        self.port = 0
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, name: str, *answers: Any) -> None:
        self.answers[name] = [one if isinstance(one, Answer) else Answer(one) for one in answers]

    def on_action(self, action: str, **response: Any) -> None:
        self.on(action, {"Response": {"RequestId": "req-1", **response}})

    def refuse(self, action: str, code: str, **answer: Any) -> None:
        error = {"Code": code, "Message": "hush-tencent 13800000000"}
        body = {"Response": {"Error": error, "RequestId": "req-1"}}
        self.on(action, Answer(body, **answer))

    def calls(self, name: str) -> list[Seen]:
        return [one for one in self.seen if name in (one.path, one.action)]

    def answer(self, seen: Seen) -> Answer:
        self.seen.append(seen)
        line = self.answers.get(seen.action or seen.path, [Answer(status=404)])
        return line.pop(0) if len(line) > 1 else line[0]


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            query, body = dict(parse_qsl(parts.query)), self.rfile.read(length)
            seen = Seen(self.command, parts.path, query, dict(self.headers.items()), body)
            _reply(self, made.answer(seen), made.closing.wait)

        do_POST = do_PUT = do_HEAD = do_DELETE = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _reply(
    handler: BaseHTTPRequestHandler, answer: Answer, pause: Callable[[float], object]
) -> None:
    pause(answer.delay_s)
    raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    try:
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.content_type)
        for name, value in {"Content-Length": str(len(raw)), **answer.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        for at in range(len(raw)) if answer.drip_s else ():
            pause(answer.drip_s)
            handler.wfile.write(raw[at : at + 1])
        if not answer.drip_s and handler.command != "HEAD":
            handler.wfile.write(raw)
    except OSError:  # the client gave up, as it should
        pass


Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), str(value))
        settings.cache_clear()

    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield change
    monkeypatch.undo()
    settings.cache_clear()
    storage._made.cache_clear()


@pytest.fixture
def database(configure: Configure, tmp_path: Path) -> Iterator[None]:
    configure(database_url=f"sqlite:///{tmp_path}/visits.db")
    engine.cache_clear()
    AccessToken.metadata.create_all(engine(), tables=[AccessToken.__table__])  # type: ignore[list-item]
    yield
    engine().dispose()
    engine.cache_clear()


@pytest.fixture
def wired(provider: Provider, configure: Configure, database: None) -> Provider:
    """The provider stands for WeChat, WeCom and Tencent Cloud, and gives out tokens."""
    configure(
        wechat_base_url=provider.url,
        wechat_secret="hush-wechat",
        wecom_base_url=f"{provider.url}/cgi-bin",
        wecom_secret="hush-wecom",
        tencent_endpoint=f"127.0.0.1:{provider.port}",
        tencent_protocol="http",
        tencent_secret_key="hush-tencent",
        trtc_cos_secret_key="hush-tencent",
    )
    for path in ("/cgi-bin/token", "/cgi-bin/gettoken"):
        provider.on(path, {"errcode": 0, "access_token": "hush-token", "expires_in": 7200})
    return provider


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECT_S", 0.2)
    monkeypatch.setattr(limits, "TOTAL_S", 0.5)
    storage._made.cache_clear()
