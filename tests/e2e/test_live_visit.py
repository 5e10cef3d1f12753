"""A visit from the first face in the room to its recording: followed, alerted, warned, ended, played, exported."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from local import sample_clips
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in
from tests.e2e.family import Family

Open = Callable[..., Page]


def test_a_live_visit_until_the_stranger_is_seen_and_the_recording_plays(
    open_page: Open, desk: Desk, running_visit: str
) -> None:
    page, elsewhere = open_page(DESKTOP), open_page(PHONE)
    sign_in(page, desk.url, "wang.visit", f"/desk/{running_visit}")
    sign_in(elsewhere, desk.url, "sun.lead", "/account")
    family = Family(desk)
    family.enter(running_visit)
    panel = page.locator("article.panel")
    expect(panel.get_by_text("现在 1 人")).to_be_visible(timeout=15_000)
    expect(panel.locator(".clock")).to_contain_text("分钟")
    _wait_for_slicing(desk, running_visit)
    family.show([sample_clips.grace_hopper(), sample_clips.astronaut()])
    _wait_for_alert(desk, running_visit)
    _seen_within_3_s(page, elsewhere)
    panel.get_by_role("button", name="画面").first.click()
    expect(panel.get_by_role("img").first).to_be_visible()
    _warn(page)
    _end(page)
    _play(page, desk, running_visit)


def _seen_within_3_s(page: Page, elsewhere: Page) -> None:
    """On the desk, and on whatever else is open: the banner, the title, a number on the navigation."""
    expect(page.locator("article.panel").get_by_role("alert").first).to_be_visible(timeout=3_000)
    banner = elsewhere.get_by_role("region", name="新消息")
    expect(banner.first).to_contain_text("未经审批的人员", timeout=3_000)
    assert "条预警" in elsewhere.title()
    banner.get_by_role("link", name="查看").first.click()
    expect(elsewhere.locator("article.panel")).to_be_visible()
    expect(elsewhere.locator(".news")).to_have_count(0)


def _warn(page: Page) -> None:
    page.get_by_role("button", name="提醒", exact=True).click()
    page.get_by_role("button", name="请未经审批的人员离开画面").click()
    page.get_by_role("button", name="发送提醒").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def _end(page: Page) -> None:
    page.keyboard.press("e")
    page.get_by_role("button", name="画面中出现未经审批的人员").click()
    page.get_by_role("dialog").get_by_role("button", name="结束会见").click()
    expect(page.locator("article.panel")).to_contain_text("已中止")


def _play(page: Page, desk: Desk, visit_id: str) -> None:
    page.get_by_role("link", name="查看录像").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("核查会见中的预警")
    _wait_for_recording(desk, visit_id)
    dialog.get_by_role("button", name="开始回放").click()
    film = page.locator("video")
    expect(film).to_be_visible()
    film.evaluate("film => film.play()")
    _wait(lambda: film.evaluate("film => film.currentTime > 0"))
    expect(page.locator(".marks")).to_contain_text("王警官")


def _wait_for_slicing(desk: Desk, visit_id: str) -> None:
    _wait(lambda: desk.visit(visit_id)["slicing"] and desk.visit(visit_id)["recording"])


def _wait_for_alert(desk: Desk, visit_id: str) -> None:
    _wait(lambda: any(one["kind"] == "unknown_person" for one in desk.visit(visit_id)["alerts"]))


def _wait_for_recording(desk: Desk, visit_id: str) -> None:
    _wait(lambda: desk.visit(visit_id)["recording"] == "playable")


def _wait(fact: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.1)
