"""Every address of the page, in every role: nothing that axe finds serious, and no text that becomes markup."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from tests.e2e.accessibility import faults, faults_everywhere
from tests.e2e.conftest import DESKTOP
from tests.e2e.desk import Desk
from tests.e2e.walk import OFFICERS, addresses, deeper, walk

Open = Callable[..., Page]
PAYLOAD = '<img src=x onerror="document.title=1"><b>x</b>'
MARKUP = "document.querySelectorAll('img[src=x], body b').length"


def test_axe_finds_no_serious_fault(open_page: Open, desk: Desk, axe: str) -> None:
    """Wholly where an address is seen first; once more in each further role, whose buttons differ."""
    everywhere = addresses(desk)
    seen: set[str] = set()
    found = {}
    for officer in OFFICERS:
        page = open_page(DESKTOP, reduced_motion="reduce")
        for address in walk(page, desk, officer, everywhere if seen else everywhere + deeper(desk)):
            look = faults if address in seen else faults_everywhere
            if faulty := look(page, axe):
                found[f"{officer} {address}"] = faulty
            seen.add(address)
    assert found == {}
    assert seen >= set(everywhere)


def test_what_somebody_typed_never_becomes_markup(open_page: Open, desk: Desk) -> None:
    """As if every name, reason, note and title in the database were an attack."""
    shown: set[str] = set()
    for officer in ("sun.lead", "shenji.admin", "xitong.admin"):
        page = open_page(DESKTOP, reduced_motion="reduce")
        page.route("**/v1/**", _poison)
        for address in walk(page, desk, officer, addresses(desk) + deeper(desk)):
            if PAYLOAD in page.locator("body").inner_text():
                shown.add(address.split("/")[1])
            assert page.evaluate(MARKUP) == 0, address
            fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert fits, address
    assert shown >= {
        "queue",
        "desk",
        "timetable",
        "records",
        "tickets",
        "people",
        "officers",
        "places",
        "audit",
    }


def _poison(route: Route) -> None:
    answer = route.fetch()
    if route.request.method == "GET" and "json" in answer.headers.get("content-type", ""):
        route.fulfill(response=answer, json=_poisoned(answer.json()))
    else:
        route.fulfill(response=answer)


def _poisoned(value: Any) -> Any:
    """Chinese is what people wrote; ids, codes and moments stay what the page reckons with."""
    if isinstance(value, dict):
        return {name: _poisoned(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one) for one in value]
    written = isinstance(value, str) and any("\u4e00" <= one <= "\u9fff" for one in value)
    return value + PAYLOAD if written else value
