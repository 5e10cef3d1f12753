"""A browser, and a gateway of its own with the emulated cloud. Nothing leaves the machine, not even a name look-up."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local.mariadb import free_port
from tests.e2e.desk import Desk

BUILT = Path(__file__).parents[2] / "clients/officer_h5/dist/index.html"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
START_S = 90
PATIENCE_MS = 20_000  # a machine may be busy; what must be quick is measured where it is promised
expect.set_options(timeout=PATIENCE_MS)
PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",  # CI runs as root, where Chromium has no sandbox of its own
    "--lang=zh-CN",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
]


def _need(fact: bool, missing: str) -> None:
    if fact:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {missing}")
    pytest.skip(f"not run in a browser: {missing}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    _need(Path(CHROMIUM).exists(), "Chromium: apt-get install chromium")
    _need(BUILT.exists(), "the built page: make page")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a gateway with tests/e2e/people.py; one for all that a process runs, in whatever order."""
    state, port = tmp_path_factory.mktemp("served"), free_port()
    command = [sys.executable, "-m", "tests.e2e.gateway", "--state", str(state)]
    with (state / "log").open("w") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
    try:
        _wait_for(lambda: (state / "ready").exists(), process, state / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait_for(ready: Callable[[], bool], process: Any, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the gateway did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


@pytest.fixture
def open_page(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """A page in a context of its own; afterwards it must have reported no error and reached no other host."""
    contexts, faults = [], []

    def new(size: dict[str, int], **more: Any) -> Page:
        context = browser.new_context(
            viewport=size, locale="zh-CN", has_touch=size is PHONE, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda one: faults.append(one.text) if _is_fault(one) else None)
        page.on("request", lambda one: faults.append(one.url) if _is_outside(one.url) else None)
        return page

    yield new
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # a request may be on its way
        context.close()
    assert faults == []


def _is_fault(message: Any) -> bool:
    """A refused request is the product's own answer; a broken policy or a script's error is not."""
    return message.type == "error" and "Failed to load resource" not in message.text


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture(params=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return PHONE if request.param == "phone" else DESKTOP


@pytest.fixture
def desk(served: str) -> Desk:
    return Desk(served)


@pytest.fixture
def running_visits(served: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Ids of the two visits that tests/e2e/history.py has prepared for today."""
    return next(tmp_path_factory.getbasetemp().glob("served*/visits")).read_text().split()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, from the page's own development dependencies."""
    file = BUILT.parents[1] / "node_modules/axe-core/axe.min.js"
    _need(file.exists(), "axe-core: make page")
    return file.read_text()
