"""`python -m tests.e2e.screenshots [NAME…]`: docs/screenshots anew, all or those named, of made-up people and drawn
pictures. Look at them."""

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from local import sample_clips
from local.clock import MovableClock
from local.mariadb import free_port
from local.sample_people import BROTHER, GUO
from shared.clock import in_shanghai
from shared.rules.site_rules import SiteRules
from tests.e2e.conftest import CHROMIUM, DESKTOP, FLAGS, PHONE
from tests.e2e.desk import Desk, sign_in
from tests.e2e.family import Family

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000
Shot = tuple[str, str, Callable[[Page], object]]


def _nothing(page: Page) -> None:
    pass


def _card(page: Page) -> None:
    page.goto(page.url.split("#")[0] + "#/queue")
    page.get_by_role("group", name="按事项筛选").get_by_role("button", name="亲属关系").click()
    page.locator('[data-item^="relationship/"] button.body').first.click()
    page.get_by_role("button", name="查看 3 张照片").click()
    page.locator(".pictures img").last.wait_for()
    page.wait_for_timeout(500)


def _refuse(page: Page) -> None:
    page.locator("[data-item]").first.click()
    page.get_by_role("button", name="拒绝").first.click()
    page.get_by_role("group", name="常用理由").get_by_role("button").first.click()


def _bulk(page: Page) -> None:
    page.get_by_role("button", name="批量处理").click()
    for box in page.get_by_role("checkbox").all()[1:4]:
        box.check()


def _block(page: Page) -> None:
    page.get_by_role("button", name="停止会见").click()
    page.get_by_label("原因").fill("会见室设备检修")
    page.get_by_role("button", name="查看影响").click()
    page.get_by_role("button", name="确认停用").wait_for()


def _live(page: Page) -> None:
    page.locator("button.visit").first.click()


def _history(page: Page) -> None:
    page.get_by_label("完整姓名").fill(GUO.name)
    page.get_by_role("button", name="查看记录").click()
    page.locator("article.contact").first.wait_for()


def _import(page: Page) -> None:
    page.get_by_role("button", name="导入名册").click()
    rows = "编号,姓名,大队\r\n20260117,林小舟,一大队\r\n20269001,示例姓名,九大队\r\n".encode()
    roll = FilePayload(name="名册.csv", mimeType="text/csv", buffer=rows)
    page.get_by_label("名册文件").set_input_files(roll)
    page.get_by_role("dialog").get_by_role("button", name="导入", exact=True).click()
    page.get_by_role("dialog", name="导入结果").wait_for()


def _rights(page: Page) -> None:
    page.get_by_role("button", name="岗位和范围").first.click()


def _first_inspection(page: Page) -> None:
    page.locator("main a[href^='#/inspections/']").first.click()
    page.get_by_role("list", name="检查项").wait_for()


def _register(name: str) -> Callable[[Page], object]:
    return lambda page: (
        page.get_by_role("group", name="台账").get_by_role("button", name=name).click()
    )


def _first_case(page: Page) -> None:
    page.locator("a.case").first.click()
    page.get_by_role("button", name="返回知识库").wait_for()


def shots(day: str, resident: str, ticket: str) -> dict[str, list[Shot]]:
    """By who looks: WeCom's user id."""
    return {
        "sun.lead": [
            ("queue", "/queue", _nothing),
            ("queue-card", "/queue", _card),
            ("queue-refuse", "/queue", _refuse),
            ("queue-bulk", "/queue", _bulk),
            ("desk", "/desk", _nothing),
            ("desk-visit", "/desk", _live),
            ("timetable-month", "/timetable/month", _nothing),
            ("timetable-week", f"/timetable/week/{day}", _nothing),
            ("timetable-day", f"/timetable/day/{day}", _nothing),
            ("timetable-block", f"/timetable/day/{day}", _block),
            ("records", "/records", _nothing),
            ("records-history", "/records", _history),
            ("figures", "/figures", _nothing),
            ("people-record", f"/people/{resident}", _nothing),
            ("rules", "/rules", _nothing),
            ("account", "/account", _nothing),
        ],
        "li.ops": [
            ("tickets", f"/tickets/{ticket}", _nothing),
            ("tickets-list", "/tickets", _nothing),
            ("duty", "/duty", _nothing),
            ("reports", "/reports", _nothing),
            ("operations", "/operations", _nothing),
            ("inspections", "/inspections", _nothing),
            ("inspection", "/inspections", _first_inspection),
            ("registers-devices", "/registers", _nothing),
            ("registers-cloud", "/registers", _register("云资源")),
            ("registers-antivirus", "/registers", _register("防病毒")),
            ("registers-days", "/registers", _register("人日")),
            ("knowledge", "/knowledge", _nothing),
            ("knowledge-case", "/knowledge", _first_case),
            ("promises", "/promises", _nothing),
            ("calendar", "/calendar", _nothing),
            ("status", "/status", _nothing),
        ],
        "xitong.admin": [
            ("people", "/people", _nothing),
            ("people-import", "/people", _import),
            ("places", "/places", _nothing),
            ("places-wards", "/places/wards", _nothing),
        ],
        "anquan.admin": [
            ("officers", "/officers", _nothing),
            ("officers-rights", "/officers", _rights),
        ],
        "wang.visit": [("problems", "/problems", _nothing)],
        "shenji.admin": [("audit", "/audit", _nothing)],
    }


def _in_office_hours(state: Path) -> None:
    """Whenever they are taken, the pictures show a Monday's morning; within a minute the visits begin, at ten."""
    clock = MovableClock(state / "clock.json")
    today = in_shanghai(clock.now()).replace(hour=10, minute=0, second=50)
    clock.move_to(today + timedelta(days=7 - today.weekday()))


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="visits-shots-") as folder,
        sync_playwright() as playwright,
    ):
        state, port = Path(folder), free_port()
        _in_office_hours(state)
        command = [
            sys.executable,
            "-m",
            "tests.e2e.gateway",
            "--state",
            folder,
            "--port",
            str(port),
        ]
        gateway = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not (state / "ready").exists():
                time.sleep(0.2)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            _take_all(
                browser, Desk(f"http://127.0.0.1:{port}"), (state / "visits").read_text().split()[0]
            )
        finally:
            gateway.terminate()
            gateway.wait()
    return 0


def _take_all(browser: Browser, desk: Desk, visit_id: str) -> None:
    _stranger(desk, visit_id)
    key = _terminal_key(desk)
    day = next(one["starts_at"] for one in desk.queue() if one["kind"] == "visit")[:10]
    resident = _resident(desk)
    ticket = _tickets(desk)[0]
    for size, width in ((PHONE, "360"), (DESKTOP, "1440")):
        for scheme in ("light", "dark"):
            ending = f"{width}-{scheme}.png"
            for officer, wanted in shots(day, resident, ticket).items():
                page = _page(browser, size, scheme)
                if officer == "sun.lead" and _asked("sign-in"):
                    page.goto(f"{desk.url}/approve/page/")
                    _take(page, f"sign-in-{ending}")
                sign_in(page, desk.url, officer, "/account")
                _take_as(page, desk, wanted, ending)
                page.context.close()
            if _asked("terminal"):
                _take_terminal(_page(browser, size, scheme), desk, key, ending)


def _asked(name: str) -> bool:
    return not sys.argv[1:] or name in sys.argv[1:]


def _take_terminal(page: Page, desk: Desk, key: str, ending: str) -> None:
    page.goto(f"{desk.url}/approve/page/#/terminal")
    page.evaluate("key => localStorage.setItem('visits.terminal.key', key)", key)
    page.reload()
    page.get_by_role("heading", name="会见位").wait_for()
    page.wait_for_timeout(1_100)  # it shows the server's time from the next second on
    _take(page, f"terminal-{ending}")
    page.context.close()


def _page(browser: Browser, size: Any, scheme: Any) -> Page:
    context = browser.new_context(
        viewport=size, locale="zh-CN", color_scheme=scheme, has_touch=size is PHONE,
        reduced_motion="reduce", device_scale_factor=2 if size is PHONE else 1,
    )  # fmt: skip
    return context.new_page()


def _take_as(page: Page, desk: Desk, wanted: list[Shot], ending: str) -> None:
    start = page.locator("main h1", has_text="我的")
    for name, route, prepare in filter(lambda one: _asked(one[0]), wanted):
        page.goto(f"{desk.url}/approve/page/#/account")
        start.wait_for()
        page.goto(f"{desk.url}/approve/page/#{route}")
        if route != "/account":
            start.wait_for(state="detached")
        page.locator("[aria-busy=true]").first.wait_for(state="detached")
        prepare(page)
        _take(page, f"{name}-{ending}")
        page.keyboard.press("Escape")


def _resident(desk: Desk) -> str:
    path = f"/approve/v1/residents?person={BROTHER.number}"
    return str(desk.call("GET", path, token=desk.token("sun"))["residents"][0]["id"])


def _tickets(desk: Desk) -> list[str]:
    problems = (
        ("提示音不响", "值守页有预警时没有声音，其他电脑正常。"),
        ("二号会见位画面偏暗", "下午三点以后画面偏暗，家属看不清。"),
    )
    bodies = [{"kind": "defect", "title": title, "text": text} for title, text in problems]
    token = desk.token("wang")
    return [desk.call("POST", "/ops/v1/problems", body, token)["id"] for body in bodies]


def _stranger(desk: Desk, visit_id: str) -> None:
    family = Family(desk, visit_id)
    family.enter()
    while not desk.visit(visit_id)["slicing"]:
        time.sleep(0.2)
    for _ in range(SiteRules.alert_frames):
        family.show([sample_clips.grace_hopper(), sample_clips.astronaut()])
    while len(desk.visit(visit_id)["alerts"]) < 2:
        time.sleep(0.2)


def _terminal_key(desk: Desk) -> str:
    token = desk.token("xitong")
    terminals = desk.call("GET", "/approve/v1/terminals", token=token)["terminals"]
    terminal = next(one for one in terminals if one["takes_visits"])
    path = f"/approve/v1/terminals/{terminal['id']}/key"
    return str(desk.call("POST", path, {}, token=token)["key"])


def _take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    _in_few_colours(picture).save(FOLDER / name, optimize=True)
    size = (FOLDER / name).stat().st_size
    print(f"{name}: {size // 1024} KB", flush=True)
    assert size < MOST_BYTES, name


def _in_few_colours(picture: Image.Image) -> Image.Image:
    """The commonest are kept exactly, so that nothing plain is tinted and no small mark loses its colour.
    Pillow compares six bits of a channel: it chooses among such shades, then each gets its commonest colour."""
    counted: list[Any] = picture.getcolors(picture.width * picture.height) or []
    shades: dict[tuple[int, ...], tuple[int, ...]] = {}
    for _, colour in sorted(counted, reverse=True):
        shades.setdefault(tuple(part & ~3 for part in colour), colour)
    coarse = Image.new("P", (1, 1))
    coarse.putpalette([part for shade in list(shades)[:256] for part in shade])
    small = picture.quantize(palette=coarse, dither=Image.Dither.NONE)
    small.putpalette([part for colour in list(shades.values())[:256] for part in colour])
    return small


if __name__ == "__main__":
    sys.exit(main())
