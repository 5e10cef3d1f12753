"""The PC of a visit room: its key, its test, what comes next, a call for help; and on again after a power cut."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import faults_everywhere
from tests.e2e.conftest import DESKTOP
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]


def test_a_terminal_from_its_key_to_a_call_for_help(open_page: Open, desk: Desk, axe: str) -> None:
    key = _issue_key(desk)
    page = open_page(DESKTOP, permissions=["camera", "microphone"], reduced_motion="reduce")
    page.goto(f"{desk.url}/approve/page/#/terminal")
    page.get_by_label("设备密钥").fill("not-a-key")
    page.get_by_role("button", name="启用这台终端").click()
    expect(page.get_by_role("alert")).to_contain_text("设备密钥无效")
    assert faults_everywhere(page, axe) == []
    page.get_by_label("设备密钥").fill(key)
    page.get_by_role("button", name="启用这台终端").click()
    expect(page.get_by_role("heading", name="会见位")).to_be_visible()
    assert faults_everywhere(page, axe) == []
    _test_devices(page)
    page.reload()
    expect(page.get_by_role("heading", name="会见位")).to_be_visible()
    officer = open_page(DESKTOP)
    sign_in(officer, desk.url, "wang.visit", "/desk")
    page.get_by_role("button", name="呼叫民警").click()
    expect(page.get_by_text("已呼叫")).to_be_visible()
    expect(officer.get_by_text("呼叫民警")).to_be_visible(timeout=3_000)
    officer.get_by_role("button", name="我去处理").click()
    expect(officer.get_by_text("呼叫民警")).to_have_count(0)


def _test_devices(page: Page) -> None:
    """Chromium's own pretended camera and microphone."""
    page.get_by_role("button", name="设备检测").click()
    page.get_by_role("button", name="开始检测").click()
    page.get_by_role("button", name="听到了", exact=True).click(timeout=20_000)
    expect(page.get_by_text("全部正常，已记录")).to_be_visible()
    page.get_by_role("button", name="完成").click()


def _issue_key(desk: Desk) -> str:
    token = desk.token("xitong")
    terminals = desk.call("GET", "/approve/v1/terminals", token=token)["terminals"]
    terminal = next(one for one in terminals if one["status"] == "working")
    path = f"/approve/v1/terminals/{terminal['id']}/key"
    key: str = desk.call("POST", path, {}, token=token)["key"]
    return key
