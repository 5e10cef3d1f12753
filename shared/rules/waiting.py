"""How long an offer to the waiting list is good for, and until when a slot can be waited for: pure."""

from datetime import datetime, time, timedelta

from shared.clock import in_shanghai
from shared.rules.site_rules import SiteRules

# Nobody has to watch the telephone at night.
AWAKE_FROM, AWAKE_UNTIL = time(8), time(22)


def bookable_until(starts_at: datetime, rules: SiteRules) -> datetime:
    """From this moment on the slot is too soon to be booked."""
    day = in_shanghai(starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    last = day - timedelta(days=rules.book_days_ahead_min - 1)
    return min(last, starts_at)


def offer_until(now: datetime, starts_at: datetime, rules: SiteRules) -> datetime:
    """`waiting_offer_minutes` of waking time from `now` on, and never beyond the time for booking."""
    left = timedelta(minutes=rules.waiting_offer_minutes)
    begin = _awake(in_shanghai(now))
    while (today := _at(begin, AWAKE_UNTIL) - begin) < left:
        left -= today
        begin = _awake(_at(begin, AWAKE_UNTIL))
    return min(begin + left, bookable_until(starts_at, rules))


def _awake(moment: datetime) -> datetime:
    """`moment` by day; the next morning by night."""
    if moment.time() < AWAKE_FROM:
        return _at(moment, AWAKE_FROM)
    if moment.time() >= AWAKE_UNTIL:
        return _at(moment + timedelta(days=1), AWAKE_FROM)
    return moment


def _at(day: datetime, hour: time) -> datetime:
    return day.replace(hour=hour.hour, minute=0, second=0, microsecond=0)
