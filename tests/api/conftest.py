from collections.abc import Iterator
from pathlib import Path

import pytest

from local.journey.runner import GatewayProcess


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayProcess]:
    """As `make run` serves it, with a state of its own."""
    made = GatewayProcess(tmp_path)
    made.start()
    try:
        yield made
    finally:
        made.kill()
