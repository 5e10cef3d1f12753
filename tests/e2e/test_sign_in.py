"""Both ways in, and the ways out."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in, sign_in_by_password, sign_in_by_wecom

Open = Callable[..., Page]


BOTH_WIDTHS = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@BOTH_WIDTHS
def test_through_wecom_back_to_the_page_that_was_asked_for(
    open_page: Open, served: str, size: dict[str, int]
) -> None:
    page = open_page(size)
    sign_in_by_wecom(page, served, "sun.lead", "/account")
    expect(page.get_by_role("heading", name="孙所长")).to_be_visible()
    assert "code=" not in page.url and page.url.endswith("#/account")
    page.reload()
    expect(page.get_by_role("heading", name="孙所长")).to_be_visible()


@BOTH_WIDTHS
def test_by_password_and_authenticator(open_page: Open, desk: Desk, size: dict[str, int]) -> None:
    username = "zhao" if size is DESKTOP else "wang"  # a code works once
    page = open_page(size)
    page.goto(f"{desk.url}/approve/page/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill("not-the-password")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    sign_in_by_password(page, desk, username)
    expect(page.get_by_role("heading", name="审核")).to_be_visible()
    assert not _stored_tokens(page)


def test_signing_out_everywhere_ends_the_other_browser_too(open_page: Open, served: str) -> None:
    first, second = open_page(DESKTOP), open_page(PHONE)
    for page in (first, second):
        sign_in(page, served, "li.ops")
    first.get_by_role("navigation").get_by_role("link", name="我的").click()
    first.get_by_role("button", name="在所有设备上退出").click()
    first.get_by_role("button", name="全部退出").click()
    expect(first.get_by_text("您已安全退出")).to_be_visible()
    second.reload()
    expect(second.get_by_role("button", name="用企业微信登录")).to_be_visible()


def test_a_page_opened_before_the_network_is_there_goes_on_by_itself(
    open_page: Open, served: str
) -> None:
    page = open_page(PHONE)
    sign_in(page, served, "sun.lead", "/rules")
    page.route("**/session/refresh", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("网络恢复后会自动继续")).to_be_visible()
    page.unroute("**/session/refresh")
    expect(page.get_by_role("heading", name="规则", level=1)).to_be_visible()


def test_the_address_cannot_send_an_officer_elsewhere(open_page: Open, served: str) -> None:
    page = open_page(PHONE)
    page.goto(f"{served}/approve/page/#/sign-in?to=//evil.example/x")
    page.get_by_role("button", name="用企业微信登录").click()
    expect(page.get_by_role("alert")).to_contain_text("不属于本系统")


def test_only_what_the_role_may_do_is_shown(open_page: Open, served: str) -> None:
    page = open_page(DESKTOP)
    sign_in(page, served, "qian.ops")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(
        ["工单6", "运维", "终端9", "我的"]
    )
    page.goto(f"{served}/approve/page/#/queue")
    expect(page.get_by_role("heading", name="工单", level=1)).to_be_visible()


def _stored_tokens(page: Page) -> Any:
    return page.evaluate(
        "Object.values({...localStorage, ...sessionStorage}).filter((one) => one.length > 40)"
    )
