"""The emulated cloud put together: its state, its two lines of delivery, its COS and its WSGI application."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from shared.settings import Settings

from . import calls, control, im, outgoing, sent_page, tencent, wechat, wecom, wecom_authorize
from .callbacks import Callbacks
from .cos import Cos
from .faceid import FaceId
from .faults import FaultLine, Faults
from .queue import Line
from .rooms import Rooms
from .sms import Sms
from .store import Store
from .tasks import Tasks
from .trtc import Trtc

COS_EVENT_SECONDS = 60.0
OnObjectCreated = Callable[[dict[str, Any]], None] | str | None


class Cloud:
    """See the package's docstring for what the arguments mean."""

    def __init__(
        self,
        state_dir: Path,
        *,
        settings: Settings,
        callback_url: str,
        on_object_created: OnObjectCreated = None,
        people: Iterable[Mapping[str, str]] = (),
        wecom_users: Iterable[str] | None = None,
        wechat_templates: Iterable[str] | None = None,
        risky_words: Iterable[str] = ("特务",),
        newest_token_only: bool = True,
        robots_need_map_key: bool = True,
        callback_retry_seconds: float = 10.0,
        cos_retry_seconds: float = 1.0,
    ) -> None:
        self.settings = settings
        self.store = Store(Path(state_dir) / "cloud.db")
        self.newest_token_only = newest_token_only
        self.robots_need_map_key = robots_need_map_key
        self.risky_words = tuple(risky_words)
        self.wechat_templates = set(wechat_templates or _templates(settings))
        self.key_pairs = {
            (settings.tencent_secret_id, settings.tencent_secret_key),
            (settings.trtc_cos_secret_id, settings.trtc_cos_secret_key),
        }
        self.faults = Faults(self.store)
        self.callbacks = Callbacks(
            self.store, url=callback_url, key=settings.trtc_callback_key,
            sdk_app_id=settings.trtc_sdk_app_id, retry_seconds=callback_retry_seconds,
        )  # fmt: skip
        self._on_object_created = on_object_created
        # As an asynchronous trigger of SCF: after a failure two more attempts.
        self.cos_line = Line("cos", self.store, self._tell, [cos_retry_seconds] * 2)
        self.cos = self._made_cos(Path(state_dir) / "cos")
        self.tasks, self.rooms = Tasks(self), Rooms(self)
        self.wechat, self.wecom = wechat.WeChat(self), wecom.WeCom(self)
        self.faceid, self.trtc, self.sms = FaceId(self), Trtc(self), Sms(self)
        for person in people:
            self.faceid.add_person(person["name"], person["id_number"], person["phone"])
        if wecom_users is not None:
            self.wecom.set_users(list(wecom_users))
        self.app = make_app(self)

    @property
    def cos_endpoint(self) -> str:
        """Known and listening from construction on; answered from `start` on."""
        return self.cos.endpoint

    def start(self) -> None:
        """Serve COS and deliver what is queued. Call it once the receivers listen."""
        self.cos.start()
        self.callbacks.line.start()
        self.cos_line.start()

    def stop(self) -> None:
        self.faults.stopping.set()
        self.callbacks.line.stop()
        self.cos_line.stop()
        self.cos.stop()
        self.store.close()

    def _made_cos(self, folder: Path) -> Cos:
        before = self.store.get("cos", "port") or {"port": 0}
        cos = Cos(
            folder, bucket=self.settings.cos_bucket, region=self.settings.tencent_region,
            secrets=dict(self.key_pairs), faults=self.faults,
            created=self._queue_created, port=before["port"],
        )  # fmt: skip
        self.store.put("cos", "port", {"port": cos.port})
        return cos

    def _queue_created(self, event: dict[str, Any]) -> None:
        if self._on_object_created is not None:
            label = event["Records"][0]["cos"]["cosObject"]["key"]
            body = json.dumps(event, ensure_ascii=False).encode()
            self.cos_line.add(label, {"Content-Type": "application/json"}, body)

    def _tell(self, headers: dict[str, str], body: bytes) -> None:
        if callable(self._on_object_created):
            self._on_object_created(json.loads(body))
        elif self._on_object_created:
            answer = outgoing.post(
                self._on_object_created, body, headers, timeout=COS_EVENT_SECONDS
            )
            answer.raise_for_status()


def make_app(cloud: Cloud) -> Flask:
    app = Flask("local.cloud")
    products = {
        "faceid": cloud.faceid.actions, "trtc": cloud.trtc.actions, "sms": cloud.sms.actions
    }  # fmt: skip
    secrets = {cloud.settings.tencent_secret_id: cloud.settings.tencent_secret_key}
    app.register_blueprint(wechat.blueprint(cloud.wechat))
    app.register_blueprint(wecom.blueprint(cloud.wecom))
    app.register_blueprint(wecom_authorize.blueprint(cloud))
    app.register_blueprint(tencent.blueprint(products, secrets))
    app.register_blueprint(im.blueprint(cloud))
    app.register_blueprint(control.blueprint(cloud))
    app.register_blueprint(sent_page.blueprint(cloud.store))
    app.wsgi_app = FaultLine(  # type: ignore[method-assign]
        app.wsgi_app, cloud.faults, calls.name, calls.refusal
    )
    return app


def _templates(settings: Settings) -> set[str]:
    names = [name for name in type(settings).model_fields if name.startswith("wechat_template")]
    return {str(getattr(settings, name)) for name in names}
