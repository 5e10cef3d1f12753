"""The PC of a visit room: its key, its test, what comes next, a call for help; and on again after a power cut."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from shared.clock import now
from tests.e2e import trtc
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


class Room:
    """The server's answers about one visit at the terminal; all else is the gateway's own."""

    def __init__(self, page: Page, desk: Desk) -> None:
        self.visits = [_visit("v1")]
        self.refusal: tuple[int, str, str] | None = None
        self.asked = 0
        self.lost = False
        self.page = page
        trtc.pretend(page)
        page.route("**/approve/v1/terminal", self._show)
        page.route("**/approve/v1/terminal/visits/*/join", self._join)
        page.clock.install()
        page.goto(f"{desk.url}/approve/page/#/terminal")
        page.get_by_label("设备密钥").fill(_issue_key(desk))
        page.get_by_role("button", name="启用这台终端").click()

    def enter(self) -> None:
        self.page.get_by_role("button", name="进入会见").first.click()

    def stands_in(self) -> None:
        expect(self.page.get_by_text("会见室里还没有人。")).to_be_visible()

    def after(self, seconds: int) -> None:
        self.page.clock.fast_forward(seconds * 1000)

    def _show(self, route: Route) -> None:
        if self.lost:
            route.abort()
            return
        answer = route.fetch()
        visits = {"visits": self.visits} if answer.ok else {}
        route.fulfill(response=answer, json=answer.json() | visits)

    def _join(self, route: Route) -> None:
        self.asked += 1
        if self.refusal:
            status, code, text = self.refusal
            route.fulfill(
                status=status, json={"code": code, "errors": [{"code": code, "text": text}]}
            )
            return
        visit_id = route.request.url.split("/")[-2]
        route.fulfill(json=dict.fromkeys(PASS, "x") | {"sdk_app_id": 1, "room_id": visit_id})


PASS = ("user_id", "user_sig", "private_map_key")


def _visit(visit_id: str, **more: Any) -> dict[str, Any]:
    def moment(minutes: int) -> str:
        return (now() + timedelta(minutes=minutes)).isoformat()

    return {
        "id": visit_id, "status": "in_progress", "resident_number": "20260245", "seconds_left": 1500,
        "starts_at": moment(-5), "ends_at": moment(25), "opens_at": moment(-20),
        "can_join": True, "muted": False, "messages": [],
    } | more  # fmt: skip


@pytest.fixture
def room(open_page: Open, desk: Desk) -> Room:
    return Room(open_page(DESKTOP, permissions=["camera", "microphone"]), desk)


def test_a_join_that_fails_is_tried_again_until_it_succeeds(room: Room) -> None:
    page = room.page
    page.evaluate("trtc.failing = 2")
    room.enter()
    expect(page.get_by_text("没能进入会见室")).to_be_visible()
    expect(page.get_by_text("秒后自动重试")).to_be_visible()
    page.get_by_role("button", name="重新进入").click()
    page.wait_for_function("() => trtc.tries === 2")
    expect(page.get_by_text("秒后自动重试")).to_be_visible()
    page.wait_for_timeout(4_000)  # the page has heard from the server, and waits all the same
    assert page.evaluate("trtc.tries") == 2
    room.after(15)
    room.stands_in()
    assert page.evaluate("[trtc.tries, [...trtc.sends].sort()]") == [3, ["audio", "video"]]


def test_a_refusal_is_told_and_not_asked_for_again(room: Room) -> None:
    page = room.page
    room.refusal = (404, "not_found", "没有找到，可能已被删除。")
    room.enter()
    expect(page.get_by_text("没有找到，可能已被删除。")).to_be_visible()
    expect(page.get_by_text("请联系民警。处理好后点“重新进入”。")).to_be_visible()
    room.after(60)
    page.wait_for_timeout(4_000)
    assert room.asked == 1
    room.refusal = None
    page.get_by_role("button", name="重新进入").click()
    room.stands_in()


def test_a_busy_server_is_asked_again(room: Room) -> None:
    room.refusal = (503, "internal", "系统暂时无法答复。")
    room.enter()
    expect(room.page.get_by_text("秒后自动重试")).to_be_visible()
    room.refusal = None
    room.after(15)
    room.stands_in()


def test_after_a_power_cut_it_enters_as_soon_as_there_is_a_network(room: Room) -> None:
    page = room.page
    room.enter()
    room.stands_in()
    room.lost = True
    page.route("**/assets/trtc-*.js", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("没能打开")).to_be_visible()
    room.lost = False
    expect(page.get_by_text("没能进入会见室")).to_be_visible()
    page.unroute("**/assets/trtc-*.js")
    trtc.pretend(page)
    room.after(15)
    room.stands_in()


def test_a_visit_that_ended_meanwhile_is_left_and_the_next_one_begins(room: Room) -> None:
    page = room.page
    room.enter()
    room.stands_in()
    trtc.tell(page, "CONNECTION_STATE_CHANGED", state="DISCONNECTED")
    room.lost = True
    expect(page.get_by_text("网络中断，正在重新连接")).to_be_visible()
    expect(page.get_by_text("网络恢复后自动进入会见室")).to_be_visible()
    room.visits = [_visit("v2", resident_number="20260999")]
    room.lost = False
    expect(page.get_by_text("20260999")).to_be_visible()
    assert page.evaluate("trtc.left") == 1
    room.enter()
    room.stands_in()
    assert page.evaluate("trtc.rooms") == ["v1", "v2"]


def test_a_connection_that_does_not_come_back_is_made_anew(room: Room) -> None:
    room.enter()
    room.stands_in()
    trtc.tell(room.page, "CONNECTION_STATE_CHANGED", state="DISCONNECTED")
    expect(room.page.get_by_text("秒后自动重试")).to_be_visible()
    room.after(15)
    room.stands_in()
    assert room.page.evaluate("trtc.rooms") == ["v1", "v1"]


def test_two_pages_do_not_throw_each_other_out(room: Room) -> None:
    page = room.page
    room.enter()
    room.stands_in()
    trtc.tell(page, "KICKED_OUT", reason="kick")
    expect(page.get_by_text("已在另一个页面或另一台电脑上打开")).to_be_visible()
    room.after(60)
    page.wait_for_timeout(4_000)
    assert room.asked == 1
    page.get_by_role("button", name="重新进入").click()
    room.stands_in()


def test_a_camera_that_comes_late_and_a_microphone_that_is_off(room: Room) -> None:
    page = room.page
    room.visits = [_visit("v1", muted=True)]
    page.evaluate("trtc.noCamera = true")
    page.wait_for_timeout(4_000)  # the page has read it
    room.enter()
    expect(page.get_by_text("没能打开摄像头或麦克风")).to_be_visible()
    page.evaluate("trtc.noCamera = false")
    room.after(15)
    room.stands_in()
    assert page.evaluate("[...trtc.sends]") == ["video"]
    room.visits = [_visit("v1")]
    room.after(15)
    page.wait_for_function("() => trtc.sends.has('audio')")
    assert room.asked == 2, "the pass of before could send no sound"


def test_a_key_that_is_refused_in_the_middle_is_typed_in_peace(room: Room, desk: Desk) -> None:
    page = room.page
    room.enter()
    room.stands_in()
    key = _issue_key(desk)
    page.get_by_label("设备密钥").fill(key)
    room.lost = True
    expect(page.get_by_text("网络已断开")).to_be_visible()
    expect(page.get_by_label("设备密钥")).to_have_value(key)
    room.lost = False
    page.get_by_role("button", name="启用这台终端").click()
    room.stands_in()


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
