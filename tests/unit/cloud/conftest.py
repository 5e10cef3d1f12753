from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import clock

from .harness import Receiver, Served


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxy of the environment between a test and its own server; the clock is put back."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield
    clock.use(clock.system_time)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def served(tmp_path: Path, receiver: Receiver) -> Iterator[Served]:
    served = Served(tmp_path, receiver.url, callback_retry_seconds=0.05, cos_retry_seconds=0.05)
    yield served
    served.close()
