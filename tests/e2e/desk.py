"""What happens around the page while an officer looks at it: families, TRTC, other officers."""

from typing import Any

import requests
from playwright.sync_api import Page

from local.sample_people import PASSWORD

TIMEOUT_S = 30


class Desk:
    """The gateway from outside the browser."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = requests.request(
            method, self.url + path, json=body, headers=headers, timeout=TIMEOUT_S
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def identities(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/local/identities")
        return found

    def officer(self, username: str) -> dict[str, Any]:
        people: list[dict[str, Any]] = self.identities()["officers"]
        return next(one for one in people if one["username"] == username)

    def token(self, username: str) -> str:
        return str(self.officer(username)["token"])

    def visit(self, visit_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call(
            "GET", f"/approve/v1/visits/{visit_id}", token=self.token("sun")
        )
        return found

    def queue(self, username: str = "sun") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call(
            "GET", "/approve/v1/queue", token=self.token(username)
        )["items"]
        return items


def sign_in(page: Page, url: str, wecom_user_id: str, route: str = "/") -> None:
    """As WeCom sends an officer back, without the pages before; ends where the officer wanted to go."""
    asked = page.request.get(
        f"{url}/approve/v1/session/wecom?return_to={route}", headers={"X-Visits-Page": "1"}
    )
    page.goto(f"{asked.json()['url'].split('#')[0]}&userid={wecom_user_id}")
    stands(page)


def sign_in_by_wecom(page: Page, url: str, wecom_user_id: str, route: str = "/") -> None:
    """Through WeCom's page, as emulated."""
    page.goto(f"{url}/approve/page/#{route}")
    page.get_by_role("button", name="用企业微信登录").click()
    page.get_by_role("link", name=wecom_user_id).click()
    stands(page)


def sign_in_by_password(page: Page, desk: Desk, username: str) -> None:
    """The first time with the authenticator's set-up, as a new officer would; later with its code alone."""
    page.goto(f"{desk.url}/approve/page/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    code = page.get_by_label("动态验证码")
    code.wait_for()
    code.fill(desk.officer(username)["code"])
    page.get_by_role("button", name="登录", exact=True).click()
    stands(page)


def stands(page: Page) -> None:
    """The frame is drawn before the page in it has come: whoever looks at once would see an empty one."""
    page.get_by_role("navigation", name="主导航").wait_for()
    page.locator("main :is(h1, h2)").first.wait_for()
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
