"""Every address of the page that somebody may open, one after another in one browser context."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.conftest import BUILT
from tests.e2e.desk import Desk, sign_in, stands

SOURCE = BUILT.parents[1] / "src"
ROUTER = SOURCE / "router.ts"
PLACES = {
    f"#{one}" for one in re.findall(r"path: '(/\w+)'", (SOURCE / "lib/places.ts").read_text())
}
# One of each role.
OFFICERS = {
    "sun.lead": "sun", "wang.visit": "wang", "chen.ward": "chen", "qian.ops": "qian", "he.ops": "he", "li.ops": "li",
    "xitong.admin": "xitong", "anquan.admin": "anquan", "shenji.admin": "shenji",
}  # fmt: skip
APART = ("/", "/sign-in", "/terminal", "/account")
START = "/account"  # light, open to all, and unlike the others: where its heading is gone, the next page stands


def addresses(desk: Desk) -> list[str]:
    """All of router.ts."""
    resident = _resident(desk)
    written = re.findall(r"path: '([^']+)'", ROUTER.read_text())
    plain = [re.sub(r"/:\w+(\(.*\))?\?", "", one).replace(":resident", resident) for one in written]
    return [one for one in plain if ":" not in one and one not in APART]


def deeper(desk: Desk) -> list[str]:
    """What stands behind an id or a tab, for whoever may see it all; and nothing."""
    cards = {one["kind"]: one["id"] for one in desk.queue("meng") + desk.queue("sun")}
    visits = desk.call("GET", "/approve/v1/live-desk", token=desk.token("sun"))["visits"]
    tickets = desk.call("GET", "/ops/v1/tickets", token=desk.token("li"))["tickets"]
    return [
        *(f"/queue/{kind}/{identifier}" for kind, identifier in cards.items()),
        *(f"/desk/{one['id']}" for one in visits[:1]),
        *(f"/tickets/{one['id']}" for one in tickets[:1]),
        "/timetable/week", "/timetable/day", "/places/wards", "/no-such-page",
    ]  # fmt: skip


def _resident(desk: Desk) -> str:
    found = desk.call("GET", "/approve/v1/residents?person=20260245", token=desk.token("sun"))
    return str(found["residents"][0]["id"])


def walk(page: Page, desk: Desk, officer: str, wanted: list[str]) -> Iterator[str]:
    """Signs in, at a desk's width, and stands at each address in turn that is the officer's to open."""
    sign_in(page, desk.url, officer, START)
    start = page.locator("main h1", has_text="我的")
    yield START
    others = PLACES - {str(one.get_attribute("href")) for one in page.locator("nav a").all()}
    for address in wanted:
        if f"#/{address.split('/')[1]}" in others:
            continue
        # `wait_for` looks at every frame, `expect` ten times a second at most: it adds up over a hundred addresses.
        _go(page, START)
        start.wait_for()
        _go(page, address)
        start.wait_for(state="detached")
        stands(page)
        if page.evaluate("decodeURIComponent(location.hash)") == f"#{address}":
            yield address


def _go(page: Page, address: str) -> None:
    page.evaluate("address => { location.hash = address }", address)
