"""What every part of the page owes: no serious fault in axe's eyes, little weight, a quick first screen."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from local.sample_people import PASSWORD
from tests.e2e.accessibility import faults_everywhere
from tests.e2e.conftest import BUILT, DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]
FIRST_LOAD_KB = 350
FIRST_SCREEN_MS = 1_500


def test_axe_before_anybody_is_signed_in(open_page: Open, desk: Desk, axe: str) -> None:
    """The signed in: test_every_page.py."""
    page = open_page(DESKTOP, reduced_motion="reduce")
    page.goto(f"{desk.url}/approve/page/#/sign-in")
    page.get_by_label("用户名").fill("he")
    page.get_by_label("密码", exact=True).fill("not-the-password")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert faults_everywhere(page, axe) == []
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("动态验证码").wait_for()
    assert faults_everywhere(page, axe) == []


def test_axe_on_a_sheet(open_page: Open, desk: Desk, axe: str) -> None:
    page = open_page(DESKTOP, reduced_motion="reduce")
    sign_in(page, desk.url, "sun.lead", "/timetable/day")
    page.get_by_role("button", name="停止会见").click()
    expect(page.get_by_label("原因")).to_be_visible()
    assert faults_everywhere(page, axe) == []


def test_first_load_is_light_and_the_first_screen_quick(open_page: Open, desk: Desk) -> None:
    """Weight as gzip makes it, since the local gateway sends files plain. Four times slower than this machine."""
    page = open_page(PHONE)
    sign_in(page, desk.url, "wang.visit", "/queue")
    expect(page.locator("main h1")).to_be_visible()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    files: list[str] = []
    page.on("response", lambda one: files.append(one.url) if "/page/" in one.url else None)
    milliseconds = min(_first_screen(page) for _ in range(3))
    kilobytes = sum(_packed(url) for url in set(files)) / 1024
    print(json.dumps({"first_load_kb": round(kilobytes), "first_screen_ms": round(milliseconds)}))
    assert kilobytes <= FIRST_LOAD_KB
    assert milliseconds <= FIRST_SCREEN_MS


def test_no_other_page_can_frame_it(browser: Browser, served: str) -> None:
    """Asked of the browser itself: it reports the refused frame as an error, as it should."""
    page = browser.new_page()
    answer = page.goto(f"{served}/approve/page/")
    assert answer
    assert answer.headers["cache-control"] == "no-store"
    page.set_content(f'<iframe src="{served}/approve/page/"></iframe>')
    assert page.frames[-1].locator("#app").count() == 0
    page.close()


def test_slow_and_broken_answers_are_told_kindly(open_page: Open, served: str) -> None:
    page = open_page(PHONE)
    sign_in(page, served, "sun.lead", "/account")
    page.route("**/approve/v1/queue", lambda route: route.fulfill(status=502, body="<html>"))
    page.get_by_role("link", name="审核").click()
    expect(page.get_by_role("heading", name="没能打开")).to_be_visible()
    page.unroute("**/approve/v1/queue")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_role("heading", name="没能打开")).to_have_count(0)


def test_a_part_of_the_page_that_does_not_come_is_fetched_again(
    open_page: Open, served: str
) -> None:
    """The network was away, or a newer version stands in its place: the whole page is read again by itself."""
    page = open_page(PHONE)
    sign_in(page, served, "sun.lead", "/account")
    page.route("**/page/**", lambda route: route.abort())
    page.get_by_role("link", name="审核").click()
    expect(page.get_by_text("网络已断开")).to_be_visible()
    page.unroute("**/page/**")
    expect(page.get_by_role("heading", name="审核", level=1)).to_be_visible()


def _first_screen(page: Page) -> float:
    """From asking for the page until what it is about stands on the screen."""
    page.goto("about:blank")
    page.goto(_start(page))
    page.locator("main h1").wait_for()
    return float(page.evaluate("performance.now()"))


def _start(page: Page) -> str:
    return str(page.context.storage_state()["origins"][0]["origin"]) + "/approve/page/#/queue"


def _packed(url: str) -> int:
    name = url.split("/page/")[1].split("#")[0] or "index.html"
    return len(gzip.compress((BUILT.parent / name).read_bytes(), 6))


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((BUILT.parents[1] / "package-lock.json").read_text())
    assert not [name for name, one in lock["packages"].items() if "resolved" in one]
    assert (
        Path(BUILT.parents[1] / ".npmrc").read_text().count("omit-lockfile-registry-resolved=true")
        == 1
    )
