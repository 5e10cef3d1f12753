"""The operations' pages at both widths: each does a real job, and axe finds no fault in it."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from local import sample_ops
from shared.rules.job_periods import EVERY_S
from tests.e2e import drawn
from tests.e2e.conftest import PHONE
from tests.e2e.desk import Desk, sign_in, stands
from tests.e2e.walk import ROUTER, walk

Open = Callable[..., Page]
# What stands behind 运维, by its routes' names; what stands behind an id leads back to its list.
BEHIND = [
    re.sub(r"/:\w+\?", "", path)
    for path, name in re.findall(r"path: '(/[^']+)', name: 'operations-(\w+)'", ROUTER.read_text())
    if name not in ("inspection", "case")
]
BESIDE = (
    "/figures",
    "/tickets",
    "/operations",
    "/people",
    "/places",
    "/rules",
    "/audit",
    "/problems",
)
QUIET = {"bypass_csp": True, "reduced_motion": "reduce"}  # axe is injected, and looks at colours


@pytest.fixture
def page(open_page: Open, desk: Desk, size: dict[str, int]) -> Page:
    scheme = "light" if size is PHONE else "dark"
    page = open_page(size, color_scheme=scheme, **QUIET)
    sign_in(page, desk.url, "li.ops", "/operations")
    return page


def no_fault(page: Page, axe: str) -> None:
    """Fits the width, and axe has nothing to say once nothing moves."""
    stands(page)
    page.wait_for_function("!document.getAnimations().some(one => one.playState === 'running')")
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def enter(page: Page, *names: str) -> None:
    """Through the page's own doors."""
    _follow(page, page.get_by_role("navigation", name="主导航").get_by_role("link", name="运维"))
    for name in names:
        _follow(page, page.locator("main").get_by_role("link").filter(has_text=name).first)


def _follow(page: Page, link: Locator) -> None:
    """The page before stays until the next one's code has come."""
    address = str(link.get_attribute("href"))
    link.click()
    page.wait_for_url(lambda url: url.endswith(address))
    stands(page)


def dialog_of(page: Page) -> Locator:
    return page.locator("dialog[open]")


def test_every_page_leads_back_and_is_as_wide_as_the_others(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    page, widths = open_page(size), {}
    for address in walk(page, desk, "li.ops", BEHIND):
        if address in BEHIND:
            expect(page.get_by_role("link", name="返回运维")).to_be_visible()
            widths[address] = _width(page)
    assert list(widths) == BEHIND
    assert len(set(widths.values())) == 1, widths


def test_what_is_reached_by_the_account_page_leads_back_to_it(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    """On a phone; on a PC the navigation itself shows all but one. Something of it is always marked as here."""
    page, widths = open_page(size), {}
    for address in walk(page, desk, "sun.lead", list(BESIDE)):
        widths[address] = _width(page)
        here = page.get_by_role("navigation", name="主导航").locator("[aria-current=page]")
        expect(here).to_have_count(1)
        if address in BESIDE and (size is PHONE or address == "/problems"):
            expect(here).to_have_text("我的")
            expect(page.get_by_role("link", name="返回我的")).to_be_visible()
    assert list(widths) == ["/account", *BESIDE]
    assert len(set(widths.values())) == 1, widths


def _width(page: Page) -> int:
    return int(page.locator(".page").evaluate("one => one.offsetWidth"))


def test_an_inspection_survives_a_lost_network_and_ends_in_a_report(
    page: Page, size: dict[str, int], axe: str
) -> None:
    enter(page, "巡检", "月巡检" if size is PHONE else "季度巡检")
    lines = page.get_by_role("list", name="检查项").get_by_role("listitem")
    lines.first.wait_for()
    no_fault(page, axe)
    page.context.set_offline(True)
    lines.first.get_by_role("button", name="有问题").click()
    dialog = dialog_of(page)
    dialog.get_by_label("问题说明").fill("镜头有划痕，画面发白")
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo_with_a_place()}
    unreadable = photo | {"buffer": b"not a picture"}
    dialog.get_by_label("拍照或选照片").set_input_files([unreadable, *[photo] * 7])  # type: ignore[list-item]
    expect(dialog.get_by_text("有 2 张没有加入")).to_be_visible()
    expect(dialog.get_by_text("这张照片无法读取")).to_be_visible()
    for number in range(5, 1, -1):
        dialog.get_by_role("button", name=f"删除第 {number} 张照片").click()
    expect(dialog.get_by_role("img", name="第 1 张照片")).to_be_visible()
    dialog.get_by_role("button", name="以后再填").click()
    lines.first.get_by_role("button", name="正常").click()
    expect(dialog).to_contain_text("问题说明和 1 张照片会删除")
    dialog.get_by_role("button", name="取消").click()
    lines.first.get_by_role("button", name="有问题").click()
    expect(dialog.get_by_label("问题说明")).to_have_value("镜头有划痕，画面发白")
    dialog.get_by_role("button", name="保存").click()
    lines.nth(1).get_by_role("button", name="正常").click()
    expect(lines.first.get_by_text("待上传")).to_be_visible()
    expect(page.get_by_text("2 项检查结果已存在本机")).to_be_visible()
    page.context.set_offline(False)
    page.reload()  # what was kept is found again, and goes out
    expect(lines.first.get_by_text("1 张照片")).to_be_visible()
    expect(page.get_by_text("待上传")).to_have_count(0)
    for line in lines.all()[2:]:
        line.get_by_role("button", name="正常").click()
    page.get_by_role("button", name="完成巡检").click()
    dialog_of(page).get_by_role("button", name="完成巡检").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载巡检报告").click()
    assert zipfile.is_zipfile(waiting.value.path())
    lines.first.get_by_role("link", name="查看工单").click()
    expect(page.get_by_role("article").get_by_text("镜头有划痕，画面发白")).not_to_have_count(0)


def photo_with_a_place() -> bytes:
    """As a phone makes it: large, and saying where it was taken."""
    picture, out = Image.open(io.BytesIO(drawn.page_of_a_register(1))), io.BytesIO()
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (30.0, 0.0, 0.0)}
    picture.resize((2400, 3000)).save(out, "JPEG", exif=place)
    return out.getvalue()


def test_the_registers_are_kept(page: Page, desk: Desk, size: dict[str, int], axe: str) -> None:
    width = size["width"]
    enter(page, "设备台账")
    terminal = page.get_by_role("listitem", name="1 号会见位")
    terminal.get_by_role("button", name="报修：会见主机").click()
    dialog_of(page).get_by_role("button", name="无法开机").click()
    dialog_of(page).get_by_role("button", name="报修", exact=True).click()
    expect(terminal.get_by_text("有设备故障")).to_be_visible()
    known = desk.call("GET", "/approve/v1/terminals", token=desk.token("li"))["terminals"]
    assert not next(one for one in known if one["name"] == "1 号会见位")["takes_visits"]
    terminal.get_by_role("button", name="修复：会见主机").click()
    dialog_of(page).get_by_role("button", name="已修复并检测正常").click()
    dialog_of(page).get_by_role("button", name="恢复使用").click()
    expect(terminal.get_by_text("有设备故障")).to_have_count(0)
    terminal.locator("button.plain").filter(has_text="会见主机").click()
    expect(dialog_of(page).get_by_text("修复 · 李主管").first).to_be_visible()
    dialog_of(page).get_by_role("button", name="关闭").click()
    no_fault(page, axe)

    parts = page.get_by_role("group", name="台账")
    parts.get_by_role("button", name="云资源").click()
    sms = page.get_by_role("listitem", name="短信套餐包")
    sms.get_by_role("button", name="登记用量：短信套餐包").click()
    dialog_of(page).get_by_label("到今天累计用量").fill(str(19_000 + width))
    dialog_of(page).get_by_role("button", name="登记", exact=True).click()
    expect(sms).to_contain_text(f"{19_000 + width:,} / 20,000 条")
    no_fault(page, axe)

    parts.get_by_role("button", name="防病毒").click()
    expect(page.get_by_role("listitem", name="PC-01")).to_contain_text("防护正常")
    no_fault(page, axe)

    parts.get_by_role("button", name="培训").click()
    page.get_by_role("button", name="安排").click()
    dialog_of(page).get_by_label("主题").fill(f"应急演练 {width}")
    dialog_of(page).get_by_label("地点").fill("会见中心")
    dialog_of(page).get_by_role("button", name="安排").click()
    page.get_by_role("button", name="填写记录：新任民警操作培训").click()
    dialog_of(page).get_by_label("内容和效果").fill("写到一半")
    dialog_of(page).get_by_role("button", name="取消").click()
    page.get_by_role("button", name=f"填写记录：应急演练 {width}").click()
    expect(dialog_of(page).get_by_label("内容和效果")).to_have_value("")  # it belongs to the other
    dialog_of(page).get_by_label("参加人数").fill("12")
    dialog_of(page).get_by_label("内容和效果").fill("按预案演练，全部通过。")
    dialog_of(page).get_by_role("button", name="保存").click()
    expect(page.get_by_role("listitem", name=f"应急演练 {width}")).to_contain_text("12 人参加")
    page.get_by_role("button", name="填写记录：新任民警操作培训").click()
    expect(dialog_of(page).get_by_label("内容和效果")).to_have_value("写到一半")
    dialog_of(page).get_by_role("button", name="取消").click()
    no_fault(page, axe)

    parts.get_by_role("button", name="人日").click()
    year = page.get_by_role("region", name="小改动人日")
    for figure in ("0.50", "0.80", "28.70", "全年 30.00 人日"):
        expect(year).to_contain_text(figure)
    no_fault(page, axe)


def test_a_case_is_reviewed_and_found(page: Page, size: dict[str, int], axe: str) -> None:
    """The phone shows the one that waits; the PC drops it again and finds another."""
    enter(page, "知识库")
    title = sample_ops.INCIDENTS[-1][0] if size is PHONE else sample_ops.INCIDENTS[1][0]
    if size is PHONE:
        page.get_by_role("group", name="案例状态").get_by_role("button", name="待审核").click()
        page.locator("a.case").first.click()
        field = page.get_by_label("预防措施")
        field.fill("请联系陈桂兰，存储桶设置纳入巡检")
        page.get_by_role("button", name="通过", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()  # it names somebody
        field.fill("存储桶设置纳入每月巡检")
        no_fault(page, axe)
        page.get_by_role("button", name="通过", exact=True).click()
        title = page.get_by_role("article").get_attribute("aria-label") or ""
        page.get_by_role("button", name="返回知识库").click()
    page.get_by_role("searchbox").fill(title)
    page.get_by_role("button", name="检索", exact=True).click()
    expect(page.locator("a.case").first).to_contain_text(title)
    no_fault(page, axe)
    page.locator("a.case").first.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    no_fault(page, axe)


def test_the_promise_is_changed_and_a_year_imported(
    page: Page, size: dict[str, int], axe: str
) -> None:
    enter(page, "服务承诺")
    no_fault(page, axe)
    response = page.get_by_role("region", name="响应")
    page.get_by_role("button", name="修改").click()
    response.get_by_label("到期前几分钟提醒").fill("2")
    expect(response.get_by_role("alert")).to_contain_text("到期前 5 分钟")
    first = 20 if size is PHONE else 12
    response.get_by_label("到期前几分钟提醒").fill(f"{first}、5")
    no_fault(page, axe)
    page.get_by_role("button", name="发布").click()
    expect(dialog_of(page)).to_contain_text(f"响应：到期前 {first} 分钟、5 分钟")
    dialog_of(page).get_by_role("button", name="发布").click()
    expect(response).to_contain_text(f"到期前 {first} 分钟、5 分钟")
    expect(page.get_by_role("region", name="历次版本")).to_contain_text("李主管")

    enter(page, "工作日历")
    no_fault(page, axe)
    page.get_by_role("button", name="导入年度").click()
    choose = dialog_of(page).get_by_label("选择文件")
    choose.set_input_files([calendar("2027-02-30,休")])  # type: ignore[list-item]
    expect(dialog_of(page).get_by_role("alert")).to_contain_text("第 10 行")
    choose.set_input_files([calendar("2027-02-06,上班")])  # type: ignore[list-item]
    expect(dialog_of(page)).to_contain_text("2027 年：放假 8 天，上班 1 天")
    dialog_of(page).get_by_role("button", name="导入").click()
    expect(dialog_of(page)).to_contain_text("365 天" if size is PHONE else "0 天")
    dialog_of(page).get_by_role("button", name="完成").click()
    expect(page.get_by_text("已导入到 2027年12月31日")).to_be_visible()


def calendar(last: str) -> dict[str, Any]:
    """As Excel on a Chinese machine saves it."""
    days = [f"2027-01-{day:02d},休" for day in range(1, 9)]
    text = "\r\n".join(["日期,是否上班", *days, last, ""])
    return {"name": "2027.csv", "mimeType": "text/csv", "buffer": text.encode("gbk")}


def test_the_state_of_the_system_is_told_in_plain_words(page: Page, axe: str) -> None:
    no_fault(page, axe)
    enter(page, "系统状态")
    jobs = page.get_by_role("region", name="定时任务").get_by_role("listitem")
    expect(jobs).to_have_count(len(EVERY_S))
    sent = jobs.filter(has_text="发送消息")
    expect(sent).to_contain_text("每 5 秒")
    expect(sent).to_contain_text("正常")
    expect(page.get_by_role("region", name="依赖的服务")).to_contain_text("对象存储")
    no_fault(page, axe)
    said = page.locator("main").inner_text()
    assert not [one for one in said if "a" <= one.lower() <= "z"]
