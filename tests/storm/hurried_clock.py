"""One clock for all processes of the storm, some times faster than the real one: leases and deadlines come soon."""

import os
import time
from datetime import datetime, timedelta, timezone

from shared import clock

ORIGIN, SPEED = "STORM_ORIGIN", "STORM_SPEED"
START = datetime(2026, 12, 1, 6, 0, tzinfo=timezone.utc)


def begin(speed: float) -> None:
    """In the process that starts the others."""
    os.environ[ORIGIN], os.environ[SPEED] = repr(time.time()), repr(speed)
    use()


def use() -> None:
    origin, speed = float(os.environ[ORIGIN]), float(os.environ[SPEED])
    clock.use(lambda: START + timedelta(seconds=(time.time() - origin) * speed))
