"""One token for all: refreshed once, early, and forgotten only by who saw it fail."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from shared import clock
from shared.clients import access_tokens
from shared.clients.access_tokens import access_token, forget
from shared.clients.errors import ProviderUnavailable
from shared.settings import settings

START = datetime(2026, 11, 29, 6, 30, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("database")


class Fetch:
    """Slow enough that twenty threads meet in it when nothing keeps them apart."""

    def __init__(self) -> None:
        self.calls = 0
        self.down = False
        self._lock = threading.Lock()

    def __call__(self) -> tuple[str, int]:
        with self._lock:
            self.calls += 1
            number = self.calls
        time.sleep(0.05)
        if self.down:
            raise ProviderUnavailable("wechat", "timeout")
        return f"hush-token-{number}", 7200


@pytest.fixture
def fetch() -> Fetch:
    return Fetch()


@pytest.fixture
def moment() -> Iterator[list[datetime]]:
    held = [START]
    clock.use(lambda: held[0])
    yield held
    clock.use(clock.system_time)


def test_twenty_threads_fetch_once(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    together, ensure_row = threading.Barrier(20), access_tokens._ensure_row

    def ensure_row_when_all_have_looked(provider: str) -> None:
        together.wait(timeout=30)  # from here on, all twenty believe that there is no token
        ensure_row(provider)

    monkeypatch.setattr(access_tokens, "_ensure_row", ensure_row_when_all_have_looked)
    with ThreadPoolExecutor(20) as pool:
        tokens = set(pool.map(lambda _: access_token("wechat", fetch), range(20)))
    assert tokens == {"hush-token-1"}
    assert fetch.calls == 1


def test_a_new_one_five_minutes_before_the_end(fetch: Fetch, moment: list[datetime]) -> None:
    assert access_token("wechat", fetch) == "hush-token-1"
    moment[0] = START + timedelta(seconds=7200 - 301)
    assert access_token("wechat", fetch) == "hush-token-1"
    moment[0] = START + timedelta(seconds=7200 - 300)
    assert access_token("wechat", fetch) == "hush-token-2"


def test_the_last_minutes_bridge_a_provider_that_is_down(
    fetch: Fetch, moment: list[datetime]
) -> None:
    access_token("wechat", fetch)
    fetch.down = True
    moment[0] = START + timedelta(seconds=7200 - 60)
    assert access_token("wechat", fetch) == "hush-token-1"
    moment[0] = START + timedelta(seconds=7200)
    with pytest.raises(ProviderUnavailable):
        access_token("wechat", fetch)


def test_forgetting_takes_the_token_that_failed_and_no_other(fetch: Fetch) -> None:
    old = access_token("wechat", fetch)
    forget("wechat", old)
    new = access_token("wechat", fetch)
    forget("wechat", old)  # a second instance that failed with the old one comes late
    assert access_token("wechat", fetch) == new == "hush-token-2"


def test_providers_have_their_own(fetch: Fetch) -> None:
    assert access_token("wechat", fetch) != access_token("wecom", fetch)


def test_a_failed_fetch_leaves_nothing_locked(fetch: Fetch) -> None:
    fetch.down = True
    with pytest.raises(ProviderUnavailable):
        access_token("wechat", fetch)
    fetch.down = False
    assert access_token("wechat", fetch) == "hush-token-2"


def test_it_is_sealed_in_the_file(fetch: Fetch) -> None:
    access_token("wechat", fetch)
    connection = sqlite3.connect(settings().database_url.removeprefix("sqlite:///"))
    (stored,) = connection.execute("SELECT token FROM access_token").fetchone()
    connection.close()
    assert stored
    assert b"hush-token" not in stored
