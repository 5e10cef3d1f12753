"""The administrators' days, at both widths: a site is set up, rights are given, rules changed, the trail read and
verified, and a resident's record kept. What somebody typed stands on the page as text, whatever it looks like."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.rules import totp
from tests.e2e.conftest import DESKTOP
from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]
HTML = "<img src=x onerror=alert(1)>"
CHOSEN = "Own-password-7"


@pytest.fixture
def tail() -> str:
    """Makes names this test's own: the gateway's people outlive it."""
    return secrets.token_hex(3)


def test_a_ward_a_terminal_and_its_key(
    open_page: Open, desk: Desk, size: dict[str, int], tail: str
) -> None:
    page = open_page(size, permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, desk.url, "xitong.admin", "/places/wards")
    ward = f"三大队 {tail} {HTML}"
    for _ in range(2):  # the second time the name is taken, and what was typed is not lost
        page.get_by_role("button", name="添加大队").click()
        page.get_by_label("大队名称").fill(ward)
        _act(page, "添加")
        expect(page.get_by_text(ward)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("已有同名的大队")
    expect(page.get_by_label("大队名称")).to_have_value(ward)
    _act(page, "取消")
    page.get_by_role("button", name="会见终端", exact=True).click()
    name = f"{tail} 号会见位"
    page.get_by_role("button", name="添加终端").click()
    page.get_by_label("终端名称").fill(name)
    _act(page, "添加")
    terminal = page.get_by_role("listitem", name=name)
    expect(terminal).to_contain_text("还没有设备密钥")
    terminal.get_by_role("button", name="签发密钥").click()
    _act(page, "签发密钥")
    key = page.get_by_role("dialog").locator("dd").inner_text()
    _slip(page, page.get_by_role("dialog", name="设备密钥："))
    expect(page.get_by_role("dialog").get_by_text(key)).to_be_visible()
    expect(page.get_by_role("button", name="关闭")).to_have_count(0)
    page.get_by_role("button", name="复制设备密钥").click()
    expect(page.locator("dialog[open]").get_by_text("已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    _act(page, "我已记下")
    expect(terminal).to_contain_text("已签发设备密钥")
    _starts_a_terminal(open_page(DESKTOP), desk, key, name)
    terminal.get_by_role("button", name="停用密钥").click()
    page.get_by_role("button", name="电脑已更换或报废").click()
    _act(page, "停用密钥")
    expect(terminal).to_contain_text("还没有设备密钥")


def _starts_a_terminal(page: Page, desk: Desk, key: str, name: str) -> None:
    page.goto(f"{desk.url}/approve/page/#/terminal")
    page.get_by_label("设备密钥").fill(key)
    page.get_by_role("button", name="启用这台终端").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_new_officer_until_the_first_sign_in_and_the_last(
    open_page: Open, desk: Desk, size: dict[str, int], tail: str
) -> None:
    """The system administrator makes the account, the security administrator gives it rights, neither can do both."""
    system, security = open_page(size), open_page(size)
    sign_in(system, desk.url, "xitong.admin", "/officers")
    system.get_by_role("button", name="添加民警").click()
    system.keyboard.press("Escape")  # nothing typed, nothing to lose
    expect(system.get_by_role("dialog")).to_have_count(0)
    system.get_by_role("button", name="添加民警").click()
    system.get_by_role("textbox", name="姓名", exact=True).fill(f"新民警 {tail}")
    system.get_by_label("用户名（").fill(tail)
    _slip(system, system.get_by_role("dialog", name="添加民警"))
    expect(system.get_by_role("alert")).to_contain_text("为免误触")
    _act(system, "添加")
    password = system.get_by_role("dialog").locator("dd").inner_text()
    _act(system, "我已记下")
    mine = system.get_by_role("listitem", name=f"新民警 {tail}")
    expect(mine).to_contain_text("还没有岗位")
    expect(mine.get_by_role("button", name="岗位和范围")).to_have_count(0)

    sign_in(security, desk.url, "anquan.admin", "/officers")
    expect(security.get_by_role("button", name="添加民警")).to_have_count(0)
    theirs = security.get_by_role("listitem", name=f"新民警 {tail}")
    theirs.get_by_role("button", name="岗位和范围").click()
    for role in ("系统管理员", "审计管理员"):
        security.get_by_label(role).check()
    security.get_by_role("textbox", name="理由").fill(f"新到岗 {HTML}")
    _act(security, "保存")
    expect(security.get_by_role("alert")).to_be_visible()  # one person, one of the three
    for role in ("系统管理员", "审计管理员"):
        security.get_by_label(role).uncheck()
    security.get_by_label("会见中心民警").check()
    security.get_by_label("一大队").first.check()
    expect(security.get_by_role("textbox", name="理由")).to_have_value(f"新到岗 {HTML}")
    _act(security, "保存")
    expect(theirs).to_contain_text("会见中心民警")
    expect(theirs).to_contain_text("一大队")

    officer = open_page(size)
    _first_sign_in(officer, desk, tail, password)
    expect(officer.get_by_role("heading", name="审核", level=1)).to_be_visible()

    system.reload()
    mine.get_by_role("button", name="停用账号").click()
    system.get_by_role("button", name="调离本所").click()
    _act(system, "停用账号")
    expect(mine).to_have_count(0)
    officer.reload()
    expect(officer.get_by_role("button", name="用企业微信登录")).to_be_visible()


def _first_sign_in(page: Page, desk: Desk, username: str, password: str) -> None:
    """A password of one's own, and an authenticator that was never there."""
    page.goto(f"{desk.url}/approve/page/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    enter = page.get_by_role("button", name="登录", exact=True)
    enter.click()
    page.get_by_label("设置新密码").fill(CHOSEN)
    enter.click()
    secret = page.locator("code").inner_text().replace(" ", "")
    expect(page.get_by_alt_text("二维码")).to_be_visible()
    clock = desk.call("GET", "/local/clock")["now"]
    page.get_by_label("动态验证码").fill(totp.code(secret, _step(clock)))
    enter.click()


def _step(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) // totp.STEP_S


def test_people_from_a_file_with_a_bad_row(
    open_page: Open, desk: Desk, size: dict[str, int], tail: str
) -> None:
    page = open_page(size)
    sign_in(page, desk.url, "xitong.admin", "/people")
    rows = f"编号,姓名,大队\r\nA{tail},名册{tail}{HTML},一大队\r\nB{tail},名册乙,没有这个大队\r\n"
    page.get_by_role("button", name="导入名册").click()
    page.get_by_label("名册文件").set_input_files(
        [{"name": "名册.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")}]
    )
    page.get_by_label("名册文件").dispatch_event("cancel", {"bubbles": True})  # of a second look
    _act(page, "导入")
    report = page.get_by_role("dialog", name="导入结果")
    expect(report).to_contain_text(f"第 3 行B{tail}没有这个大队")
    expect(report.locator(".counts dd")).to_have_text(["1", "0", "0", "1"])
    _act(page, "完成")
    page.get_by_label("完整姓名或编号").fill(f"A{tail}")
    page.get_by_role("button", name="查找").click()
    people = page.get_by_role("list", name="人员名单").get_by_role("listitem")
    expect(people).to_have_count(1)
    expect(people).to_contain_text(f"名册{tail}{HTML}")
    expect(people.get_by_role("link")).to_have_count(0)  # a record is an officer's to open


def test_the_trail_is_read_narrowed_and_verified(
    open_page: Open, desk: Desk, size: dict[str, int], tail: str
) -> None:
    officer = desk.call(
        "POST", "/approve/v1/officers", {"name": "审计用", "username": tail}, desk.token("xitong")
    )
    given: dict[str, Any] = {"roles": ["ward_officer"], "ward_ids": [], "reason": f"{tail} {HTML}"}
    path = f"/approve/v1/officers/{officer['id']}/rights"
    desk.call("POST", path, given, desk.token("anquan"))
    page = open_page(size)
    sign_in(page, desk.url, "shenji.admin", "/audit")
    page.get_by_label("类别").select_option(label="民警账号")
    page.get_by_role("button", name="查找").click()
    row = page.locator("ol.events > li").filter(has_text=f"{tail} {HTML}")
    expect(row).to_contain_text("分配岗位和范围")
    expect(row).to_contain_text("吴管理员")
    row.get_by_text("详情").click()
    row.get_by_role("button", name="只看这条记录").click()
    expect(page.locator("ol.events > li")).to_have_count(2)
    expect(page.locator("ol.events > li").last).to_contain_text("添加")
    page.get_by_role("button", name="核对记录").click()
    _act(page, "开始核对")
    expect(page.get_by_role("dialog", name="核对结果")).to_contain_text("全部相符")
    _act(page, "完成")
    page.get_by_label("记录编号").fill("不是编号")
    expect(page.get_by_role("alert")).to_contain_text("26 位")


def test_a_rule_is_changed_within_its_bounds(
    open_page: Open, desk: Desk, size: dict[str, int], tail: str
) -> None:
    page, late = open_page(size), open_page(size)
    sign_in(page, desk.url, "sun.lead", "/rules")
    sign_in(late, desk.url, "xitong.admin", "/rules")
    bar = page.get_by_role("region", name="保存修改")
    rule = page.locator("#rule-recording_late_minutes")
    was, highest = rule.input_value(), int(rule.get_attribute("max") or 0)
    late.locator("#rule-recording_late_minutes").fill(str(int(was) + 2))
    rule.fill(str(highest + 1))
    expect(bar).to_contain_text("超出范围")
    expect(bar.get_by_role("button", name="保存")).to_be_disabled()
    rule.fill(str(int(was) + 1))
    _save(page, f"{tail} {HTML}")
    expect(bar).to_have_count(0)
    change = page.get_by_role("region", name="修改记录").locator(".changes > li").first
    expect(change).to_contain_text(f"{was} 改为 {int(was) + 1}")
    expect(change).to_contain_text(f"{tail} {HTML}")
    late.reload()
    expect(late.locator("#rule-recording_late_minutes")).to_have_value(str(int(was) + 2))
    rule.fill(was)
    _save(page, "改回")
    expect(bar).to_have_count(0)
    _save(late, "更正")
    sheet = late.get_by_role("dialog", name="保存规则")
    expect(sheet.get_by_role("alert")).to_contain_text("您的修改还在")
    _act(late, "保存")
    expect(sheet).to_have_count(0)
    page.reload()
    expect(change).to_contain_text(f"{was} 改为 {int(was) + 2}")
    rule.fill(was)
    _save(page, "改回")
    expect(bar).to_have_count(0)


def _save(page: Page, reason: str) -> None:
    page.get_by_role("region", name="保存修改").get_by_role("button", name="保存").click()
    page.get_by_role("textbox", name="理由").fill(reason)
    _act(page, "保存")


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(
    open_page: Open, desk: Desk, size: dict[str, int], tail: str
) -> None:
    page = open_page(size)
    page.route("**/v1/wards", lambda route: (time.sleep(1), route.continue_()))  # after the sheet
    sign_in(page, desk.url, "xitong.admin", "/people")
    page.get_by_role("button", name="添加人员").click()
    page.get_by_label("编号", exact=True).fill(tail)
    page.get_by_label("姓名", exact=True).fill(f"新来的{tail}")
    page.context.clear_cookies()
    over = {"code": "session_expired", "errors": [{"code": "session_expired", "text": "请登录"}]}
    page.route("**/v1/residents", lambda route: route.fulfill(status=401, json=over))
    _act(page, "添加")
    expect(page.get_by_text("登录已超时，请重新登录。填写的内容还在。")).to_be_visible()
    page.unroute("**/v1/residents")
    sign_in(page, desk.url, "xitong.admin", "/people")
    page.get_by_role("button", name="添加人员").click()
    expect(page.get_by_label("姓名", exact=True)).to_have_value(f"新来的{tail}")
    _act(page, "添加")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="添加人员").click()
    expect(page.get_by_label("编号", exact=True)).to_have_value("")


def test_a_residents_record(open_page: Open, desk: Desk, size: dict[str, int], tail: str) -> None:
    token = desk.token("xitong")
    ward = desk.call("GET", "/approve/v1/wards", token=token)["wards"][0]["id"]
    new = {"name": f"档案{tail}{HTML}", "number": tail, "ward_id": ward}
    resident_id = desk.call("POST", "/approve/v1/residents", new, token)["id"]
    page = open_page(size)
    sign_in(page, desk.url, "sun.lead", f"/records/resident/{resident_id}")
    page.get_by_role("link", name="人员信息").click()
    expect(page.get_by_role("heading", name=str(new["name"]), level=1)).to_be_visible()
    status = page.get_by_role("region", name="会见状态")
    status.get_by_role("button", name="变更状态").click()
    page.get_by_label("变更为").select_option(label="暂停会见")
    page.get_by_role("textbox", name="理由").fill(f"违反规定 {HTML}")
    _act(page, "变更")
    expect(status).to_contain_text("暂停会见")
    quota = page.get_by_role("region", name="会见次数")
    quota.get_by_role("button", name="调整次数").click()
    page.get_by_role("combobox", name="次数").select_option(label="增加 2 次")
    page.get_by_role("textbox", name="理由").fill(f"线路故障 {HTML}")
    _act(page, "调整")
    expect(quota).to_contain_text("增加 2 次")
    expect(quota).to_contain_text(f"线路故障 {HTML}")
    page.get_by_role("button", name="查看亲情电话").click()
    expect(page.get_by_text("还没有登记亲情电话")).to_be_visible()
    page.get_by_role("link", name="往来记录").click()
    expect(page.get_by_role("heading", name="没有往来记录")).to_be_visible()


def _slip(page: Page, sheet: Locator) -> None:
    """A touch beside the sheet, and the two Esc of which the browser lets nobody hold back the second."""
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.mouse.click(5, 5)
    for _ in range(2):
        page.keyboard.press("Escape")
    expect(sheet).to_be_visible()


def _act(page: Page, name: str) -> Locator:
    """Presses the sheet's own button."""
    button = (
        page.get_by_role("dialog").locator("footer").get_by_role("button", name=name, exact=True)
    )
    button.click()
    return button
