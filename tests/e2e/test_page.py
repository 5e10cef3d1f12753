"""What every part of the page owes: no serious fault in axe's eyes, little weight, a quick first screen."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import BUILT, DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]
FIRST_LOAD_KB = 350
FIRST_SCREEN_MS = 1_500
PARTS = {
    "/queue": "审核",
    "/desk": "值守",
    "/timetable/month": "时段",
    "/timetable/week": "时段",
    "/records": "档案",
    "/figures": "统计",
    "/account": "我的",
}


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop-dark"]
)
def test_axe_finds_no_serious_fault(
    open_page: Open, served: str, axe: str, size: dict[str, int], scheme: str
) -> None:
    page = open_page(size, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page.goto(f"{served}/approve/page/#/terminal")
    expect(page.get_by_role("heading", name="会见终端")).to_be_visible()
    assert _faults(page, axe) == []
    sign_in(page, served, "sun.lead", "/account")
    assert _faults(page, axe) == []
    for route, title in PARTS.items():
        page.goto(f"{served}/approve/page/#{route}")
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.locator("[aria-busy]")).to_have_count(0)
        assert _faults(page, axe) == [], route
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), route
    page.goto(f"{served}/approve/page/#/timetable/day")
    page.get_by_role("button", name="停止会见").click()
    expect(page.get_by_label("原因")).to_be_visible()
    assert _faults(page, axe) == []


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


def _faults(page: Page, axe: str) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


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
