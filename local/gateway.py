"""`python -m local.gateway`: all six functions and the emulated cloud on one machine.

Every request becomes a real SCF event for a real handler. What it acknowledges survives a SIGKILL: the database,
the emulated cloud's state and the clock all stand in the state folder.
"""

import argparse
import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from local import functions
from local.clock import MovableClock
from local.mariadb import free_port
from server.functions import function_of

LOOPBACK = "127.0.0.1"


class Gateway:
    """Construct it before anything reads the settings: it points every base URL at its own cloud."""

    def __init__(self, state: Path, *, port: int, database_url: str | None = None) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.ports = _ports(state / "ports.json", port)
        self.url = f"http://{LOOPBACK}:{self.ports['gateway']}"
        _set_environment(state, self.ports["cloud"], database_url)
        os.environ["OFFICER_PAGE_URL"] = f"{self.url}/approve/page/"
        self.clock = MovableClock(state / "clock.json")
        self._state = state

    def start(self, *, timers: bool = True) -> None:
        from local.scheduler import Scheduler

        self._prepare_cloud()
        # Listening from here on, answering once the data stand: whoever calls meanwhile waits, unharmed.
        mine = _listen(self.ports["gateway"], self._answer)
        _serve(_listen(self.ports["cloud"], self.cloud.app))
        self.cloud.start()
        self._prepare_data()
        _serve(mine)
        self.scheduler = Scheduler(lambda: self.clock.moved)
        if timers:
            self.scheduler.start()

    def _prepare_cloud(self) -> None:
        from local.cloud import Cloud
        from local.sample_people import GUO, LIN, OFFICERS
        from shared import clock
        from shared.settings import settings

        clock.use(self.clock.now)
        self.cloud = Cloud(
            self._state / "cloud",
            settings=settings(),
            callback_url=f"{self.url}/monitor/v1/trtc",
            on_object_created=functions.call_by_cos,
            people=[
                {"name": one.name, "id_number": one.id_number, "phone": one.phone}
                for one in (LIN, GUO)
            ],
            wecom_users=[one.wecom_user_id for one in OFFICERS],
        )
        os.environ["COS_ENDPOINT"] = self.cloud.cos_endpoint
        settings.cache_clear()

    def _prepare_data(self) -> None:
        from local import migrate, sample_data

        migrate.to_newest()
        sample_data.prepare()

    def _answer(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        try:
            response = self._route(request)
        except HTTPException as error:
            response = Response(str(error.description), error.code)
        return response(environ, start_response)

    def _route(self, request: Request) -> Any:
        function = function_of(request.path)
        if function is not None:
            return functions.call_over_http(function, request)
        if request.path == "/":
            return redirect("/local/sent.html")
        if request.path == "/local/identities":
            return self._identities()
        if request.path == "/local/clock":
            return self._clock(request)
        if request.path.startswith("/local/"):
            return self.cloud.app
        raise NotFound

    def _identities(self) -> Response:
        from local.identities import identities

        return _json(identities())

    def _clock(self, request: Request) -> Response:
        from shared.clock import read_moment

        if request.method == "POST":
            try:
                self.clock.move_to(read_moment(request.get_json()["at"]))
            except (KeyError, TypeError, ValueError) as error:
                return _json({"error": str(error)}, 400)
        return _json({"now": self.clock.now().isoformat()})


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args: Any, **_kwargs: Any) -> None:
        """The functions write their own line; an address here could hold what a person typed."""


def _listen(port: int, app: Any) -> BaseWSGIServer:
    return make_server(LOOPBACK, port, app, threaded=True, request_handler=_Quiet)


def _serve(server: BaseWSGIServer) -> None:
    threading.Thread(target=server.serve_forever, name=f"port-{server.port}", daemon=True).start()


def _ports(file: Path, gateway_port: int) -> dict[str, int]:
    """The same ones after a restart: whoever holds an address must find us there again."""
    if file.exists():
        known: dict[str, int] = json.loads(file.read_text())
        return {**known, "gateway": gateway_port or known["gateway"]}
    ports = {"gateway": gateway_port or free_port(), "cloud": free_port()}
    file.write_text(json.dumps(ports))
    return ports


def _set_environment(state: Path, cloud_port: int, database_url: str | None) -> None:
    cloud = f"{LOOPBACK}:{cloud_port}"
    os.environ.update(
        DATABASE_URL=database_url or f"sqlite:///{(state / 'visits.db').resolve()}",
        WECHAT_BASE_URL=f"http://{cloud}",
        WECOM_BASE_URL=f"http://{cloud}/wecom/cgi-bin",
        IM_BASE_URL=f"http://{cloud}",
        WECOM_AUTHORIZE_URL=f"http://{cloud}/wecom/connect/oauth2/authorize",
        TENCENT_ENDPOINT=cloud,
        TENCENT_PROTOCOL="http",
        COS_ADDRESSING="path",
    )


def _json(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, indent=1)
    return Response(text, status, content_type="application/json; charset=utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--state", type=Path, default=Path(".local"), help="state folder")
    parser.add_argument("--port", type=int, default=8800, help="0 for any free port")
    parser.add_argument("--lively", action="store_true", help="with the data of a working day")
    arguments = parser.parse_args()
    gateway = Gateway(
        arguments.state, port=arguments.port, database_url=os.environ.get("DATABASE_URL")
    )
    gateway.start()
    if arguments.lively:
        _fill(gateway)
    _welcome(gateway)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def _fill(gateway: Gateway) -> None:
    from local import sample_life, sample_ops
    from local.sample_people import GUO

    for openid in (
        GUO.openid,
        *sample_life.OPENIDS,
    ):  # WeChat knows them, so that messages reach them
        gateway.cloud.wechat.issue_code(openid)
    sample_life.prepare()
    sample_ops.prepare()


def _welcome(gateway: Gateway) -> None:
    from local.sample_people import OFFICERS, PASSWORD
    from shared.rules.roles import NAMES

    print(f"远程视频会见 · 本机演示已启动：{gateway.url}")
    print(f"  民警页面（审核、时段、值守、录像）：    {gateway.url}/approve/page/")
    print(f"  已发出的消息（微信、企业微信、短信）：{gateway.url}/local/sent.html")
    print(f"  现成的登录身份（每个岗位一个令牌）：  {gateway.url}/local/identities")
    print(f"  演示账号（密码均为 {PASSWORD}，动态验证码见“登录身份”）：")
    for one in OFFICERS:
        print(f"    {one.username:<6} {one.name}（{'、'.join(NAMES[role] for role in one.roles)}）")
    print("按 Ctrl+C 停止。", flush=True)


if __name__ == "__main__":
    main()
