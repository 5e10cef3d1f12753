"""When a cloud subscription warns: days before it expires, parts of the quota, and the day it will be used up."""

from collections.abc import Sequence
from datetime import date, timedelta

# The vendor warns once, 7 days before; a procurement takes weeks.
DAYS_BEFORE = (60, 30, 15, 7, 3, 1)
PARTS = (70, 85, 95)
FORECAST_DAYS = 30


def expiry_step(days_left: int) -> int | None:
    """The nearest threshold reached; None while there is time."""
    return min((one for one in DAYS_BEFORE if days_left <= one), default=None)


def use_step(used: float, quota: float) -> int | None:
    """In percent, the highest reached."""
    return max((one for one in PARTS if used * 100 >= one * quota), default=None)


def used_up_on(readings: Sequence[tuple[date, float]], quota: float) -> date | None:
    """Where the straight line through the last days' readings meets the quota; None when it does not climb."""
    recent = [one for one in readings if one[0] > readings[-1][0] - timedelta(days=FORECAST_DAYS)]
    if len(recent) < 2:
        return None
    first = recent[0][0]
    days = [(day - first).days for day, _ in recent]
    mean_day, mean_use = sum(days) / len(days), sum(use for _, use in recent) / len(recent)
    spread = sum((day - mean_day) ** 2 for day in days)
    slope = (
        sum((day - mean_day) * (use - mean_use) for day, (_, use) in zip(days, recent, strict=True))
        / spread
    )
    if slope <= 0:
        return None
    left = (quota - mean_use) / slope + mean_day
    return first + timedelta(days=max(int(left), days[-1])) if left < 36_500 else None
