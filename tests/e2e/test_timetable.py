"""A date is closed: the visits it hits are shown before, flagged after, and free again when it is undone."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.clock import in_shanghai, read_moment
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]
REASON = "会见室设备检修 <script>alert(1)</script>"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_date_is_closed_seen_flagged_and_opened_again(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    day = _day_with_visits(desk)
    page = open_page(size)
    sign_in(page, desk.url, "sun.lead", f"/timetable/day/{day}")
    page.get_by_role("button", name="停止会见").click()
    page.get_by_label("原因").fill(REASON)
    page.get_by_role("button", name="查看影响").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("次会见会受影响")
    hit = dialog.locator(".hits li").count()
    assert hit == len(_visits_of(desk, day)) > 0
    dialog.get_by_role("button", name="确认停用").click()
    expect(page.get_by_text(f"受影响的 {hit} 次会见已标记")).to_be_visible()
    expect(page.get_by_text("当日已停止会见")).to_have_count(hit)
    expect(page.get_by_text(REASON)).to_be_visible()  # as text
    assert _flagged(desk) == hit
    page.get_by_role("link", name="审核", exact=True).last.click()
    expect(page.locator('[data-item^="flagged_visit/"]')).to_have_count(hit)
    page.go_back()
    if size is PHONE:  # from wherever one looks, the whole month too
        page.get_by_role("button", name="月", exact=True).click()
    page.get_by_role("button", name="恢复", exact=True).click()
    page.get_by_role("button", name="原因已消除").click()
    page.get_by_role("button", name="恢复会见").click()
    expect(page.get_by_role("button", name="恢复", exact=True)).to_have_count(0)
    expect(page.get_by_text("当日已停止会见")).to_have_count(0)
    assert _flagged(desk) == 0


def test_a_visit_is_moved_with_the_familys_word(open_page: Open, desk: Desk) -> None:
    day, name = _only_visit(desk)
    page = open_page(PHONE)
    sign_in(page, desk.url, "sun.lead", f"/timetable/day/{day}")
    before = len(_visits_of(desk, day))
    page.get_by_role("button", name=f"改期：{name}").click()
    page.get_by_label("改到哪一天").fill((date.fromisoformat(day) + timedelta(days=7)).isoformat())
    page.get_by_role("group", name="空余的时段").get_by_role("button").first.click()
    page.get_by_label("已与家属电话商定").check()
    page.get_by_role("button", name="应家属要求改期").click()
    page.get_by_role("dialog").get_by_role("button", name="改期", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(_visits_of(desk, day)) == before - 1


def test_month_week_and_day_by_keyboard(open_page: Open, desk: Desk) -> None:
    page = open_page(DESKTOP)
    sign_in(page, desk.url, "wang.visit", "/timetable")
    heading = page.locator("h2.title")
    expect(heading).to_contain_text("月")
    before = heading.inner_text()
    page.keyboard.press("ArrowRight")
    expect(heading).not_to_have_text(before)
    page.keyboard.press("t")
    expect(heading).to_have_text(before)
    page.get_by_role("button", name="周", exact=True).click()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("button", name="开放时间")).to_have_count(0)  # a supervisor's


def _day_with_visits(desk: Desk) -> str:
    """Not today's nor tomorrow's: a visit that runs now may last over midnight."""
    days = [_today(desk) + timedelta(days=n) for n in range(2, 13)]
    return next(one.isoformat() for one in days if _visits_of(desk, one.isoformat()))


def _only_visit(desk: Desk) -> tuple[str, str]:
    """Day and resident's name of a visit that may be a week later: the family has none in that week."""
    days = [(_today(desk) + timedelta(days=n)).isoformat() for n in range(1, 15)]
    all_of_them = [(day, one["resident_name"]) for day in days for one in _visits_of(desk, day)]
    names = Counter(name for _, name in all_of_them)
    return next((day, name) for day, name in all_of_them if names[name] == 1)


def _today(desk: Desk) -> date:
    return in_shanghai(read_moment(desk.call("GET", "/local/clock")["now"])).date()


def _visits_of(desk: Desk, day: str) -> list[dict[str, Any]]:
    path = f"/approve/v1/timetable/slots?first={day}&last={day}"
    slots = desk.call("GET", path, token=desk.token("sun"))["slots"]
    return [visit for slot in slots for visit in slot["visits"]]


def _flagged(desk: Desk) -> int:
    return sum(one["kind"] == "flagged_visit" for one in desk.queue())
