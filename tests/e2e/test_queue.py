"""A queue of 20 is cleared at each width, by card, by swipe, by key and in bulk; two officers in three tabs never decide one thing twice."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.desk import Desk, sign_in, sign_in_by_password

Open = Callable[..., Page]


def test_what_was_typed_survives_a_lost_network(open_page: Open, desk: Desk) -> None:
    page = open_page(PHONE)
    sign_in(page, desk.url, "sun.lead", "/queue")
    _cards(page).first.get_by_role("button", name="拒绝").click()
    page.get_by_role("textbox", name="理由").fill("材料<b>不清楚</b>，请重新拍摄")
    page.context.set_offline(True)
    page.get_by_role("dialog").get_by_role("button", name="拒绝").click()
    expect(page.get_by_role("alert")).to_contain_text("没有收到系统的答复")
    expect(page.get_by_text("网络已断开")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    _cards(page).first.get_by_role("button", name="拒绝").click()
    expect(page.get_by_role("textbox", name="理由")).to_have_value("材料<b>不清楚</b>，请重新拍摄")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()


def test_a_decision_whose_answer_is_lost_is_told_by_what_became_of_it(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    """The server did it, or half of it, and nobody heard: the page reads again before it says or sends anything."""
    page = open_page(size)
    sign_in(page, desk.url, "sun.lead", "/queue")
    keys = [one.get_attribute("data-item") for one in page.locator('[data-item^="visit/"]').all()]
    page.get_by_role("button", name="批量处理").click()
    for key in keys[:2]:
        page.locator(f'[data-item="{key}"]').get_by_role("checkbox").check()
    page.get_by_role("region", name="批量处理").get_by_role("button", name="通过").click()
    page.route("**/queue/decisions", lambda route: _lose(route, first_only=True))
    page.get_by_role("button", name="通过 2 项").click()
    sheet = page.locator("dialog[open]")
    expect(sheet.get_by_role("alert")).to_contain_text("1 项已处理，还有 1 项没有处理")
    page.unroute("**/queue/decisions")
    page.route("**/queue/decisions", _lose)
    page.route("**/v1/queue", lambda route: route.abort())
    sheet.get_by_role("button", name="重试").click()
    expect(sheet.get_by_role("alert")).to_contain_text("还不知道是否已办成")
    page.unroute("**/v1/queue")
    sheet.get_by_role("button", name="重试").click()
    expect(page.get_by_role("alert").filter(has_text="都已处理")).to_be_visible()
    expect(sheet).to_have_count(0)
    for key in keys[:2]:
        assert _decisions(desk, str(key).split("/")[1]) == ["visit.approved"]


def test_one_decision_whose_answer_is_lost(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    page = open_page(size)
    sign_in(page, desk.url, "sun.lead", "/queue")
    card = page.locator('[data-item^="visit/"]').first
    key = card.get_attribute("data-item")
    card.locator("button.body").click()
    page.route("**/decision", _lose)
    page.locator("article.detail").get_by_role("button", name="通过").click()
    expect(page.get_by_role("alert").filter(has_text="都已处理")).to_be_visible()
    _gone(page, key)


def _lose(route: Route, *, first_only: bool = False) -> None:
    """What the server was told it has done; its answer does not arrive."""
    body = route.request.post_data_json
    if first_only:
        body = {"decisions": body["decisions"][:1]}
    route.fetch(post_data=body)
    route.abort()


def test_two_officers_in_two_tabs_of_one_browser(open_page: Open, desk: Desk) -> None:
    """They share the cookie: the first tab must not go on with the second one's rights under the first one's name."""
    first = open_page(DESKTOP)
    sign_in(first, desk.url, "wang.visit", "/queue")
    first.locator("[data-item]").first.locator("button.body").click()
    first.locator("article.detail").get_by_role("button", name="拒绝").click()
    first.get_by_role("textbox", name="理由").fill("王警官没写完的话")
    second = first.context.new_page()
    sign_in(second, desk.url, "sun.lead", "/account")
    over = {"code": "session_expired", "errors": [{"code": "session_expired", "text": "请登录"}]}
    sent: list[str] = []
    first.on("request", lambda one: sent.append(one.url) if "/decision" in one.url else None)
    first.route("**/decision", lambda route: route.fulfill(status=401, json=over), times=1)
    with first.expect_event("load"):
        first.get_by_role("dialog").get_by_role("button", name="拒绝").click()
    # Before its first route stands, the page puts its own address back.
    expect(_cards(first).first).to_be_visible()
    expect(first.locator("dialog[open]")).to_have_count(0)
    assert len(sent) == 1
    first.goto(f"{desk.url}/approve/page/#/account")
    expect(first.get_by_role("heading", name="孙所长")).to_be_visible()
    assert "王警官没写完" not in str(first.evaluate("JSON.stringify({...localStorage})"))


def test_two_officers_three_tabs_one_queue(open_page: Open, desk: Desk) -> None:
    """Both stand before the same list and decide all visits at once; every one is decided once, and none is lost."""
    before = {one["id"] for one in desk.queue() if one["kind"] == "visit"}
    taken = sorted(before)[:6]
    wang, sun = open_page(DESKTOP), open_page(DESKTOP)
    sign_in(wang, desk.url, "wang.visit", "/queue")
    sign_in(sun, desk.url, "sun.lead", "/queue")
    second = wang.context.new_page()
    second.goto(wang.url)
    for page in (wang, sun, second):
        page.bring_to_front()  # a tab behind another one draws slowly
        expect(_cards(page).first).to_be_visible()
        page.get_by_role("button", name="批量处理").click()
        for visit_id in taken:
            page.locator(f'[data-item="visit/{visit_id}"]').get_by_role("checkbox").check()
        page.get_by_role("region", name="批量处理").get_by_role("button", name="通过").click()
    for page in (second, sun, wang):
        page.get_by_role("button", name="通过 6 项").dispatch_event("click")
    for page in (wang, sun, second):
        page.bring_to_front()
        expect(page.get_by_role("dialog")).to_have_count(0)
    late = [
        page.get_by_role("alert").get_by_text("刚刚被其他人处理过") for page in (wang, sun, second)
    ]
    assert sum(one.count() for one in late) == 12, (
        "of three tries at each visit two come too late, and say so"
    )
    left = {one["id"] for one in desk.queue() if one["kind"] == "visit"}
    assert before - left == set(taken)
    for visit_id in taken:
        assert _decisions(desk, visit_id) == ["visit.approved"]


def test_a_queue_of_20_by_card_swipe_and_bulk_on_a_phone(open_page: Open, desk: Desk) -> None:
    page = open_page(PHONE)
    sign_in(page, desk.url, "sun.lead", "/queue")
    expect(_cards(page)).to_have_count(_at_least_20(desk, "sun"))
    _approve_by_card(page)
    _refuse_with_a_template(page)
    _approve_by_swipe(page)
    _clear_in_bulk(page, desk, "sun")


def test_a_queue_of_20_by_key_card_and_bulk_on_the_desk(open_page: Open, desk: Desk) -> None:
    page = open_page(DESKTOP)
    sign_in_by_password(page, desk, "meng")
    count = _at_least_20(desk, "meng")
    expect(_cards(page)).to_have_count(count)
    for key, left in (("a", count - 1), ("j", count - 1), ("a", count - 2)):
        page.keyboard.press(key)
        expect(_cards(page)).to_have_count(left)
    page.keyboard.press("r")
    page.get_by_role("button", name="该人员这一时段另有安排").click()
    page.get_by_role("dialog").get_by_role("button", name="拒绝").click()
    expect(_cards(page)).to_have_count(count - 3)
    _approve_by_card(page)
    _clear_in_bulk(page, desk, "meng")


def _at_least_20(desk: Desk, username: str) -> int:
    count = len(desk.queue(username))
    assert count >= 20
    return count


def _clear_in_bulk(page: Page, desk: Desk, username: str) -> None:
    """Kind by kind, until the page says that nothing is left."""
    for kind in dict.fromkeys(one["kind"] for one in desk.queue(username)):
        page.get_by_role("button", name="批量处理").click()
        for card in page.locator(f'[data-item^="{kind}/"]').all():
            card.get_by_role("checkbox").check()
        page.get_by_role("region", name="批量处理").get_by_role("button", name="通过").click()
        dialog = page.get_by_role("dialog")
        words = dialog.get_by_role("group", name="常用理由").get_by_role("button")
        if words.count():
            words.first.click()
        dialog.get_by_role("button", name=" 项").click()
        expect(page.locator(f'[data-item^="{kind}/"]')).to_have_count(0)
    expect(page.get_by_role("heading", name="都处理完了")).to_be_visible()
    assert desk.queue(username) == []


def _cards(page: Page) -> Locator:
    return page.locator("[data-item]")


def _approve_by_card(page: Page) -> None:
    card = page.locator('[data-item^="visit/"]').first
    key = card.get_attribute("data-item")
    card.locator("button.body").click()
    expect(page.get_by_role("heading", name="次数")).to_be_visible()
    page.locator("article.detail").get_by_role("button", name="通过").click()
    _gone(page, key)


def _refuse_with_a_template(page: Page) -> None:
    card = page.locator('[data-item^="visit/"]').first
    key = card.get_attribute("data-item")
    card.get_by_role("button", name="拒绝").click()
    page.get_by_role("button", name="该人员这一时段另有安排").click()
    page.get_by_role("dialog").get_by_role("button", name="拒绝").click()
    _gone(page, key)


def _approve_by_swipe(page: Page) -> None:
    card = page.locator('[data-item^="visit/"]').first
    key = card.get_attribute("data-item")
    _swipe(page, card)
    page.locator(f'.van-swipe-cell:has([data-item="{key}"]) .swiped.good').tap()
    _gone(page, key)


def _swipe(page: Page, card: Locator) -> None:
    """A finger from left to right."""
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box
    line = page.context.new_cdp_session(page)
    y = box["y"] + 40
    line.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 60, "y": y}]}
    )
    for x in range(80, 260, 20):
        line.send(
            "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]}
        )
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _gone(page: Page, key: str | None) -> None:
    expect(page.locator(f'[data-item="{key}"]')).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


def _decisions(desk: Desk, visit_id: str) -> list[str]:
    found = desk.call("GET", f"/approve/v1/audit?subject_id={visit_id}", token=desk.token("sun"))
    return [one["action"] for one in found["events"] if one["action"].startswith("visit.")]
