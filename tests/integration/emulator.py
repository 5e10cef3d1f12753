"""The emulated cloud for integration tests: served on loopback, but nothing leaves it by itself.

Callbacks and COS events wait in its queues until a test hands them over, in whatever order and number it likes.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from local.cloud import Cloud
from local.cloud.cos import Quiet
from local.sample_people import GUO, LIN, OFFICERS
from shared.settings import settings


@dataclass(frozen=True)
class Delivery:
    """As it would go over the wire: for TRTC a signed body, for COS an event."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded


class Emulator:
    def __init__(self, folder: Path) -> None:
        self.cloud = Cloud(
            folder,
            settings=settings(),
            callback_url="http://127.0.0.1:9/never-called",
            on_object_created=lambda _event: None,
            people=[
                {"name": one.name, "id_number": one.id_number, "phone": one.phone}
                for one in (LIN, GUO)
            ],
            wecom_users=[one.wecom_user_id for one in OFFICERS],
        )
        self._server = make_server(
            "127.0.0.1", 0, self.cloud.app, threaded=True, request_handler=Quiet
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        self.cloud.cos.start()  # and not cloud.start(): that would deliver what tests want to hold
        self._web = self.cloud.app.test_client()
        for one in (LIN, GUO):  # WeChat knows them, so that messages reach them
            self.cloud.wechat.issue_code(one.openid)
        self._first = self.cloud.store.rows("SELECT * FROM doc")

    @property
    def environment(self) -> dict[str, str]:
        host = f"127.0.0.1:{self._server.port}"
        return {
            "WECHAT_BASE_URL": f"http://{host}",
            "WECOM_BASE_URL": f"http://{host}/wecom/cgi-bin",
            "WECOM_AUTHORIZE_URL": f"http://{host}/wecom/connect/oauth2/authorize",
            "TENCENT_ENDPOINT": host,
            "IM_BASE_URL": f"http://{host}",
            "TENCENT_PROTOCOL": "http",
            "COS_ENDPOINT": self.cloud.cos_endpoint,
            "COS_ADDRESSING": "path",
        }

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """A control endpoint: POST with a body, GET without."""
        answer = self._web.get(path) if body is None else self._web.post(path, json=body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.get_json()

    def fail(self, match: str, kind: str = "http500", **more: Any) -> None:
        """The next call of that name fails (faults.py names calls and kinds)."""
        self.ask("/local/faults", {"match": match, "kind": kind, **more})

    def sent(self, channel: str = "", to: str = "") -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.ask(f"/local/sent?channel={channel}&to={to}")["sent"]
        return listed

    def take(self, line: str) -> list[Delivery]:
        """What `trtc` or `cos` would deliver now, oldest first; it is ours then."""
        with self.cloud.store.transaction() as db:
            rows = db.execute(
                "SELECT headers, body FROM delivery WHERE line = ? ORDER BY id", (line,)
            ).fetchall()
            db.execute("DELETE FROM delivery WHERE line = ?", (line,))
        return [Delivery(json.loads(row["headers"]), row["body"]) for row in rows]

    def forget(self) -> None:
        """Everything but its objects, whose keys no two tests share."""
        with self.cloud.store.transaction() as db:
            for table in ("sent", "delivery", "fault", "doc"):
                db.execute(f"DELETE FROM {table}")
            db.executemany("INSERT INTO doc VALUES (?, ?, ?)", [tuple(row) for row in self._first])

    def close(self) -> None:
        self.cloud.faults.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.cloud.stop()
