"""A report made on the spot is listed, and both its files come down to the officer."""

import zipfile
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk, sign_in

Open = Callable[..., Page]


def test_a_report_is_found_and_downloaded(
    open_page: Open, desk: Desk, size: dict[str, int]
) -> None:
    body = {"kind": "monthly", "subject": "2026-01"}
    made = desk.call("POST", "/ops/v1/reports", body, desk.token("li"))
    page = open_page(size)
    sign_in(page, desk.url, "li.ops", f"/reports/{made['id']}")
    row = page.locator(f'[data-report="{made["id"]}"]')
    expect(row.get_by_role("heading")).to_have_text("2026年1月运维总结报告")
    for name in ("下载 Word", "下载 Excel 附表"):
        with page.expect_download() as waiting:
            row.get_by_role("button", name=name).click()
        assert zipfile.is_zipfile(waiting.value.path())
