"""From a name to a resident's whole history, its export, and the figures; what is typed as HTML stays text."""

import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.sample_people import BROTHER, GUO
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_history_is_found_filtered_and_exported(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    page = open_page(size)
    sign_in(page, desk.url, "sun.lead", "/records")
    page.get_by_label("完整姓名").fill(GUO.name)
    page.get_by_role("button", name="查看记录").click()
    expect(page.get_by_role("heading", name=BROTHER.name, level=1)).to_be_visible()
    expect(page.locator("article.contact").first).to_be_visible()
    everything = page.locator("article.contact").count()
    page.get_by_label("有预警").check()
    expect(page.locator("article.contact")).not_to_have_count(everything)
    expect(page.get_by_text("画面中人数过多").first).to_be_visible()
    page.get_by_role("button", name="导出 Excel").click()
    page.get_by_role("textbox", name="用途").fill("案件调查 <img src=x onerror=alert(1)>")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="生成并下载").click()
    assert zipfile.is_zipfile(waiting.value.path())


def test_recordings_are_searched_and_held(open_page: Open, desk: Desk) -> None:
    page = open_page(DESKTOP)
    sign_in(page, desk.url, "sun.lead", "/records")
    page.get_by_label("人员姓名或编号").fill("<script>alert(1)</script>")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name="没有找到录音录像")).to_be_visible()
    page.get_by_label("人员姓名或编号").fill(BROTHER.number)
    page.get_by_role("button", name="查找").click()
    row = page.locator("[data-recording]").last
    row.get_by_role("button", name="留存", exact=True).click()
    page.get_by_role("button", name="涉及投诉核查").click()
    page.get_by_role("dialog").get_by_role("button", name="留存", exact=True).click()
    expect(page.get_by_text("已留存", exact=True).last).to_be_visible()
    page.get_by_label("已留存").check()
    page.get_by_role("button", name="查找").click()
    expect(page.locator("[data-recording]")).to_have_count(1)


def test_figures_are_drawn_and_written(open_page: Open, desk: Desk) -> None:
    page = open_page(PHONE)
    sign_in(page, desk.url, "sun.lead", "/figures")
    expect(page.locator("figure svg").first).to_be_visible()
    page.get_by_role("button", name="导出报告").click()
    page.get_by_role("button", name="月度工作汇报").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="生成并下载").click()
    assert zipfile.is_zipfile(waiting.value.path())
