"""Reporting a problem, answering it, and handing over duty, at both widths."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]
ANSWER = "请先在“值守”页打开会见，再点“预警提示音”。"


def test_a_problem_is_reported_accepted_answered_and_followed(
    open_page: Open, desk: Desk, size: dict[str, int], axe: str
) -> None:
    title = f"提示音不响 {size['width']}"
    officer = open_page(size)
    sign_in(officer, desk.url, "wang.visit", "/problems")
    officer.get_by_role("button", name="报告问题").first.click()
    officer.get_by_role("button", name="不会用、想咨询").click()
    officer.get_by_label("一句话说明").fill(title)
    officer.get_by_label("详细情况").fill("值守页有预警时没有声音 <b>请帮忙</b>")
    officer.get_by_role("button", name="提交", exact=True).click()
    expect(officer.get_by_text("<b>请帮忙</b>")).to_be_visible()  # as text

    engineer = open_page(size)
    sign_in(engineer, desk.url, "qian.ops", "/tickets")
    engineer.get_by_role("button", name=title).click()
    ticket = engineer.get_by_role("article", name=title)
    expect(ticket.get_by_label("时限", exact=True)).to_contain_text("剩")
    faults = engineer.evaluate(f"{axe}; axe.run().then(r => r.violations.map(v => v.id))")
    assert faults == []
    ticket.get_by_role("button", name="接单").click()
    expect(ticket.get_by_text("按时完成")).to_be_visible()
    _attach(ticket_page=engineer, ticket_title=title)
    _comment_unheard(engineer, ticket)
    ticket.get_by_role("button", name="答复并关闭").click()
    engineer.get_by_label("说明", exact=True).fill(ANSWER)
    engineer.get_by_role("button", name="确认答复并关闭").click()
    expect(ticket.get_by_text("已关闭")).to_be_visible()

    officer.reload()
    expect(officer.get_by_text(ANSWER)).to_be_visible()


def _comment_unheard(page: Page, ticket: Locator) -> None:
    """Its answer is lost twice on the way: sent again it is said once. Who reads it stands there."""
    ticket.get_by_role("button", name="留言").click()
    sheet = page.locator("dialog[open]")
    expect(sheet.get_by_text("提交人可见")).to_be_visible()
    sheet.get_by_label("说明", exact=True).fill("已联系值班室")
    page.route("**/comment", lambda route: (route.fetch(), route.abort()))
    for name in ("确认留言", "重试"):
        sheet.get_by_role("button", name=name).click()
        expect(sheet.get_by_role("alert")).to_contain_text("不会重复办理")
    page.unroute("**/comment")
    sheet.get_by_role("button", name="重试").click()
    expect(sheet).to_have_count(0)
    expect(ticket.get_by_text("已联系值班室")).to_have_count(1)


def _attach(ticket_page: Page, ticket_title: str) -> None:
    ticket = ticket_page.get_by_role("article", name=ticket_title)
    picture = {
        "name": "截图.png",
        "mimeType": "image/png",
        "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 64,
    }
    ticket.get_by_label("添加附件").set_input_files([picture])  # type: ignore[list-item]
    expect(ticket.get_by_role("button", name="截图.png")).to_be_visible()


def test_duty_is_handed_over(open_page: Open, desk: Desk) -> None:
    page = open_page(PHONE)
    sign_in(page, desk.url, "li.ops", "/duty")
    page.get_by_role("button", name="技术专家交接班").click()
    page.get_by_label("接班人").select_option(label="李主管（运维负责人）")
    page.get_by_label("交接内容").fill("二号会见位的摄像头待更换")
    page.get_by_role("button", name="交接", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    now = page.get_by_role("region", name="现在值班")
    expect(now).to_contain_text("值班到")
    page.get_by_role("button", name="技术专家交接班").click()
    page.get_by_label("接班人").select_option(label="何专家（技术专家）")
    page.get_by_label("交接内容").fill("交还")
    page.get_by_role("button", name="交接", exact=True).click()
    expect(now).to_contain_text("何专家")
