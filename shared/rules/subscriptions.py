"""When a cloud subscription warns: days before it expires, parts of the quota, and the day it will be used up."""

from collections.abc import Sequence
from datetime import date, timedelta

# The vendor warns once, 7 days before; a procurement takes weeks.
DAYS_BEFORE = (60, 30, 15, 7, 3, 1)
PARTS = (70, 85, 95)
FORECAST_DAYS = 30
# An account in arrears stops within 24 hours; paying in takes days.
DRY_DAYS = (15, 7, 3, 1, 0)
FAR = 36_500  # days


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
    return first + timedelta(days=max(int(left), days[-1])) if left < FAR else None


def since_paid(readings: Sequence[tuple[date, int]]) -> Sequence[tuple[date, int]]:
    """The balances since money last came in."""
    rises = (n for n in range(1, len(readings)) if readings[n][1] > readings[n - 1][1])
    return readings[max(rises, default=0) :]


def dry_on(readings: Sequence[tuple[date, int]]) -> date | None:
    """When the account is empty, if it falls as it did since money last came in; None when it does not fall.

    Counted from what is left, in cents, at the mean of the last days: a line's own end could lie before today."""
    paid = since_paid(readings)
    if not paid:
        return None
    day, balance = paid[-1]
    if balance <= 0:
        return day
    first, had = next(one for one in paid if one[0] > day - timedelta(days=FORECAST_DAYS))
    spent = had - balance
    days = (day - first).days * balance // spent if spent > 0 else FAR
    return day + timedelta(days=days) if days < FAR else None


def dry_step(days_left: int) -> int | None:
    return min((one for one in DRY_DAYS if days_left <= one), default=None)
