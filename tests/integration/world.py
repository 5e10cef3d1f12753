"""What an integration test may do: call the real handlers with real SCF events, move the clock, look at what came of it."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from local import functions
from server.functions import function_of
from shared.clock import SHANGHAI
from shared.database import engine
from shared.http.sessions import make_token
from shared.models.every import Base
from shared.models.officers import Officer
from shared.models.people import Relative
from shared.sealing import blind_index
from shared.settings import settings
from tests.integration.emulator import Delivery, Emulator

Row = TypeVar("Row", bound=Base)

# A Tuesday morning, far from every midnight, month's end and week's end.
START = datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI)


class TestClock:
    """Runs like any other, from START on; a test can put it forward."""

    __test__ = False

    def __init__(self) -> None:
        self._ahead = timedelta(0)
        self._began = time.monotonic()

    def now(self) -> datetime:
        passed = timedelta(seconds=time.monotonic() - self._began)
        return START.astimezone(timezone.utc) + passed + self._ahead

    def forward(self, **span: float) -> None:
        self._ahead += timedelta(**span)

    def move_to(self, moment: datetime) -> None:
        assert moment >= self.now(), "the clock only moves forward"
        self._ahead += moment - self.now()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def codes(self) -> list[str]:
        """The reason codes of a problem answer, in order."""
        return [one["code"] for one in self.json["errors"]]


class World:
    def __init__(self, emulator: Emulator, clock: TestClock) -> None:
        self.emulator, self.clock = emulator, clock
        self.delivered: list[Delivery] = []

    # What people and machines do

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        raw: str | bytes | None = None,
    ) -> Answer:
        """`body` as JSON, or `raw` as it stands; `path` may hold a query."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        data = raw if raw is not None else (None if body is None else json.dumps(body))
        kind = "application/json" if data is not None else None
        builder = EnvironBuilder(path, method=method, data=data, headers=sent, content_type=kind)
        request = Request(builder.get_environ())
        function = function_of(request.path)
        assert function is not None, path
        event = functions.http_event(request)
        answer = functions.handler(function)(event, functions.context(function))
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", path, {} if body is None else body, **more)

    def timer(self, function: str, name: str) -> None:
        functions.call_by_timer(function, name)

    def deliver_messages(self) -> None:
        self.timer("ops_ticket", "deliver-outbox")

    def carry_out(self) -> None:
        """What the visits asked of TRTC and COS."""
        for name in ("carry-out-commands", "verify-recordings"):
            self.timer("monitor_hook", name)

    def upload(self, place: dict[str, Any], data: bytes) -> None:
        kind = {"Content-Type": place["content_type"]}
        assert requests.put(place["url"], data=data, headers=kind, timeout=30).ok

    # What TRTC and COS send

    def send_callback(self, raw: bytes, **changed: str) -> Answer:
        """Signed as TRTC signs; `Sign` and `SdkAppId` can be given otherwise. What was stored is worked through."""
        answer = self.call("POST", "/monitor/v1/trtc", raw=raw, headers={**signed(raw), **changed})
        self.timer("monitor_hook", "work-events")
        return answer

    def event(self, group: int, kind: int, room_id: object, **info: Any) -> bytes:
        now_ms = int(self.clock.now().timestamp() * 1000)
        said = {"RoomId": room_id, "EventTs": now_ms // 1000, "EventMsTs": now_ms, **info}
        body = {"EventGroupId": group, "EventType": kind, "CallbackTs": now_ms, "EventInfo": said}
        return json.dumps(body, indent="\t").encode()

    def deliver_callbacks(self) -> list[int]:
        """Those the emulated TRTC has ready; their event types."""
        kinds = []
        for one in self.emulator.take("trtc"):
            answer = self.call("POST", "/monitor/v1/trtc", raw=one.body, headers=one.headers)
            assert answer.status == 200, answer.text
            self.delivered.append(one)
            kinds.append(one.json["EventType"])
        self.timer("monitor_hook", "work-events")
        return kinds

    def deliver_cos_events(self) -> int:
        events = self.emulator.take("cos")
        for one in events:
            functions.call_by_cos(one.json)
        return len(events)

    # Who is signed in

    def officer(self, username: str) -> str:
        """A token, without WeCom."""
        officer = self.one(Officer, username=username)
        return make_token("officer", officer.id, officer.session_generation)

    def relative(self, openid: str) -> str:
        """A token of somebody who has signed in before."""
        index = blind_index(openid, context="openid")
        relative = self.one(Relative, openid_index=index)
        return make_token("relative", relative.id, relative.session_generation)

    def sign_in(self, openid: str) -> str:
        """Through WeChat; the first time makes the relative."""
        code = self.emulator.ask("/local/wechat/codes", {"openid": openid})["code"]
        answer = self.post("/booking/v1/session", {"code": code})
        assert answer.status == 200, answer.text
        return str(answer.json["token"])

    # What stands in the database

    def rows(self, table: type[Row], **where: Any) -> list[Row]:
        with Session(engine(), expire_on_commit=False) as session, session.begin():
            return list(session.scalars(select(table).filter_by(**where)))

    def one(self, table: type[Row], **where: Any) -> Row:
        found = self.rows(table, **where)
        assert len(found) == 1, f"{len(found)} rows of {table.__name__}"
        return found[0]

    def add(self, *rows: Base) -> None:
        with Session(engine(), expire_on_commit=False) as session, session.begin():
            for row in rows:
                session.add(row)
                session.flush()


def signed(raw: bytes) -> dict[str, str]:
    key = settings().trtc_callback_key.encode()
    sign = base64.b64encode(hmac.new(key, raw, hashlib.sha256).digest()).decode()
    return {"Sign": sign, "SdkAppId": str(settings().trtc_sdk_app_id)}
