"""What the emulated cloud calls now: the product's clock, so that `POST /local/clock` moves both."""

from shared import clock


def seconds() -> float:
    return clock.now().timestamp()


def milliseconds() -> int:
    return int(seconds() * 1000)


def iso() -> str:
    return clock.now().isoformat(timespec="milliseconds")
