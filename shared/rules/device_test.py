"""Whether a family's device is good enough for a visit, and what to do about it: pure."""

from enum import Enum

from shared.errors import Reason, reason


class Device(str, Enum):
    OK = "ok"
    DENIED = "denied"  # WeChat may not use it
    MISSING = "missing"
    FAILED = "failed"


# TRTC's advice for a call that people can follow.
SLOWEST_MS = 300
MOST_LOSS_PERCENT = 10


def advice(
    *, camera: Device, microphone: Device, speaker: Device, delay_ms: int, loss_percent: int
) -> list[Reason]:
    """Everything to be mended before the visit, none when all is well."""
    tried = {"camera": camera, "microphone": microphone, "speaker": speaker}
    found = [
        reason(f"device_{name}_{'denied' if state is Device.DENIED else 'failed'}", name)
        for name, state in tried.items()
        if state is not Device.OK
    ]
    if delay_ms > SLOWEST_MS or loss_percent > MOST_LOSS_PERCENT:
        found.append(reason("device_network_slow", "delay_ms"))
    return found
