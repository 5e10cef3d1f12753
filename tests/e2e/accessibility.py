"""What axe finds serious, on a light phone and on a dark desk."""

from typing import Any

from playwright.sync_api import Page

from tests.e2e.conftest import DESKTOP, PHONE

DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def faults_everywhere(page: Page, axe: str) -> list[str]:
    """Also what does not fit the width of the screen. Leaves the page as wide as a desk, and dark."""
    found = []
    for size, scheme in ((PHONE, "light"), (DESKTOP, "dark")):
        _show(page, size, scheme)
        found += [f"{size['width']} {scheme}: {one}" for one in faults(page, axe)]
    return found


def _show(page: Page, size: dict[str, int], scheme: str) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.locator(f"html[data-theme={scheme}]").wait_for()
    page.evaluate(DRAWN)


def faults(page: Page, axe: str) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return (["wider than the screen"] if wide else []) + [
        f"{one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
