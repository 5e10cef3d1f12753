"""What a browser adds to a request of the page: the cookies it was given, and the header that only the page sends."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from shared.models.officers import Officer
from shared.rules import totp
from tests.integration.world import Answer, World

SESSION = "/approve/v1/session"


class Browser:
    def __init__(self, world: World) -> None:
        self.world, self.cookies = world, SimpleCookie()
        self.token: str | None = None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"X-Visits-Page": "1", "Cookie": self._cookie(), **headers}
        answer = self.world.call(method, path, body, token=self.token, headers=sent)
        self.cookies.load(answer.headers.get("Set-Cookie", ""))
        return answer

    def _cookie(self) -> str:
        return "; ".join(f"{name}={one.value}" for name, one in self.cookies.items() if one.value)

    def go_to_wecom(self, user_id: str, return_to: str = "/") -> dict[str, str]:
        """Code and state, as WeCom hands them to the page."""
        asked = self.call("GET", f"{SESSION}/wecom?return_to={return_to}").json["url"]
        address = f"{asked.split('#')[0]}&userid={user_id}"
        sent_back = requests.get(address, allow_redirects=False, timeout=30)
        return dict(parse_qsl(urlsplit(sent_back.headers["Location"]).query))

    def sign_in_by_wecom(self, user_id: str, return_to: str = "/") -> Answer:
        return self._keep(
            self.call("POST", f"{SESSION}/wecom", self.go_to_wecom(user_id, return_to))
        )

    def sign_in(self, username: str, password: str, **more: Any) -> Answer:
        body = {"username": username, "password": password, **more}
        return self._keep(self.call("POST", f"{SESSION}/password", body))

    def refresh(self) -> Answer:
        return self._keep(self.call("POST", f"{SESSION}/refresh"))

    def _keep(self, answer: Answer) -> Answer:
        if answer.status == 200:
            self.token = answer.json["token"]
        return answer


def code_of(world: World, username: str) -> str:
    """What the authenticator app of the officer shows now."""
    secret = world.one(Officer, username=username).totp_secret
    assert secret is not None
    return totp.code(secret, int(world.clock.now().timestamp()) // totp.STEP_S)
